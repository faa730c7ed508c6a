// localStorage on behalf of a worker: what changes between the worker's look and the page's write.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { start } from "./blank.mjs";

let browser;
before(async () => {
  browser = await start();
});
after(() => browser?.stop());

/** A page with two sessions in one text and one in a text of its own, and Restow over both in a worker. */
async function withTexts() {
  const page = await browser.fresh();
  await page.evaluate(async () => {
    const { session } = await import("/storage.js");
    const { open } = await import("/restow/index.js");
    localStorage.setItem("state", JSON.stringify({ other: 1, docs: [session("a"), session("b")] }));
    localStorage.setItem("doc:c", JSON.stringify(session("c")));
    globalThis.restow = await open({
      sources: [{ kind: "localStorage", key: "state", path: "docs" }, { kind: "localStorage", prefix: "doc:" }],
      layout: { label: "name", arrays: [{ path: "items", chunk: 10 }], parts: ["summary"] },
      worker: true,
    });
    globalThis.told = ({ success, migrated, errors, sessions }) => ({ success, migrated, codes: errors.map(({ code }) => code), rows: sessions.map((row) => [row.sessionId, row.code ?? row.outcome, ...row.warnings.map(({ code, message }) => `${code} ${message.match(/\((\w+)\)/)?.[1]}`)].join(" ")) });
  });
  assert.equal(await page.evaluate(() => restow.worker.active), true);
  return page;
}

/** Runs in the page: what is left in localStorage, and whether all sessions are whole. */
const outcome = async () => {
  const { session } = await import("/storage.js");
  const whole = [];
  for (const id of ["a", "b", "c"]) whole.push(JSON.stringify(await restow.loadFullSession(id)) === JSON.stringify(session(id)));
  return { texts: Object.fromEntries(Object.keys(localStorage).sort().map((key) => [key, localStorage.getItem(key)])), whole, ok: (await restow.verifyAll()).ok };
};

test("without anyone in between, all goes and nothing else", async () => {
  const page = await withTexts();
  const run = await page.evaluate(async () => told(await restow.migrateAllSessions()));
  assert.deepEqual(run, { success: true, migrated: 3, codes: [], rows: ["a migrated", "b migrated", "c migrated"] });
  assert.deepEqual(await page.evaluate(outcome), { texts: { state: '{"other":1,"docs":[]}' }, whole: [true, true, true], ok: true });
  await page.close();
});

test("a neighbour that is written between look and write is kept", async () => {
  const page = await withTexts();
  const run = await page.evaluate(async () => {
    const { getItem } = Storage.prototype;
    let reads = 0;
    Storage.prototype.getItem = function (key) {
      const text = getItem.call(this, key);
      // Whatever was read of it is old at once, for a while.
      if (key === "state" && (reads += 1) < 8) localStorage.setItem(key, text.replace(/"other":\d+/, `"other":${reads + 1}`));
      return text;
    };
    const result = told(await restow.migrateAllSessions());
    Storage.prototype.getItem = getItem;
    return { result, reads: reads >= 8 };
  });
  assert.deepEqual(run, { result: { success: true, migrated: 3, codes: [], rows: ["a migrated", "b migrated", "c migrated"] }, reads: true });
  assert.deepEqual(await page.evaluate(outcome), { texts: { state: '{"other":8,"docs":[]}' }, whole: [true, true, true], ok: true });
  await page.close();
});

test("a session whose lease is another's at that moment is not touched", async () => {
  const page = await withTexts();
  const run = await page.evaluate(async () => {
    const { transaction } = IDBDatabase.prototype;
    let taken = 0;
    IDBDatabase.prototype.transaction = function (stores, mode, options) {
      if (mode === "readwrite" && stores.includes("leases")) {
        taken += 1;
        // Another tab comes before, and believes its holder gone.
        const before = transaction.call(this, ["leases"], "readwrite");
        before.objectStore("leases").put({ id: "c", token: "another", until: "2999-01-01T00:00:00.000Z" });
      }
      return transaction.call(this, stores, mode, options);
    };
    const before = localStorage.getItem("doc:c");
    const result = told(await restow.migrateAllSessions());
    IDBDatabase.prototype.transaction = transaction;
    return { result, taken: taken > 0, kept: localStorage.getItem("doc:c") === before };
  });
  assert.equal(run.taken, true);
  assert.equal(run.kept, true);
  // It is in chunks, and its original waits for the next run.
  assert.deepEqual(run.result.rows.filter((row) => row.startsWith("c")), ["c migrated OriginalStillThere Fenced"]);
  await page.close();
});

test("what comes too late is not written any more", async () => {
  const page = await withTexts();
  const run = await page.evaluate(async () => {
    const before = localStorage.getItem("doc:c");
    const { now } = Date;
    // As if the page had stood still for an hour.
    Date.now = () => now() + 3_600_000;
    const result = told(await restow.migrateAllSessions());
    const kept = localStorage.getItem("doc:c") === before;
    Date.now = now;
    const again = told(await restow.migrateAllSessions());
    return { rows: result.rows, kept, again: again.success };
  });
  assert.deepEqual(run, { rows: ["a", "b", "c"].map((id) => `${id} migrated OriginalStillThere Timeout`), kept: true, again: true });
  assert.deepEqual((await page.evaluate(outcome)).texts, { state: '{"other":1,"docs":[]}' });
  await page.close();
});

test("localStorage that is denied, or full, is told as in the page", async () => {
  for (const [fault, code] of [
    [() => Object.defineProperty(window, "localStorage", { get() { throw new DOMException("denied", "SecurityError"); }, configurable: true }), "StorageDenied"],
    [() => Object.defineProperty(window, "localStorage", { value: null, configurable: true }), "StorageUnavailable"],
  ]) {
    const page = await withTexts();
    await page.evaluate(fault);
    // Nothing else could be read, so the whole status is an error.
    assert.equal(await page.evaluate(() => restow.getMigrationStatus().catch(({ code }) => code)), code);
    await page.close();
  }
  const page = await withTexts();
  const found = await page.evaluate(async () => {
    await restow.migrateAllSessions();
    const { setItem } = Storage.prototype;
    Storage.prototype.setItem = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
    const full = await restow.rollbackSessionMigration("c", null, { confirm: true }).catch(({ code, cause, sessionId }) => [code, cause?.name, sessionId]);
    Storage.prototype.setItem = setItem;
    await restow.rollbackSessionMigration("c", null, { confirm: true });
    return { full, back: "doc:c" in localStorage };
  });
  assert.deepEqual(found, { full: ["QuotaExceeded", "QuotaExceededError", "c"], back: true });
  await page.close();
});
