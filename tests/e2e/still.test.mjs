// A tab that stands still in the middle of a session, another that takes over, and the first that wakes.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { plant, start } from "./blank.mjs";

let browser;
before(async () => {
  browser = await start();
});
after(() => browser?.stop());

const ids = ["a", "b", "c"];
const body = (id) => ({ id, items: Array.from({ length: 30 }, (_, index) => ({ index, text: `${id} ${index}` })) });

const opened = async () => {
  const { open } = await import("/restow/index.js");
  globalThis.restow = await open({ sources: [{ database: "app", store: "docs" }], layout: { arrays: [{ path: "items", chunk: 10 }] }, autoCleanup: false });
};

/** Runs in the page: it says so when the lock of the first session was given, and goes on a moment later. */
const tell = () => {
  const { request } = LockManager.prototype;
  LockManager.prototype.request = function (name, options, work) {
    LockManager.prototype.request = request;
    const later = async (lock) => {
      console.log("now");
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      return work(lock);
    };
    return request.call(this, name, options, later);
  };
};

const migrated = async () => {
  const { success, sessions } = await globalThis.restow.migrateAllSessions();
  return { success, migrated: sessions.filter(({ outcome }) => outcome === "migrated").map(({ sessionId }) => sessionId) };
};

test("a tab that stands still with the lock of a session is relieved, and does no harm when it wakes", { timeout: 120_000 }, async () => {
  const still = await browser.fresh();
  await still.evaluate(plant, { database: "app", store: "docs", keyPath: "id", records: ids.map((id) => [id, body(id)]) });
  await still.evaluate(opened);
  await still.evaluate(tell);
  const protocol = await still.context().newCDPSession(still);
  const told = still.waitForEvent("console", (message) => message.text() === "now");
  const first = still.evaluate(migrated);
  await told;
  // The debugger keeps a page without a window still; the browser's own freezing does not.
  await protocol.send("Debugger.enable");
  await protocol.send("Debugger.pause");

  const other = await browser.another();
  await other.evaluate(opened);
  const relieved = await other.evaluate(migrated);
  assert.deepEqual(relieved, { success: true, migrated: ids });
  // It waits for the lock that the first still holds.
  const edit = other.evaluate(async (id) => (await globalThis.restow.openSession(id)).append("items", [{ edited: true }]), "a");
  await protocol.send("Debugger.resume");
  assert.deepEqual(await first, { success: true, migrated: [] });
  await edit;
  const found = await other.evaluate(async (ids) => {
    const bodies = [];
    for (const id of ids) bodies.push(await globalThis.restow.loadFullSession(id));
    const { ok } = await globalThis.restow.verifyAll();
    const backups = await Promise.all(ids.map(async (id) => (await globalThis.restow.listBackups(id)).length));
    return { bodies, ok, backups };
  }, ids);
  const wanted = ids.map(body);
  wanted[0].items.push({ edited: true });
  assert.deepEqual(found, { bodies: wanted, ok: true, backups: [1, 1, 1] });
});
