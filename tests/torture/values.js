// Random bodies go through migrate, load, edit and rollback; random damage is found.

import { open } from "/restow/index.js";
import { changeOne } from "./change.js";
import { detached } from "./detach.js";
import { generator } from "./generator.js";
import { dropAll, each, newNames, watched } from "./lab.js";
import { same } from "./oracle.js";
import { Tally, reportRow } from "./report.js";
import { change, drop, dump, put } from "./storage.js";

const BATCH = 50;
const layout = { label: "name", arrays: [{ path: "items", chunk: 10 }, { path: "inner.list", chunk: 4 }], parts: ["summary"] };
const sourceOf = (app) => ({ database: app, store: "docs", prefix: "docs/", body: "data" });
const DAMAGE_A_BATCH = 10;

/** Parts of the command line that say how much of it all is done. */
export async function values({ sessions = 10_000, seed = 1 }) {
  const trips = new Tally("values: migrate, load, edit, roll back");
  const damage = new Tally("values: one random change to what is stored");
  const rounds = Array.from({ length: Math.ceil(sessions / BATCH) }, (_, round) => round);
  await each(rounds, (round) => {
    const first = round * BATCH;
    const ids = Array.from({ length: Math.min(BATCH, sessions - first) }, (_, index) => `s${first + index}`);
    return watched(trips, `sessions from ${first} on`, () => batch(ids, generator(seed + round), trips, damage));
  });
  if (Object.keys(Object.prototype).length > 0) trips.count("torn", "a prototype was changed");
  await reportRow(trips);
  await reportRow(damage);
}

async function batch(ids, made, trips, damage) {
  const names = newNames();
  const records = ids.map((id) => [`docs/${id}`, { data: made.session(id), at: 1, more: made.value(2) }]);
  await put(names.app, records);
  // What counts is what the browser has stored, which it may have changed on the way. It is read from a
  // database that is left alone: in Firefox a Blob can't be read any more once its record is gone.
  const kept = `${names.app}-kept`;
  await put(kept, records);
  const stored = async (database) => new Map((await dump(database)).docs);
  const before = await stored(kept);
  const restow = await open({ database: names.own, sources: [sourceOf(names.app)], layout, autoCleanup: false });
  const { sessions } = await restow.migrateAllSessions();
  const migrated = sessions.filter(({ outcome }) => outcome === "migrated").map(({ sessionId }) => sessionId);
  // A generator that only makes what is refused would prove nothing.
  if (migrated.length < ids.length * 0.7) trips.count("undetected", `only ${migrated.length} of ${ids.length} were migrated: ${sessions.map(({ code, reason }) => code && `${code} ${reason}`)}`);
  for (const id of ids) await trip(id, { restow, made, trips, before: before.get(`docs/${id}`), isMigrated: migrated.includes(id) });
  for (let count = 0; count < DAMAGE_A_BATCH; count += 1) await damaged(made.random.pick(migrated), { restow, names, made, damage });
  for (const id of migrated) await restow.rollbackSessionMigration(id, undefined, { confirm: true, edits: "discard" });
  const after = await stored(names.app);
  for (const id of ids) {
    const where = await same(before.get(`docs/${id}`), after.get(`docs/${id}`));
    if (where) trips.count("torn", `${id} came back with a difference at ${where}`);
  }
  restow.close();
  await Promise.all([dropAll(names), drop(kept)]);
}

/** Loads, verifies and edits a session, and compares each time. */
async function trip(id, { restow, made, trips, before, isMigrated }) {
  trips.point();
  const compare = async (wanted, when) => {
    const where = await same(wanted, await restow.loadFullSession(id));
    if (where) trips.count("torn", `${id} ${when} differs at ${where}`);
  };
  await compare(before.data, "loaded");
  if (!isMigrated) return;
  const wanted = structuredClone(before.data);
  const handle = await restow.openSession(id);
  const added = [made.value(2), made.value(2)];
  const summary = made.value(2);
  try {
    if (Array.isArray(wanted.items)) {
      await handle.append("items", added);
      wanted.items.push(...structuredClone(added));
    }
    await handle.set("summary", summary);
    wanted.summary = structuredClone(summary);
  } catch (error) {
    // Extra properties of an array and new sharing may forbid an edit. It is refused as a whole.
    if (error.code !== "UnsupportedValue") trips.count("undetected", `${id}, edited: ${error.code} ${error.message}`);
  }
  await compare(wanted, "edited");
  const { ok, problems } = await restow.verifySession(id);
  if (!ok) trips.count("torn", `${id} edited does not verify: ${JSON.stringify(problems)}`);
}

/** The records in which a session lies, and the field of each that holds values. */
const HOLDERS = { chunks: "data", manifests: "skeleton", lists: "arrays", backups: "session" };

/** Changes one value in one record, asks whether anyone notices, and puts it back. */
async function damaged(id, { restow, names, made, damage }) {
  const { random } = made;
  const own = await dump(names.own);
  const records = Object.entries(HOLDERS).flatMap(([store, field]) => own[store].filter(([, one]) => one.id === id).map(([key, one]) => ({ store, field, key, one })));
  const { store, field, key, one: found } = random.pick(records);
  const one = await detached(found);
  const holder = { value: structuredClone(one[field]) };
  // In records of ours a field that nobody knows means nothing to anyone (a later release may have put
  // it there), and numbers are integers.
  const isOurs = store === "lists";
  for (let attempt = 0; attempt < 20 && (await same(one[field], holder.value)) === null; attempt += 1) changeOne(holder, random, { additions: !isOurs, integers: isOurs });
  if ((await same(one[field], holder.value)) === null) return;
  damage.point();
  const write = (record) => change(names.own, store, (to) => void (to.keyPath === null ? to.put(record, key) : to.put(record)));
  await write({ ...one, [field]: holder.value });
  const noticed = store === "backups" ? await refusesBackup(restow, id, one.path) : await noticesDamage(restow, id);
  if (!noticed) damage.count("undetected", `${store} of ${id}, at ${await same(one[field], holder.value)}`);
  await write(one);
}

async function noticesDamage(restow, id) {
  try {
    return !(await restow.verifySession(id)).ok;
  } catch (error) {
    return ["Damaged", "MalformedRecord"].includes(error.code);
  }
}

async function refusesBackup(restow, id, path) {
  try {
    await restow.rollbackSessionMigration(id, path, { confirm: true, edits: "discard" });
    return false;
  } catch (error) {
    return ["BackupDamaged", "MalformedRecord"].includes(error.code);
  }
}
