// Damage that a repair mends, and the calls that do so: interrupted like every other call.

import { harm } from "./damage.js";
import { kinds } from "./kinds.js";
import { dump, put } from "./storage.js";

const confirm = true;
const all = (restow) => restow.migrateAllSessions();
const extra = [{ index: 25, text: "appended" }, { index: 26, text: "and another" }];
export const withAppended = (body) => ({ ...body, items: [...body.items, ...extra] });

/** Does something to the first record of a session in a store; `make` returns `{ puts, deletes }`. */
const spoil = (store, make, id = "a") => async ({ own }) => {
  const records = (await dump(own))[store].filter(([, record]) => record.id === id);
  await harm(own, store, make(...records[0], records.map(([, record]) => record)));
};

const removed = (key) => ({ deletes: [key] });
const changed = (change) => (key, record) => ({ puts: [{ ...record, ...change(record) }] });
const swapped = (key, one, [, two]) => ({ puts: [{ ...one, data: two.data }, { ...two, data: one.data }] });

/** A repair of sessions `a` and `b` after that damage. What was damaged is whole, or refused, after any death. */
const mend = (name, spoiled, more = {}) => ({
  name: `repair: ${name}`, kind: "rows", ids: ["a", "b"], prepare: all, spoil: spoiled, damaged: ["a"],
  call: (restow) => restow.repair({ confirm }), ...more,
});

/** The same after an append, which the backup of the migration does not hold. */
const edited = {
  async prepare(restow) {
    await all(restow);
    await (await restow.openSession("a")).append("items", extra);
  },
  allowed: { a: (body) => [body, withAppended(body)] },
};

export const mendingScenarios = [
  mend("a chunk is missing", spoil("chunks", removed)),
  mend("a chunk is changed", spoil("chunks", changed(() => ({ data: ["nothing"] })))),
  mend("two chunks are swapped", spoil("chunks", swapped)),
  mend("a skeleton is changed", spoil("manifests", changed(() => ({ skeleton: null })))),
  mend("a list is missing", spoil("lists", removed)),
  mend("a list is changed", spoil("lists", changed(() => ({ parts: [] })))),
  mend("a manifest is missing", spoil("manifests", removed)),
  mend("a manifest is garbled", spoil("manifests", (key, { id }) => ({ puts: [{ id }] }))),
  mend("the head of a backup is missing", spoil("backupHeads", removed)),
  mend("a generation is left over", spoil("chunks", (key, record) => ({ puts: [{ ...record, generation: record.generation + 5 }] }))),
  mend("a chunk is there twice", spoil("chunks", (key, record) => ({ puts: [{ ...record, index: 77 }] }))),
  mend("an entry of the journal is about nothing", ({ own }) => harm(own, "journal", { puts: [{ id: "nobody", action: "migrate", generation: 1, startedAt: "2026-01-01T00:00:00.000Z" }] })),
  mend("an edited session goes back", spoil("chunks", (key, record, records) => ({ deletes: records.filter(({ path }) => path[0] === "items").map(({ id, generation, path, index }) => [id, generation, path, index]) })), {
    ...edited, call: (restow) => restow.repair({ confirm, edits: "discard" }),
  }),
];

/** The application has one more record, which no run can move: an object in two chunks at once. */
async function plantShared({ app }) {
  const shared = {};
  await put(app, [["docs/q", { data: { ...kinds["rows without Blobs"].body("q"), items: Array.from({ length: 25 }, () => shared) }, at: 1 }]]);
}

/** Sessions of every standing, beside which records are damaged. */
export const populatedScenario = {
  name: "mending", kind: "rows without Blobs", ids: ["a", "b", "c", "d"], spoil: plantShared,
  async fill(restow) {
    for (const id of ["a", "b", "c", "q"]) await restow.migrateSessionToChunked(id);
    await (await restow.openSession("b")).append("items", extra);
    await restow.rollbackSessionMigration("c", undefined, { confirm });
  },
  tear: (restow) => restow.migrateSessionToChunked("d"),
  call: (restow) => restow.repair({ confirm }),
  cleanUp: (restow) => restow.cleanupOldBackups({ confirm }),
};
