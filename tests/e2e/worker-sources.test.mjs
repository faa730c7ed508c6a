// The tests of sources.test.mjs with the engine in a worker.

process.env.RESTOW_WORKER = "1";
await import("./sources.test.mjs");
