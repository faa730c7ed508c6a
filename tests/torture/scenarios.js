// What is interrupted: every call that writes, over every kind of source.

import { kinds } from "./kinds.js";
import { mendingScenarios, populatedScenario } from "./mends.js";
import { stateScenarios } from "./states.js";

export const layout = { version: 1, label: "name", arrays: [{ path: "items", chunk: 10 }, { path: "inner.list", chunk: 2 }], parts: ["summary"] };
const newer = { ...layout, version: 2, arrays: [{ path: "items", chunk: 7 }] };

/** The configuration of a scenario over databases of its own. */
export const configOf = ({ kind, config = {} }, names, stage = "call") => ({
  database: names.own, sources: [kinds[kind].source(names.app)], layout, autoCleanup: false, ...(typeof config === "function" ? config(stage, names) : config),
});

const confirm = true;
const extra = [{ index: 25, text: "appended" }, { index: 26, text: "and another" }];
const all = (restow) => restow.migrateAllSessions();

/** An edit, made only where it has not been made yet. */
const edited = (name, make, after) => ({
  name, kind: "rows", ids: ["a"], prepare: all,
  async call(restow) {
    const handle = await restow.openSession("a");
    if (handle.revision === 2) await make(handle);
  },
  allowed: { a: (body) => [body, after(body)] },
});

const gone = (body) => [body, undefined];
const other = (body) => ({ ...body, name: "Renamed by an old tab" });
const both = (body) => [body, other(body)];
const withAppended = (body) => ({ ...body, items: [...body.items, ...extra] });

const diverged = (side) => ({
  name: `conflict resolved for ${side}`, kind: "rows", ids: ["a"], prepare: all, afterwards: { a: other },
  call: (restow) => restow.resolveConflict("a", side, { confirm }), allowed: { a: both },
});

/** An append, and what a rollback makes of it. */
const rollbackOf = (edits) => ({
  name: `rollback, edits: ${edits}`, kind: "rows", ids: ["a"],
  async prepare(restow) {
    await all(restow);
    await (await restow.openSession("a")).append("items", extra);
  },
  call: (restow) => restow.rollbackSessionMigration("a", undefined, { confirm, edits }),
  allowed: { a: (body) => [body, withAppended(body)] },
});

const day = 24 * 60 * 60 * 1000;

export const scenarios = [
  ...Object.keys(kinds).filter((kind) => !kinds[kind].local).map((kind) => ({ name: `batch, ${kind}`, kind, ids: ["a", "b"], call: all })),
  { name: "one session", kind: "rows", ids: ["a"], call: (restow) => restow.migrateSessionToChunked("a") },
  { name: "one of a container", kind: "array", ids: ["a", "b"], call: (restow) => restow.migrateSessionToChunked("b") },
  { name: "originals kept", kind: "rows", ids: ["a"], config: { originals: "keep" }, call: all },
  // What is chunked is only read: what a death has left is finished by the next run.
  { name: "first load", kind: "rows", ids: ["a"], call: (restow) => restow.loadFullSession("a"), again: all },
  { name: "first load out of a container", kind: "array", ids: ["a", "b"], call: (restow) => restow.loadFullSession("b"), again: all },
  edited("append", (handle) => handle.append("items", extra), withAppended),
  edited("set an item", (handle) => handle.setItem("items", 3, "other"), (body) => ({ ...body, items: body.items.with(3, "other") })),
  edited("set in the skeleton", (handle) => handle.set("name", "Renamed"), (body) => ({ ...body, name: "Renamed" })),
  edited("set a part", (handle) => handle.set("summary", { now: "short" }), (body) => ({ ...body, summary: { now: "short" } })),
  { name: "create", kind: "rows", ids: ["a"], call: (restow) => restow.createSession(kinds.rows.body("new")), extraIds: ["new"], allowed: { new: gone } },
  { name: "delete from chunks", kind: "rows", ids: ["a"], prepare: all, call: (restow) => restow.deleteSession("a", { confirm }), allowed: { a: gone } },
  { name: "delete from a source", kind: "rows", ids: ["a"], call: (restow) => restow.deleteSession("a", { confirm }), allowed: { a: gone } },
  { name: "rollback", kind: "rows", ids: ["a"], prepare: all, call: (restow) => restow.rollbackSessionMigration("a", undefined, { confirm }) },
  rollbackOf("keep"),
  rollbackOf("discard"),
  { name: "rollback into a container", kind: "array", ids: ["a", "b"], prepare: all, call: (restow) => restow.rollbackSessionMigration("b", undefined, { confirm }) },
  { name: "rollback into zipped text", kind: "zipped", ids: ["a", "b"], prepare: all, call: (restow) => restow.rollbackSessionMigration("b", undefined, { confirm }) },
  {
    name: "migrated again after a rollback", kind: "rows", ids: ["a"],
    async prepare(restow) {
      await all(restow);
      await restow.rollbackSessionMigration("a", undefined, { confirm });
    },
    call: (restow) => restow.migrateAllSessions({ force: true }),
  },
  diverged("source"),
  diverged("chunks"),
  { name: "originals removed", kind: "rows", ids: ["a", "b"], config: (stage) => (stage === "prepare" ? { originals: "keep" } : {}), prepare: all, call: (restow) => restow.removeOriginals({ confirm }) },
  { name: "newer layout", kind: "rows", ids: ["a"], config: (stage) => (stage === "prepare" ? {} : { layout: newer }), prepare: all, call: all },
  { name: "clean-up", kind: "rows", ids: ["a"], prepare: all, preparedAt: -31 * day, call: (restow) => restow.cleanupOldBackups({ confirm }) },
];

const locals = ["a key each", "inside one text"];

/** What concerns localStorage, which only documents have. */
export const localScenarios = [
  ...locals.map((kind) => ({ name: `batch, ${kind}`, kind, ids: ["a", "b"], call: all })),
  ...locals.map((kind) => ({ name: `first load, ${kind}`, kind, ids: ["a", "b"], call: (restow) => restow.loadFullSession("a"), again: all })),
  ...locals.map((kind) => ({ name: `rollback, ${kind}`, kind, ids: ["a", "b"], prepare: all, settle: all, call: (restow) => restow.rollbackSessionMigration("b", undefined, { confirm }) })),
  ...locals.map((kind) => ({ ...diverged("source"), name: `conflict resolved for source, ${kind}`, kind, ids: ["a", "b"] })),
];

/** What several tabs do at once. */
export const tabScenarios = ["rows", "array"].map((kind) => ({
  name: `tabs, ${kind}`, kind, ids: ["a", "b", "c", "d", "e", "f"], call: all,
  load: (restow) => restow.loadFullSession("c"),
  rollback: (restow) => restow.rollbackSessionMigration("c", undefined, { confirm }),
  append: async (restow) => (await restow.openSession("c")).append("items", extra),
  remove: (restow) => restow.deleteSession("c", { confirm }),
}));

const everyScenario = () => [...scenarios, ...localScenarios, ...tabScenarios, ...mendingScenarios, populatedScenario, ...stateScenarios];

export const scenarioNamed = (name) => everyScenario().find((one) => one.name === name);

/** The bodies that a session may have after a death; `undefined` for none. */
export function allowedBodies({ kind, allowed = {} }, id) {
  const body = kinds[kind].body(id);
  return allowed[id] ? allowed[id](body) : [body];
}

/** A session as it is once someone has written its source after the preparation. */
export const plantedLater = ({ kind, afterwards = {} }) => Object.entries(afterwards).map(([id, make]) => [id, make(kinds[kind].body(id))]);
