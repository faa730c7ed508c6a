// Whether the harness sees what it is there to see: faults are planted behind the package's back,
// and each has to be counted as what it is.

import { Observer } from "./durability.js";
import { faultTold } from "./faulty.js";
import { MARK, judge, said } from "./hostile.js";
import { keepsTexts } from "./keeping.js";
import { dropAll, dumpApp, edit, endsWell, inWorker, isNeverShorter, isReadable, isWhole, newNames, prepared, undisturbed, watched } from "./lab.js";
import { kinds } from "./kinds.js";
import { Attempt } from "./mended.js";
import { everyDamage, populated } from "./mending.js";
import { report, Tally } from "./report.js";
import { scenarioNamed } from "./scenarios.js";
import { change, dump, put } from "./storage.js";

const migrated = { ...scenarioNamed("batch, rows"), prepare: (restow) => restow.migrateAllSessions() };

/** Deletes or rewrites the first record of a store. */
const spoilFirst = (store, make) => async ({ own }) => {
  const [[key, one]] = (await dump(own))[store];
  await change(own, store, (to) => void (make ? to.put(make(structuredClone(one))) : to.delete(key)));
};

const looks = { whole: isWhole, readable: isReadable };

/** What is planted in storage, which look has to see it, and what it has to call it. */
const planted = {
  "nothing": { look: "whole", kinds: [] },
  "nothing, read by the package": { look: "readable", kinds: [] },
  "a session is deleted": { look: "whole", kinds: ["lost"], spoil: spoilFirst("manifests") },
  "a session is deleted, read by the package": { look: "readable", kinds: ["lost"], spoil: spoilFirst("manifests") },
  "a chunk is deleted": { look: "whole", kinds: ["torn"], spoil: spoilFirst("chunks") },
  "a list is cut short": { look: "whole", kinds: ["torn"], spoil: spoilFirst("lists", (list) => (list.arrays[0].chunks.pop(), list)) },
  "an item is changed": { look: "whole", kinds: ["torn"], spoil: spoilFirst("chunks", (chunk) => (Array.isArray(chunk.data) ? chunk.data.push(0) : (chunk.data = 0), chunk)) },
  "the skeleton gains a key": { look: "whole", kinds: ["torn"], spoil: spoilFirst("manifests", (one) => ((one.skeleton.more = 1), one)) },
};

async function plantedInStorage(name, { look, spoil }) {
  const tally = new Tally(name);
  const names = newNames();
  await prepared(migrated, names);
  await spoil?.(names);
  await looks[look](migrated, names, tally, name);
  await dropAll(names);
  return tally;
}

/** What is left over, or changed around the sessions, makes another end. */
async function anotherEnd(spoil) {
  const tally = new Tally("another end");
  const { wanted } = await undisturbed(scenarioNamed("batch, rows"));
  const names = newNames();
  await prepared(migrated, names);
  await spoil(names);
  await endsWell(migrated, names, wanted, tally, "planted");
  await dropAll(names);
  return tally;
}

const ends = {
  "an orphan chunk is left": { kinds: ["torn"], spoil: ({ own }) => change(own, "chunks", (to) => void to.put({ id: "a", generation: 1, path: ["items"], index: 0, data: [] })) },
  "a neighbour is changed": { kinds: ["torn"], spoil: ({ app }) => put(app, [["settings", { theme: "light" }]]) },
  "an original is left": { kinds: ["torn"], spoil: (names) => edit(migrated, names, "a", { ...kinds.rows.body("a"), name: "Another" }) },
};

/** What goes wrong while something runs. */
const running = {
  "an attempt that never ends": { kinds: ["hung"], work: (tally) => watched(tally, "planted", () => new Promise(() => {}), 50) },
  "an attempt that throws": { kinds: ["undetected"], work: (tally) => watched(tally, "planted", async () => { throw new TypeError("planted"); }) },
  "a promise that nobody awaits": { kinds: ["undetected"], work: (tally) => told(tally, { unhandled: true }) },
  "a value on the console": { kinds: ["undetected"], work: async (tally) => judge(await said(() => console.warn("told", { deep: [MARK] })), tally) },
  "a value in an error": { kinds: ["undetected"], work: async (tally) => judge(await said(() => { throw new Error(`of ${MARK}`); }), tally) },
  "an error without a code": { kinds: ["undetected"], work: (tally) => told(tally, { untyped: true }) },
};

/** What happens to texts of state behind the package's back. */
const textsPlanted = {
  "texts that stay": { kinds: [], spoil: () => {} },
  "a text is gone": { kinds: ["lost", "torn"], spoil: (app) => localStorage.removeItem(`${app}:theme`) },
  "a sum was added twice": { kinds: ["lost", "torn"], spoil: (app) => localStorage.setItem(`${app}:account`, '{"count": 12}') },
};

async function plantedInTexts(spoil) {
  const tally = new Tally("texts");
  const [scenario, names] = [scenarioNamed("state: carry"), newNames()];
  await prepared(scenario, names);
  const before = await dumpApp(scenario, names);
  spoil(names.app);
  await keepsTexts(scenario, names, before, before, tally, "planted");
  await dropAll(names);
  return tally;
}

