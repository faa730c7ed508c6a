// Storage that fails in a real browser: each fault ends in an error with a code, and loses nothing.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { plant, start } from "./blank.mjs";

let browser;
before(async () => {
  browser = await start();
});
after(() => browser?.stop());

const body = (id) => ({ id, items: Array.from({ length: 5 }, (_, index) => ({ index })) });
const ids = ["a", "b", "c"];
const app = { database: "app", store: "docs", keyPath: "id", records: ids.map((id) => [id, body(id)]) };

/** Runs in the page: opens Restow over the application's store. */
const openRestow = async (more) => {
  const { open } = await import("/restow/index.js");
  globalThis.restow = await open({ sources: [{ database: "app", store: "docs" }], layout: { arrays: [{ path: "items", chunk: 2 }] }, autoCleanup: false, ...more });
};

/** A page on planted sessions; `init` runs in it before anything else. */
async function faulty(init, more = {}) {
  const first = await browser.fresh();
  await first.evaluate(plant, app);
  const page = await browser.another(init);
  await page.evaluate(openRestow, more);
  return page;
}

/** Runs in the page: what a run came to, or with which code it was rejected. */
const migrate = () =>
  globalThis.restow.migrateAllSessions().then(
    ({ success, migrated, errors }) => ({ success, migrated, codes: errors.map(({ code }) => code) }),
    ({ name, code, retryable }) => ({ name, code, retryable }),
  );

/** All sessions, as another page on the same storage reads them, after one more run there. */
async function recovered() {
  const page = await browser.another();
  await page.evaluate(openRestow, {});
  const run = await page.evaluate(migrate);
  assert.equal(run.success, true, JSON.stringify(run));
  for (const id of ids) assert.deepEqual(await page.evaluate((id) => globalThis.restow.loadFullSession(id), id), body(id));
  const status = await page.evaluate(() => globalThis.restow.getMigrationStatus());
  assert.deepEqual([status.total, status.chunked], [3, 3]);
}

test("no IndexedDB at all", async () => {
  const page = await faulty(() => Object.defineProperty(globalThis, "indexedDB", { value: undefined }));
  assert.deepEqual(await page.evaluate(migrate), { name: "RestowError", code: "StorageUnavailable", retryable: false });
  await recovered();
});

test("IndexedDB that may not be used", async () => {
  const page = await faulty(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException("denied", "SecurityError");
    };
  });
  assert.deepEqual(await page.evaluate(migrate), { name: "RestowError", code: "StorageDenied", retryable: false });
  await recovered();
});

test("a database that another tab blocks is told, and opens once it is free", async () => {
  const page = await faulty(() => {
    // Ten seconds pass in one.
    const { setTimeout: wait } = globalThis;
    globalThis.setTimeout = (run, ms) => wait(run, ms / 10);
  });
  const other = await browser.another();
  await other.evaluate(
    () =>
      new Promise((resolve) => {
        const request = indexedDB.open("restow", 1);
        request.onerror = (event) => event.preventDefault();
        request.onupgradeneeded = () => {
          const store = request.result.createObjectStore("held");
          // An upgrade stays open as long as it has something to do.
          const hold = () => {
            if (globalThis.letGo) return request.transaction.abort();
            store.count().onsuccess = hold;
          };
          hold();
          resolve();
        };
      }),
  );
  assert.deepEqual(await page.evaluate(migrate), { name: "RestowError", code: "Blocked", retryable: true });
  await other.evaluate(() => void (globalThis.letGo = true));
  assert.deepEqual(await page.evaluate(migrate), { success: true, migrated: 3, codes: [] });
  await recovered();
});

test("the application's database is upgraded by another tab in the middle of a run", async () => {
  const page = await faulty(() => {});
  await page.evaluate(() => {
    globalThis.upgrade = () =>
      new Promise((resolve, reject) => {
        const request = indexedDB.open("app", 2);
        request.onsuccess = () => resolve(request.result.close());
        request.onerror = () => reject(request.error);
        request.onblocked = () => reject(new Error("blocked"));
      });
  });
  const found = await page.evaluate(async () => {
    let upgraded;
    const { migrated, success } = await globalThis.restow.migrateAllSessions({ onProgress: (_, __, { phase }) => {
      if (phase === "migrating") upgraded ??= globalThis.upgrade();
    } });
    await upgraded;
    return { migrated, success };
  });
  assert.deepEqual(found, { migrated: 3, success: true });
  await recovered();
});

