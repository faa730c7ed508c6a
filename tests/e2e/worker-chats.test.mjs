// The tests of chats.test.mjs with the engine in a worker.

process.env.RESTOW_WORKER = "1";
await import("./chats.test.mjs");
