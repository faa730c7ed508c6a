// The tests of console.test.mjs with the engine in a worker.

process.env.RESTOW_WORKER = "1";
await import("./console.test.mjs");