const sound = { ok: true, problems: [] };
const nothing = { repaired: [], left: [] };
const deaf = { verifyAll: async () => sound, verifySession: async () => sound, repair: async () => nothing };

/** Packages that do not do what they should about a missing chunk. */
const mendingPlanted = {
  "damage that no check names": { kinds: ["undetected"], work: (tried) => tried.checked(deaf) },
  "a rehearsal that writes": {
    kinds: ["torn", "undetected"],
    work: (tried) => tried.checked({ ...deaf, repair: () => change(tried.names.own, "chunks", (to) => void to.clear()).then(() => nothing) }),
  },
  "a damaged session that is read as a shorter one": { kinds: ["torn"], work: (tried) => tried.loads({ loadFullSession: async (id) => ({ ...tried.bodies[id], ...(id === "a" && { items: [] }) }) }, "planted", { mayFail: true }) },
  "a damaged session that takes another along": { kinds: ["lost"], work: (tried) => tried.loads({ loadFullSession: async (id) => { if (id === "a") return tried.bodies.a; throw Object.assign(new Error("damaged at planted"), { code: "Damaged" }); } }, "planted", { mayFail: true }) },
  "a repair that says nothing": { kinds: ["undetected"], work: (tried) => tried.repaired({ ...deaf, loadFullSession: async (id) => tried.bodies[id] }) },
};

async function plantedInMending(work) {
  const tally = new Tally("mending");
  const place = await populated();
  const [damage] = everyDamage(place, 1, 1).find(({ store }) => store === "chunks").damages;
  await work(new Attempt(place, damage, tally));
  await dropAll(place.names);
  return tally;
}

/** What was damaged may be refused, and never be another. */
async function readAsAnother() {
  const tally = new Tally("another");
  const names = newNames();
  await prepared(migrated, names);
  await isNeverShorter({ ...migrated, damaged: ["a"], allowed: { a: (body) => [{ ...body, items: [] }] } }, names, tally, "planted");
  await dropAll(names);
  return tally;
}

const relaxed = { durability: "relaxed" };
const strict = { durability: "strict" };
const ruling = { id: "a", state: "committed" };

/** What reaches the database, as `[kind of database, store, operation, arguments]` or the options of a commit. */
const heard = {
  "a strict commit, and then the removal": { kinds: [], says: [["own", "manifests", "put", [ruling]], strict, ["app", "docs", "delete", ["docs/a"]], strict] },
  "a commit that is not strict": { kinds: ["undetected"], says: [["own", "chunks", "put", [{}]], relaxed] },
  "a commit without options": { kinds: ["undetected"], says: [["own", "backups", "put", [{}]], undefined] },
  "a removal before the commit": { kinds: ["lost"], says: [["own", "manifests", "put", [ruling]], ["app", "docs", "delete", ["docs/a"]]] },
  "a removal after a commit that is not strict": { kinds: ["lost", "undetected"], says: [["own", "manifests", "put", [ruling]], relaxed, ["app", "docs", "delete", ["docs/a"]]] },
};

async function observedSaying(says) {
  const tally = new Tally("heard");
  const names = newNames();
  const records = [["docs/a", { data: kinds.rows.body("a") }]];
  const observer = new Observer({ ...migrated, ids: ["a"] }, names, records, tally);
  let transaction;
  for (const one of says) {
    if (!Array.isArray(one)) {
      observer.hear({ phase: "commit", transaction, options: one });
      continue;
    }
    const [of, name, op, args] = one;
    transaction = { db: { name: names[of] }, mode: "readwrite" };
    observer.hear({ phase: "before", op, self: { name }, args, transaction });
  }
  await Promise.all(observer.pending);
  return tally;
}

/** A worker in which the package is not at fault, but the scenario. */
async function told(tally, plant) {
  const { value } = await inWorker({ name: "batch, rows", names: newNames(), plant });
  const wrong = faultTold(value);
  if (wrong) tally.count("undetected", wrong);
}

async function check(name, wanted, work) {
  let found;
  try {
    const tally = await work();
    found = ["lost", "torn", "undetected", "hung"].filter((kind) => tally[kind] > 0);
  } catch (error) {
    found = [`threw ${error?.message}`];
  }
  await report({ type: "check", name, ok: JSON.stringify(found) === JSON.stringify(wanted), found, wanted });
}

export async function selftest() {
  for (const [name, one] of Object.entries(planted)) await check(name, one.kinds, () => plantedInStorage(name, one));
  for (const [name, one] of Object.entries(ends)) await check(name, one.kinds, () => anotherEnd(one.spoil));
  for (const [name, one] of Object.entries(textsPlanted)) await check(name, one.kinds, () => plantedInTexts(one.spoil));
  for (const [name, one] of Object.entries(mendingPlanted)) await check(name, one.kinds, () => plantedInMending(one.work));
  for (const [name, one] of Object.entries(heard)) await check(name, one.kinds, () => observedSaying(one.says));
  await check("what was damaged is read as another", ["torn"], readAsAnother);
  for (const [name, one] of Object.entries(running)) {
    await check(name, one.kinds, async () => {
      const tally = new Tally(name);
      await one.work(tally);
      return tally;
    });
  }
}
