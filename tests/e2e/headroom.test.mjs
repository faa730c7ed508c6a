// Storage that does not suffice, by what the browser says of it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { plant, start } from "./blank.mjs";
import { scenario } from "./support.mjs";

let browser;
before(async () => {
  browser = await start();
});
after(() => browser?.stop());

/** Runs in the page: from now on the browser says so. */
const estimate = (told) => {
  navigator.storage.estimate = async () => told;
  navigator.storage.persisted = async () => false;
};

/** Runs in the page: from now on the browser says that so many bytes are free, less `each` for every session moved. */
const shrinking = ({ free, each }) => {
  let usage = 0;
  const { add } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.add = function (...all) {
    if (this.name === "backups") usage += each;
    return add.apply(this, all);
  };
  navigator.storage.estimate = async () => ({ usage, quota: free });
  navigator.storage.persisted = async () => false;
};

const opened = `async (source) => {
  const { open } = await import("/restow/index.js");
  globalThis.restow = await open({ sources: [source], layout: { arrays: [{ path: "items", chunk: 10 }] }, autoCleanup: false, console: true });
}`;

const body = (id) => ({ id, items: Array.from({ length: 50 }, (_, index) => ({ index, text: "x".repeat(50) })) });
const ids = ["a", "b", "c", "d", "e"];

async function withRecords() {
  const page = await browser.fresh();
  await page.evaluate(plant, { database: "app", store: "docs", keyPath: "id", records: ids.map((id) => [id, body(id)]) });
  await page.evaluate(`(${opened})({ database: "app", store: "docs" })`);
  return page;
}

async function withText() {
  const page = await browser.fresh();
  await page.evaluate((sessions) => localStorage.setItem("state", JSON.stringify({ sessions })), ids.map(body));
  await page.evaluate(`(${opened})({ kind: "localStorage", key: "state", path: "sessions" })`);
  return page;
}

const migrate = (options) =>
  globalThis.restow.migrateAllSessions(options).then(
    ({ success, migrated, errors, shortage, sessions }) => ({ success, migrated, codes: errors.map(({ code }) => code), shortage, rows: sessions.length }),
    ({ name, code, message, retryable, shortage }) => ({ name, code, message, retryable, shortage }),
  );

test("what is known not to fit is refused before anything is written", async () => {
  const page = await withText();
  await page.evaluate(estimate, { usage: 1000, quota: 17_000 });
  const refused = await page.evaluate(migrate);
  assert.deepEqual([refused.name, refused.code, refused.retryable], ["RestowError", "QuotaExceeded", false]);
  const { needed, available, missing, help } = refused.shortage;
  assert.deepEqual([available, missing], [16_000, needed - 16_000]);
  assert.deepEqual(help, [{ action: "fewer", count: 2 }, { action: "persist" }]);
  assert.match(refused.message, /does not suffice: about .+ KB are needed, 16\.0 KB are free, .+ KB are missing; what may help: migrate fewer at once \(2 sessions fit\)/);
  assert.deepEqual(await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name)), []);

  await page.evaluate(shrinking, { free: 17_000, each: 8000 });
  const fitting = await page.evaluate(migrate, { headroom: "fit" });
  assert.ok(fitting.migrated > 0 && fitting.migrated < 5, JSON.stringify(fitting));
  assert.deepEqual([fitting.success, fitting.codes], [false, ["QuotaExceeded"]]);
  await page.evaluate(estimate, { usage: 1000, quota: 1e9 });
  const rest = await page.evaluate(migrate);
  assert.deepEqual([rest.success, rest.migrated, rest.shortage], [true, 5 - fitting.migrated, null]);
  for (const id of ids) assert.deepEqual(await page.evaluate((id) => globalThis.restow.loadFullSession(id), id), body(id));
});

test("a run stops before the first session that does not fit, and the console says what helps", async () => {
  const page = await withRecords();
  await page.evaluate(shrinking, { free: 20_000, each: 8000 });
  const printed = [];
  page.on("console", (message) => printed.push(message.text()));
  const stopped = await page.evaluate(() => globalThis.runChunkedMigration().then(({ success, migrated, errors, shortage, sessions }) => ({ success, migrated, codes: errors.map(({ code }) => code), shortage, rows: sessions.length })));
  assert.ok(stopped.migrated >= 1 && stopped.migrated < 5, JSON.stringify(stopped));
  assert.deepEqual([stopped.success, stopped.codes, stopped.rows], [false, ["QuotaExceeded"], stopped.migrated + 1]);
  assert.deepEqual(stopped.shortage.help, [{ action: "persist" }]);
  assert.match(printed.join("\n"), /🛑 Stopped: storage does not suffice for the next session\n {3}about .+ needed, .+ free, .+ missing\n💡 What may help:\n.+\n {6}navigator\.storage\.persist\(\)/);
  const status = await page.evaluate(() => globalThis.restow.getMigrationStatus());
  assert.deepEqual([status.chunked, status.legacy], [stopped.migrated, 5 - stopped.migrated]);
  const ignoring = await page.evaluate(migrate, { headroom: "ignore" });
  assert.deepEqual([ignoring.success, ignoring.migrated], [true, 5 - stopped.migrated]);
});

test("a browser that says nothing, or nonsense, holds nothing up", async () => {
  for (const told of [{}, { usage: 5, quota: 4 }, { usage: 0, quota: 0 }, { usage: -1, quota: "much" }, null]) {
    const page = await withText();
    await page.evaluate(estimate, told);
    assert.equal((await page.evaluate(migrate)).migrated, 5, JSON.stringify(told));
  }
  const page = await withText();
  await page.evaluate(() => void (navigator.storage.estimate = () => new Promise(() => {})));
  assert.equal((await page.evaluate(migrate)).migrated, 5, "never answers");
});

test("an option that is none is refused", async () => {
  const page = await withText();
  const refused = await page.evaluate(migrate, { headroom: "plenty" });
  assert.equal(refused.code, "InvalidArgument");
  assert.match(refused.message, /`headroom` must be "require", "fit" or "ignore"/);
});

scenario("the page says what a rehearsal foresees", async ({ page, plant: plantSamples, press }) => {
  await plantSamples("small");
  // The page's engine asks in its worker.
  const [worker] = page.workers();
  await worker.evaluate(estimate, { usage: 10, quota: 2000 });
  await press("#rehearse");
  assert.match(await page.textContent("#report-shortage"), /^Storage may not suffice: about .+ needed, .+ free, .+ missing\. What may help: /);
  await worker.evaluate(estimate, { usage: 10, quota: 1e9 });
  await press("#migrate");
  assert.equal(await page.textContent("#report-shortage"), "");
});
