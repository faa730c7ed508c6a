// The tests of local-storage.test.mjs with the engine in a worker.

process.env.RESTOW_WORKER = "1";
await import("./local-storage.test.mjs");
