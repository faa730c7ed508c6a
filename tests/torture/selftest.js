// Whether the harness sees what it is there to see: faults are planted behind the package's back,
// and each has to be counted as what it is.

import { faultTold } from "./faulty.js";
import { MARK, judge, said } from "./hostile.js";
import { dropAll, edit, endsWell, inWorker, isReadable, isWhole, newNames, prepared, undisturbed, watched } from "./lab.js";
import { kinds } from "./kinds.js";
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
  for (const [name, one] of Object.entries(running)) {
    await check(name, one.kinds, async () => {
      const tally = new Tally(name);
      await one.work(tally);
      return tally;
    });
  }
}
