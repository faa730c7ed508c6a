// Damage in every store of Restow's database, done past it: found, named, and repaired where that can be proven.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { start } from "./blank.mjs";

let browser;
before(async () => {
  browser = await start();
});
after(() => browser?.stop());

/** Runs in the page: two migrated sessions, and a way into Restow's database. */
async function prepare() {
  const { put, restowOver, session } = await import("/storage.js");
  await put(["docs/a", session("a")], ["docs/b", session("b")]);
  globalThis.restow = await restowOver([{ database: "app", store: "docs", prefix: "docs/" }]);
  const { migrated } = await restow.migrateAllSessions();
  const wait = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  /** Does something to a store, in one transaction. */
  globalThis.inside = async (name, work) => {
    const db = await wait(indexedDB.open("restow"));
    const transaction = db.transaction(name, "readwrite");
    const done = new Promise((resolve) => (transaction.oncomplete = resolve));
    const result = await work(transaction.objectStore(name), wait);
    await done;
    db.close();
    return result;
  };
  /** All records of all stores, as a text. */
  globalThis.image = async () => {
    const all = {};
    for (const name of ["manifests", "lists", "chunks", "backups", "backupHeads", "journal"]) {
      all[name] = await inside(name, (store, wait) => wait(store.getAll()));
    }
    return JSON.stringify(all);
  };
  return migrated;
}

/** Puts everything back as a text of `image` has it. Runs in the page. */
async function reset(text) {
  for (const [name, records] of Object.entries(JSON.parse(text))) {
    await inside(name, (store) => {
      store.clear();
      for (const record of records) store.put(record);
    });
  }
}

test("whatever happens to a record is found, and a damaged session is never a shorter one", async () => {
  const page = await browser.fresh();
  assert.equal(await page.evaluate(prepare), 2);
  const sound = await page.evaluate(() => restow.verifyAll());
  assert.deepEqual({ ...sound, durationMs: 0, checked: 0 }, { ok: true, sessions: 2, backups: 2, checked: 0, problems: [], cancelled: false, durationMs: 0 });
  assert.ok(sound.checked >= 10);
  await page.evaluate((text) => (globalThis.reset = eval(`(${text})`)), reset.toString());
  const missed = await page.evaluate(async () => {
    const whole = await image();
    const expected = JSON.stringify(await restow.loadFullSession("a"));
    const missed = [];
    let tried = 0;
    const see = async (what, store) => {
      tried += 1;
      const found = await restow.verifyAll();
      const named = (at) => found.problems.some((problem) => problem.store === at);
      // A head that is gone, or another's, is told at the one or the other of the two.
      const twins = store.startsWith("backup") ? ["backups", "backupHeads"] : [store];
      if (found.ok || !twins.some(named)) missed.push(`${what}: ${JSON.stringify(found.problems)}`);
      const loaded = await restow.loadFullSession("a").then(JSON.stringify, (error) => (error.code === "Damaged" && error.message.includes(" at ") ? "damaged" : `${error}`));
      const lost = store === "manifests" && loaded === "null" && what.endsWith("removed");
      if (![expected, "damaged"].includes(loaded) && !lost) missed.push(`${what}: loads as ${loaded.slice(0, 80)}`);
      // Damage done past Restow is seen by an exact count alone.
      if ((await restow.getMigrationStatus({ exact: true })).total < (lost ? 1 : 2)) missed.push(`${what}: hides a session`);
      await reset(whole);
    };
    for (const name of ["manifests", "lists", "chunks", "backups", "backupHeads"]) {
      const records = await inside(name, (store, wait) => wait(store.getAll()));
      const of = records.filter(({ id }) => id === "a");
      for (const [index, record] of of.entries()) {
        const keyPath = await inside(name, (store) => store.keyPath);
        const key = Array.isArray(keyPath) ? keyPath.map((field) => record[field]) : record[keyPath];
        await inside(name, (store) => void store.delete(key));
        await see(`${name} ${index} removed`, name);
        // Every field that is not the key, changed by as little as can be.
        for (const [field, value] of Object.entries(record)) {
          if ([keyPath].flat().includes(field) || field === "seal") continue;
          const changed = {
            number: (number) => number + 1, string: (text) => `${text}x`, boolean: (flag) => !flag,
            object: (object) => (object === null ? "x" : Array.isArray(object) ? [...object, 1] : { ...object, zzz: 1 }),
          }[typeof value](value);
          // Fields that Restow does not know are not its own.
          if (typeof value === "object" && value !== null && !Array.isArray(value) && !["skeleton", "session", "envelope", "data"].includes(field)) continue;
          await inside(name, (store) => void store.put({ ...record, [field]: changed }));
          await see(`${name} ${index} ${field}`, name);
        }
      }
      if (name === "chunks") {
        await inside(name, (store) => {
          store.put({ ...of[0], data: of[1].data });
          store.put({ ...of[1], data: of[0].data });
        });
        await see("two chunks swapped", name);
        await inside(name, (store) => void store.put({ ...of[0], index: 77 }));
        await see("a chunk twice", name);
      }
    }
    await inside("journal", (store) => void store.put({ id: "a", action: 5 }));
    await see("journal garbled", "journal");
    return { missed, tried };
  });
  assert.deepEqual(missed.missed, []);
  assert.ok(missed.tried > 40, `${missed.tried}`);
});

