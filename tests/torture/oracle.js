// What lies in the databases, read by other means than the package's own.

import { same } from "/same.js";
import { kinds } from "./kinds.js";
import { dump } from "./storage.js";

export { same };

const put = (target, key, value) => Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
const at = (root, path) => path.reduce((value, key) => value[key], root);
const keyed = (records, key) => records.find(([found]) => indexedDB.cmp(found, key) === 0)?.[1];

/** The reader of docs/FORMAT.md over a dump: the session, or `null` if no chunks rule. Throws where a piece is missing. */
export function readChunks(own, id) {
  const manifest = own && keyed(own.manifests, id);
  if (!manifest || !["committed", "rolling-back"].includes(manifest.state)) return null;
  const { generation, skeleton } = structuredClone(manifest);
  const list = keyed(own.lists, [id, generation]);
  const load = (path, index) => keyed(own.chunks, [id, generation, path, index]).data;
  for (const { path, chunks } of list.arrays) {
    const array = at(skeleton, path);
    for (const [index, { len }] of chunks.entries()) {
      const from = array.length;
      array.length += len;
      load(path, index).forEach((item, offset) => put(array, from + offset, item));
    }
  }
  for (const { path } of list.parts) put(at(skeleton, path.slice(0, -1)), path.at(-1), load(path, 0));
  return skeleton;
}

/**
 * Where a session is whole: "chunks", "source", or "nowhere" where it may be nowhere. Otherwise
 * what is wrong, as `{ kind: "lost" | "torn", what }`.
 */
export async function wherever({ own, app }, kind, id, bodies) {
  let found;
  try {
    found = readChunks(own, id);
  } catch (error) {
    return { kind: "torn", what: `${id}: a piece of what rules is missing (${error.message})` };
  }
  const place = found === null ? "source" : "chunks";
  found ??= app && (await kinds[kind].find(app.docs, id));
  for (const body of bodies) {
    if (body === undefined ? found === undefined : found !== undefined && (await same(body, found)) === null) return found === undefined ? "nowhere" : place;
  }
  if (found === undefined) return { kind: "lost", what: `${id} is neither in its source nor in chunks` };
  return { kind: "torn", what: `${id} in its ${place} differs at ${await same(bodies[0], found)}` };
}

const byText = (list) => list.map((one) => [JSON.stringify(one), one]).sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
const distinct = (list) => [...new Map(list.map((one) => [JSON.stringify(one), one])).values()];

/** What the audit notes in another database's commit: a death between the two may cost that line. */
const WITH_REMOVAL = ["delete", "remove-original", "resolve-conflict"];

/**
 * A backup, by what it holds. That of a session is known by its fingerprint; a snapshot of state by its
 * texts, since its keys have the name of one attempt, and the last row of a carry has paths and digests.
 */
function backupOf({ id, reason, originalFormat, fingerprint, path }, bodies, name) {
  if (originalFormat !== "state") return [id, reason, originalFormat, fingerprint];
  const rows = keyed(bodies, path)?.session.map(([key, text, of, kind]) => [key.replace(name, ""), of === "carry" ? JSON.parse(text).text : text, of, kind]);
  return [id, reason, originalFormat, rows];
}

/** What is noted of a carry, without the name of the attempt, its paths, and digests with names in them. */
const carriedOf = ({ from, done, cleared, undone, sums, sumsBefore, source, before, target }, name) =>
  ({ from: from?.replace(name, ""), done, cleared: cleared ?? null, undone: undone ?? null, sums, sumsBefore, source, before, target });

/** All that is stored, without times, tokens, names and numbers of generations. */
export async function picture(app, own, name) {
  const state = await dump(own);
  if (!state) return { app, own: null };
  const live = new Map(state.manifests.map(([id, { state: is, generation }]) => [id, ["committed", "rolling-back"].includes(is) ? generation : null]));
  const owned = (id, generation) => (live.get(id) === generation ? "live" : "orphan");
  return {
    app,
    manifests: state.manifests.map(([id, one]) => ({
      id, state: one.state, edited: one.edited, layout: one.layout.version, originals: one.originals, skeleton: one.skeleton, fingerprint: one.fingerprint,
    })),
    lists: state.lists.map(([[id, generation], { arrays, parts }]) => [id, owned(id, generation), arrays, parts]),
    chunks: state.chunks.map(([[id, generation, ...piece], { data }]) => [id, owned(id, generation), piece, data]),
    // A death may leave one more backup of the same: that harms no one.
    backups: distinct(byText(state.backupHeads.map(([, one]) => backupOf(one, state.backups, name)))),
    carried: state.meta.filter(([key]) => key.startsWith("carried:")).map(([, one]) => carriedOf(one, name)),
    bodies: state.backups.length === state.backupHeads.length,
    journal: state.journal, leases: state.leases,
    quarantine: byText(state.quarantine.map(([, { id, code }]) => [id, code])),
    // A failure that was undone is noted, and leaves nothing else.
    audit: distinct(byText(state.audit.filter(([, { action }]) => !action.endsWith("-undone")).map(([, { action, id }]) => [action, id]))),
  };
}

/** Where a picture differs from the one that was wanted, or `null`. */
export async function difference(found, wanted) {
  if (found.audit && wanted.audit) {
    const has = new Set(found.audit.map((one) => JSON.stringify(one)));
    const lost = wanted.audit.filter((one) => WITH_REMOVAL.includes(one[0]) && !has.has(JSON.stringify(one)));
    found = { ...found, audit: byText([...found.audit, ...lost]) };
  }
  const where = await same(wanted, found);
  if (where === null) return null;
  const field = where.split(".")[1]?.split(" ")[0];
  const short = (value) => JSON.stringify(value, (key, inner) => (typeof inner === "bigint" ? `${inner}` : inner))?.slice(0, 300);
  return `${where}: ${short(found[field])} instead of ${short(wanted[field])}`;
}
