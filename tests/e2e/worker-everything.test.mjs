// The tests of everything.test.mjs with the engine in a worker.

process.env.RESTOW_WORKER = "1";
await import("./everything.test.mjs");
