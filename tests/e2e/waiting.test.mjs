// Two tabs migrate the same sessions: each waits for the other, and says how far that one is.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { start } from "./blank.mjs";

const SESSIONS = 40;

let browser;
before(async () => {
  browser = await start();
});
after(() => browser?.stop());

/** Runs in each page: a run that writes down what it hears. */
async function prepare() {
  const { restowOver } = await import("/storage.js");
  globalThis.restow = await restowOver([{ database: "app", store: "docs", prefix: "docs/" }], { autoCleanup: false });
  globalThis.heard = [];
  globalThis.migrate = () => restow.migrateAllSessions({ onProgress: (message, percent, event) => heard.push({ ...event, given: [message, percent] }) });
}

async function bothMigrate(first, second) {
  await first.evaluate(async (count) => {
    const { put, session } = await import("/storage.js");
    await put(...Array.from({ length: count }, (_, index) => [`docs/s${index}`, session(`s${index}`)]));
  }, SESSIONS);
  for (const page of [first, second]) await page.evaluate(prepare);
  const results = await Promise.all([first, second].map((page) => page.evaluate(() => migrate())));
  const heard = await Promise.all([first, second].map((page) => page.evaluate(() => heard)));
  return { results, heard };
}

test("a tab that waits shows the figures of the other one", async () => {
  const first = await browser.fresh();
  const second = await browser.another();
  const { results, heard } = await bothMigrate(first, second);
  assert.ok(results.every(({ success }) => success));
  assert.equal(results[0].migrated + results[1].migrated, SESSIONS, "each session is migrated once");
  const waiting = heard.flat().filter(({ phase }) => phase === "waiting");
  assert.ok(waiting.length > 0, "nobody heard of the other");
  for (const { done, total, message, given, percent, sessionId, label, source } of waiting) {
    assert.deepEqual(given, [message, percent]);
    assert.equal(message, `Waiting for another tab, which is at session ${Math.min(done + 1, total)} of ${total}`);
    assert.ok(total <= SESSIONS && done <= total);
    assert.deepEqual([sessionId, label, source], [null, null, null], "figures are all that one tab tells another");
  }
  for (const events of heard) {
    const percents = events.map(({ percent }) => percent);
    assert.deepEqual(percents, percents.toSorted((a, b) => a - b), "percent never falls");
    assert.equal(events.at(-1).phase, "complete");
  }
});

test("without BroadcastChannel nothing is told, and whatever is told on the channel breaks nothing", async () => {
  const first = await browser.fresh();
  await first.evaluate(() => {
    const channel = new BroadcastChannel("restow:restow");
    globalThis.noise = setInterval(() => [null, 7, "x", {}, { done: -1, total: 3 }, { done: NaN, total: 1 }, { done: 5, total: 2 }, { done: "1", total: "2" }].forEach((message) => channel.postMessage(message)), 5);
  });
  const second = await browser.another(() => delete globalThis.BroadcastChannel);
  const { results, heard } = await bothMigrate(first, second);
  assert.ok(results.every(({ success }) => success));
  assert.equal(results[0].migrated + results[1].migrated, SESSIONS);
  assert.deepEqual(heard.flat().filter(({ phase }) => phase === "waiting"), []);
});
