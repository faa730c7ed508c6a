// The tests of api.test.mjs with the engine in a worker.

process.env.RESTOW_WORKER = "1";
await import("./api.test.mjs");