test("Restow's own database is deleted by another tab in the middle of a run", async () => {
  const page = await faulty(() => {}, { originals: "keep" });
  const other = await browser.another();
  await other.evaluate(() => {
    globalThis.remove = () =>
      new Promise((resolve, reject) => {
        const request = indexedDB.deleteDatabase("restow");
        request.onsuccess = () => resolve("deleted");
        request.onerror = () => reject(request.error);
        request.onblocked = () => reject(new Error("blocked"));
      });
  });
  await page.exposeFunction("removeThere", () => other.evaluate(() => globalThis.remove()));
  const found = await page.evaluate(async () => {
    let removed;
    const said = await globalThis.restow
      .migrateAllSessions({ batchSize: 1, onProgress: (_, __, { phase, done }) => {
        if (phase === "migrating" && done === 1) removed ??= globalThis.removeThere();
      } })
      .then(({ errors }) => errors.map(({ code }) => code), ({ code }) => [code]);
    return { removed: await removed, said };
  });
  assert.equal(found.removed, "deleted", "nothing of ours stands in its way");
  const codes = ["ConnectionLost", "TransactionAborted", "VerificationFailed", "StaleHandle", "Fenced"];
  assert.ok(found.said.every((code) => codes.includes(code)), JSON.stringify(found));
  await page.close();
  await recovered();
});

test("no Web Locks", async () => {
  const page = await faulty(() => Object.defineProperty(navigator, "locks", { value: undefined }));
  assert.deepEqual(await page.evaluate(migrate), { success: true, migrated: 3, codes: [] });
  await recovered();
});

test("localStorage that may not be used leaves all else", async () => {
  const local = { kind: "localStorage", prefix: "note:" };
  const page = await faulty(
    () =>
      Object.defineProperty(globalThis, "localStorage", {
        get() {
          throw new DOMException("denied", "SecurityError");
        },
      }),
    { sources: [{ database: "app", store: "docs" }, local] },
  );
  assert.deepEqual(await page.evaluate(migrate), { success: false, migrated: 3, codes: ["StorageDenied"] });
  await recovered();
});

test("storage that is full at any one write loses nothing, and one more run finishes", async () => {
  const page = await browser.fresh();
  await page.evaluate(() => {
    globalThis.full = { at: -1, count: 0 };
    for (const method of ["put", "add"]) {
      const saved = IDBObjectStore.prototype[method];
      IDBObjectStore.prototype[method] = function (...all) {
        if (globalThis.full.count++ === globalThis.full.at) throw new DOMException("full", "QuotaExceededError");
        return saved.apply(this, all);
      };
    }
  });
  /** Two sessions in databases of their own, and a run in which the write `at` has no room. */
  const tried = async (at) => {
    const [database, ours] = [`app ${at}`, `restow ${at}`];
    await page.evaluate(() => void (globalThis.full.at = -1));
    await page.evaluate(plant, { ...app, database, records: app.records.slice(0, 2) });
    await page.evaluate(openRestow, { sources: [{ database, store: "docs" }], database: ours });
    await page.evaluate((at) => void (globalThis.full = { at, count: 0 }), at);
    const first = await page.evaluate(migrate);
    const count = await page.evaluate(() => globalThis.full.count);
    await page.evaluate(() => void (globalThis.full.at = -1));
    const read = await page.evaluate(async () => [await globalThis.restow.loadFullSession("a"), await globalThis.restow.loadFullSession("b")]);
    const again = await page.evaluate(migrate);
    const status = await page.evaluate(async () => {
      const status = await globalThis.restow.getMigrationStatus();
      globalThis.restow.close();
      return [status.total, status.chunked];
    });
    return { first, count, read, again, status };
  };
  const { count } = await tried(-1);
  assert.ok(count > 20, `${count} writes`);
  let refused = 0;
  for (let at = 0; at < count; at++) {
    const { first, read, again, status } = await tried(at);
    const codes = first.codes ?? [first.code];
    assert.ok(codes.every((code) => code === "QuotaExceeded"), `${at}: ${JSON.stringify(first)}`);
    refused += codes.length;
    assert.deepEqual(read, ["a", "b"].map(body), `${at}`);
    assert.equal(again.success, true, `${at}: ${JSON.stringify(again)}`);
    assert.deepEqual(status, [2, 2], `${at}`);
  }
  assert.ok(refused >= count / 2, `${refused} of ${count} were told`);
});
