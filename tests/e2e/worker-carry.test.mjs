// The tests of carry.test.mjs with the engine in a worker.

process.env.RESTOW_WORKER = "1";
await import("./carry.test.mjs");