test("repair says what it would do, does it, and then has nothing to do", async () => {
  const page = await browser.fresh();
  await page.evaluate(prepare);
  const facts = await page.evaluate(async () => {
    const facts = {};
    const [expected, other] = [JSON.stringify(await restow.loadFullSession("a")), JSON.stringify(await restow.loadFullSession("b"))];
    await inside("chunks", async (store, wait) => {
      const chunk = (await wait(store.getAll())).find(({ id }) => id === "a");
      store.put({ ...chunk, data: [] });
      store.put({ ...chunk, id: "stray" });
    });
    await inside("lists", async (store, wait) => {
      const list = (await wait(store.getAll())).find(({ id }) => id === "b");
      store.delete([list.id, list.generation]);
    });
    await inside("backupHeads", async (store, wait) => {
      const head = (await wait(store.getAll())).find(({ id }) => id === "b");
      store.put({ ...head, bytes: head.bytes + 1 });
    });
    await inside("journal", (store) => void store.put({ id: "nobody", action: "migrate" }));
    const before = await image();
    const actions = ({ repaired, left }) => [repaired.map(({ action }) => action).sort(), left];
    facts.refused = await restow.repair({}).catch(({ code, preview }) => [code, preview.repaired.length]);
    facts.foreseen = actions(await restow.repair({ dryRun: true }));
    facts.untouched = (await image()) === before;
    facts.done = actions(await restow.repair({ confirm: true }));
    facts.again = actions(await restow.repair({ confirm: true }));
    facts.ok = (await restow.verifyAll()).ok;
    facts.same = JSON.stringify(await restow.loadFullSession("a")) === expected && JSON.stringify(await restow.loadFullSession("b")) === other;
    facts.audited = (await restow.readAudit({ action: "repair" })).length;
    const stop = new AbortController();
    stop.abort();
    const { ok, cancelled, sessions } = await restow.verifyAll({ signal: stop.signal });
    facts.cancelled = { ok, cancelled, sessions };
    facts.phases = [];
    await restow.verifyAll({ onProgress: (_, __, { phase }) => facts.phases.push(phase) });
    return facts;
  });
  const all = ["close-journal", "rebuild-head", "rebuild-list", "remove-orphans", "restore"];
  assert.deepEqual(facts, {
    refused: ["ConfirmationRequired", 5], foreseen: [all, []], untouched: true, done: [all, []], again: [[], []], ok: true, same: true, audited: 5,
    cancelled: { ok: false, cancelled: true, sessions: 0 }, phases: ["verifying", "verifying", "complete"],
  });
});

test("pieces come back from wherever they lie, a manifest from its backup, and what is left of a session stays", async () => {
  const page = await browser.fresh();
  await page.evaluate(prepare);
  const facts = await page.evaluate(async () => {
    const facts = {};
    const text = async (id) => JSON.stringify(await restow.loadFullSession(id));
    const chunks = (id) => inside("chunks", async (store, wait) => (await wait(store.getAll())).filter((chunk) => chunk.id === id));
    const actions = ({ repaired, left }) => [repaired.map(({ action }) => action), left.map(({ reason }) => reason)];
    // Swapped in an edited session, of which no backup is.
    const handle = await restow.openSession("a");
    await handle.set("name", "edited");
    const edited = await text("a");
    const [one, two] = await chunks("a");
    await inside("chunks", (store) => {
      store.put({ ...one, data: two.data });
      store.put({ ...two, data: one.data });
    });
    facts.swapped = await restow.loadFullSession("a").catch(({ code }) => code);
    facts.put = actions(await restow.repair({ confirm: true }));
    facts.edited = (await text("a")) === edited;
    // A manifest that says something else.
    const other = await text("b");
    await inside("manifests", async (store, wait) => {
      const manifest = await wait(store.get("b"));
      store.put({ ...manifest, generation: manifest.generation + 1 });
    });
    facts.lost = await restow.loadFullSession("b").catch(({ code }) => code);
    facts.rebuilt = actions(await restow.repair({ confirm: true }));
    facts.same = (await text("b")) === other;
    facts.ok = (await restow.verifyAll()).ok;
    // Damaged beyond repair, and deleted all the same.
    const [first] = await chunks("b");
    await inside("chunks", (store) => void store.delete([first.id, first.generation, first.path, first.index]));
    await inside("backups", (store) => store.clear());
    await inside("backupHeads", (store) => store.clear());
    facts.left = actions(await restow.repair({ confirm: true, id: "b" }));
    facts.deleted = await restow.deleteSession("b", { confirm: true });
    facts.kept = (await restow.listBackups("b")).map(({ reason }) => reason);
    return facts;
  });
  assert.deepEqual(facts, {
    swapped: "Damaged", put: [["restore", "restore"], []], edited: true,
    lost: "Damaged", rebuilt: [["rebuild-manifest"], []], same: true, ok: true,
    left: [[], ["BackupMissing", "BackupMissing"]], deleted: true, kept: ["damage"],
  });
});
