// What a whole context has to live with: no storage, a newer format, a database that is held.

import { open } from "/restow/index.js";
import { dropAll, each, endsWell, inWorker, isWhole, newNames, prepared, undisturbed, watched } from "./lab.js";
import { same } from "./oracle.js";
import { spread } from "./random.js";
import { Tally, reportRow, within } from "./report.js";
import { configOf, scenarioNamed } from "./scenarios.js";
import { change, dump, settled } from "./storage.js";

const confirm = true;

/** A call of every kind. */
const calls = {
  getMigrationStatus: (restow) => restow.getMigrationStatus(),
  checkMigrationNeeded: (restow) => restow.checkMigrationNeeded(),
  listSessions: (restow) => restow.listSessions(),
  migrateAllSessions: (restow) => restow.migrateAllSessions(),
  "migrateAllSessions, dry": (restow) => restow.migrateAllSessions({ dryRun: true }),
  migrateSessionToChunked: (restow) => restow.migrateSessionToChunked("b"),
  loadFullSession: (restow) => restow.loadFullSession("a"),
  openSession: (restow) => restow.openSession("a"),
  createSession: (restow) => restow.createSession({ id: "new" }),
  deleteSession: (restow) => restow.deleteSession("a", { confirm }),
  verifySession: (restow) => restow.verifySession("a"),
  rollbackSessionMigration: (restow) => restow.rollbackSessionMigration("a", undefined, { confirm }),
  cleanupOldBackups: (restow) => restow.cleanupOldBackups({ confirm }),
  removeOriginals: (restow) => restow.removeOriginals({ confirm }),
  resolveConflict: (restow) => restow.resolveConflict("a", "chunks", { confirm }),
  listBackups: (restow) => restow.listBackups(),
  listQuarantine: (restow) => restow.listQuarantine(),
  readAudit: (restow) => restow.readAudit(),
};

/** Longer than any wait of the package's own. */
const LIMIT_MS = 100_000;

const isTyped = (error) => error?.name === "RestowError" && typeof error.code === "string";

/**
 * Makes every call at once, under a limit for each. `wanted(outcome, call)` says what is wrong with
 * an outcome, or nothing.
 */
async function callEverything(restow, tally, wanted) {
  const one = async ([name, call]) => {
    tally.point();
    const outcome = await within(LIMIT_MS, call(restow).then((value) => ({ value }), (error) => ({ error })));
    if (outcome.late) return tally.count("hung", name);
    const wrong = wanted(outcome.value, name);
    if (wrong) tally.count("undetected", `${name}: ${wrong}`);
  };
  await Promise.all(Object.entries(calls).map(one));
}

const codeOf = ({ value, error }) => error?.code ?? `${error ?? JSON.stringify(value)}`;

/** Something is done to the storage of migrated sessions, then every call is made. */
async function circumstance(title, spoil, wanted, check = () => {}) {
  const tally = new Tally(`circumstance: ${title}`);
  const scenario = scenarioNamed("batch, rows");
  const names = newNames();
  await watched(tally, title, async () => {
    await prepared({ ...scenario, prepare: (restow) => restow.migrateSessionToChunked("a") }, names);
    const mend = await spoil(names);
    const before = { app: await dumpUnless(mend, names.app), own: await dumpUnless(mend, names.own) };
    const restow = await open(configOf(scenario, names));
    await callEverything(restow, tally, wanted);
    restow.close();
    await mend?.();
    await check(names, before, tally);
    await dropAll(names);
  });
  await reportRow(tally);
}

/** A database that is held can't be looked at. */
const dumpUnless = (held, name) => (held ? null : dump(name));

async function untouched(names, before, tally) {
  const where = await same(before, { app: await dump(names.app), own: await dump(names.own) });
  if (where) tally.count("torn", `something was touched at ${where}`);
}

/** Holds a transaction of a database open until it is told to let go. */
async function hold(name, store) {
  const database = await settled(indexedDB.open(name));
  let over = false;
  const transaction = database.transaction(store, "readwrite");
  const again = () => {
    if (!over) transaction.objectStore(store).count().onsuccess = again;
  };
  again();
  return () => {
    over = true;
    database.close();
  };
}

/** Another tab has an old connection open, and a third one waits to upgrade the database. */
async function block(name) {
  const old = await settled(indexedDB.open(name));
  const upgrade = indexedDB.open(name, old.version + 1);
  await new Promise((resolve) => (upgrade.onblocked = resolve));
  return async () => {
    old.close();
    (await settled(upgrade)).close();
  };
}

const typed = (outcome) => (outcome.error && !isTyped(outcome.error) ? codeOf(outcome) : null);
const onlyCode = (code) => (outcome) => (outcome.error?.code === code ? null : codeOf(outcome));

export async function circumstances({ points: most = 60, short }) {
  await missing("indexedDB", "StorageUnavailable");
  await missing("storage", "StorageDenied");
  await withoutLocks(most);
  await circumstance("a newer format", async ({ own }) => {
    await change(own, "meta", (meta) => void meta.put({ name: "format", version: 9, minReader: 9 }));
  }, onlyCode("SchemaTooNew"), untouched);
  await circumstance("a newer version of our database", async ({ own }) => {
    const { version, ...database } = await settled(indexedDB.open(own)).then((one) => ({ version: one.version, close: () => one.close() }));
    database.close();
    (await settled(indexedDB.open(own, version + 100))).close();
  }, onlyCode("SchemaTooNew"), untouched);
  if (short) return;
  // These take as long as the package waits.
  await circumstance("the application's database is blocked", ({ app }) => block(app), typed);
  await circumstance("a transaction in our database never ends", ({ own }) => hold(own, "manifests"), typed);
}

/** A context without storage: every call is an error with a code. */
async function missing(lack, code) {
  const tally = new Tally(`circumstance: ${lack === "storage" ? "storage is denied" : "there is no IndexedDB"}`);
  await each(["batch, rows", "first load", "append", "create", "delete from chunks", "rollback", "conflict resolved for source", "clean-up", "originals removed"], async (name) => {
    const names = newNames();
    await prepared(scenarioNamed(name), names);
    tally.point();
    const { late, value } = await inWorker({ name, names, lacks: [lack] });
    if (late) return tally.count("hung", name);
    const { error, value: result } = value.outcome;
    const codes = error ? [error.code] : result?.errors;
    if (value.unhandled || !codes?.includes(code)) tally.count("undetected", `${name}: ${JSON.stringify(value.outcome ?? value)}`);
    await dropAll(names);
  });
  await reportRow(tally);
}

/** Where there are no Web Locks, a lease tells who is at work. It ends half a minute after a death. */
async function withoutLocks(most) {
  const tally = new Tally("circumstance: no Web Locks, and the worker is ended");
  const without = (message) => inWorker({ ...message, lacks: ["locks"] });
  for (const name of spread(["batch, rows", "batch, array", "rollback"], most)) {
    const scenario = scenarioNamed(name);
    const { wanted, points } = await undisturbed(scenario, without);
    await each(spread([...points.keys()], most), async (at) => {
      const names = newNames();
      await watched(tally, `${name}, death at ${at} without locks`, async () => {
        await prepared(scenario, names);
        const { value } = await without({ name, names, fault: { kind: "death", at } });
        if (value?.died) tally.point();
        await isWhole(scenario, names, tally, value?.died);
        const { late } = await without({ name, names, call: "again", clock: 31_000 });
        if (late) tally.count("hung", `${name}, the run after ${value?.died}`);
        await endsWell({ ...scenario, again: async () => {} }, names, wanted, tally, value?.died);
        await dropAll(names);
      });
    });
  }
  await reportRow(tally);
}
