// Calls that should not depend on how much is stored.

import { cut } from "./cut.js";
import { idOf, screenshot, session } from "./data.js";
import { inTurn } from "./measure.js";
import { change, withSource } from "./monolith.js";
import { withRestow } from "./peers/restow.js";
import { clear, done, plant, settle, settled, using } from "./storage.js";
import { random } from "../torture/random.js";

async function keysOf(name, store) {
  const database = await settled(indexedDB.open(name));
  const keys = () => settled(database.transaction(store).objectStore(store).getAllKeys());
  return { keys, close: () => database.close() };
}

/** Migrates about half of the sessions. */
async function half(restow, count) {
  const stop = new AbortController();
  let done = 0;
  const onProgress = () => {
    done += 1;
    if (done > count / 2) stop.abort();
  };
  const { cancelled } = await restow.migrateAllSessions({ signal: stop.signal, onProgress });
  if (!cancelled) throw new Error("the migration was not stopped half way");
  await restow.getMigrationStatus();
}

/** `getMigrationStatus()` beside a bare `getAllKeys()`, before, in the midst of and after a migration. */
export async function status({ workload, times }) {
  await clear();
  await plant(workload);
  await settle();
  const measured = {};
  await withRestow(async (restow) => {
    const beside = async (when, database, store) => {
      const bare = await keysOf(database, store);
      const found = await inTurn(times, { status: () => restow.getMigrationStatus(), keys: bare.keys });
      bare.close();
      for (const [name, ms] of Object.entries(found)) measured[`${name} ${when}`] = ms;
    };
    const start = performance.now();
    await restow.getMigrationStatus();
    measured["first status"] = [performance.now() - start];
    await beside("before", "bench-app", "sessions");
    await half(restow, workload.count);
    await beside("half way", "bench-app", "sessions");
    const { success } = await restow.migrateAllSessions();
    if (!success) throw new Error("the migration failed");
    await beside("after", "restow", "manifests");
  });
  await clear();
  return measured;
}

/** `openSession` and its metadata, of a small and of a large session. */
export async function handles({ small, large, times }) {
  await clear();
  const measured = await withRestow(async (restow) => {
    await restow.createSession(session(0, small));
    await restow.createSession(session(1, large));
    await settle({ bytes: large * 1_000 });
    const name = async (index) => {
      const handle = await restow.openSession(idOf(index));
      if (handle.metadata.id !== idOf(index)) throw new Error("the metadata is that of another");
      handle.free?.();
    };
    return inTurn(times, { small: () => name(0), large: () => name(1) });
  });
  await clear();
  return measured;
}

/** What comes before anything is moved: the engine is loaded, and looks at an empty place. */
export async function engine() {
  await clear();
  await withRestow((restow) => restow.getMigrationStatus());
}

/** The newest record of one of Restow's stores. */
const newest = (store) =>
  using(settled(indexedDB.open("restow")), async (database) => (await settled(database.transaction(store).objectStore(store).getAll())).at(-1));

/**
 * What adding to a chunk that is in hand takes at least: under a lock, in one transaction as durable as Restow's
 * edits are, the manifest is looked at, and written with the chunk and the list of chunks.
 */
async function byHand(database, chunk) {
  const records = [{ ...chunk, id: "chunk" }, { ...(await newest("lists")), id: "list" }, { ...(await newest("manifests")), id: "manifest" }];
  return (item) =>
    navigator.locks.request("bench", async () => {
      const transaction = database.transaction("sessions", "readwrite", { durability: "relaxed" });
      const store = transaction.objectStore("sessions");
      await settled(store.get("manifest"));
      records[0].value.splice(-1, 1, item);
      for (const record of records) store.put(record);
      await done(transaction);
    });
}

/** One item is added to a session: by its last chunk, by hand, and by writing it whole. */
export async function appending({ kilobytes, times }) {
  await clear();
  await plant({ count: 1, kilobytes });
  const draw = random(9);
  const item = (round) => screenshot(draw, idOf(0), round);
  const measured = await withSource(async (database) => {
    const [chunk] = cut(session(1, kilobytes)).pieces;
    return withRestow(async (restow) => {
      await restow.createSession({ ...session(1, kilobytes) });
      const handle = await restow.openSession(idOf(1));
      const add = await byHand(database, chunk);
      await settle({ bytes: 2 * kilobytes * 1_000 });
      return inTurn(times, {
        append: (round) => handle.append("screenshots", [item(round)]),
        byHand: (round) => add(item(round)),
        whole: (round) => change(database, idOf(0), (one) => one.screenshots.push(item(round))),
      });
    });
  });
  await clear();
  return measured;
}
