// Plain JavaScript with `idb`: stores of its own in the application's database; the original goes at the
// end. Without verification everything of a session is one transaction, which is the fastest there is.

import { openDB } from "idb";
import { cut, equal, join } from "../cut.js";
import { SOURCE } from "../storage.js";
import { oneByOne } from "./one-by-one.js";

const strict = { durability: "strict" };
const STORES = ["manifests", "chunks", "backups"];
export const ofSession = (id) => IDBKeyRange.bound([id], [id, []]);

export const opened = () =>
  openDB(SOURCE, 11, {
    upgrade(database) {
      database.createObjectStore("manifests", { keyPath: "id" });
      database.createObjectStore("chunks", { keyPath: ["session", "path", "index"] });
      database.createObjectStore("backups", { keyPath: "path" });
    },
  });

/** Queues all writes of a session. */
function write(transaction, session) {
  const { skeleton, pieces } = cut(session);
  const createdAt = new Date().toISOString();
  return [
    transaction.objectStore("backups").put({ path: `sessions/${session.id}.backup-${createdAt}`, session, createdAt }),
    ...pieces.map((piece) => transaction.objectStore("chunks").put({ session: session.id, ...piece })),
    transaction.objectStore("manifests").put({ id: session.id, skeleton }),
  ];
}

async function readBack(database, id) {
  const transaction = database.transaction(["manifests", "chunks"]);
  const [manifest, pieces] = await Promise.all([transaction.objectStore("manifests").get(id), transaction.objectStore("chunks").getAll(ofSession(id))]);
  return join(manifest.skeleton, pieces);
}

async function sha256(value) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(value)));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const proofs = {
  deep: async (original, database) => equal(original, await readBack(database, original.id)),
  hash: async (original, database) => (await sha256(original)) === (await sha256(await readBack(database, original.id))),
};

async function one(database, id, proof) {
  const session = await database.get("sessions", id);
  const together = proof ? STORES : [...STORES, "sessions"];
  const writing = database.transaction(together, "readwrite", strict);
  const writes = write(writing, session);
  if (!proof) writes.push(writing.objectStore("sessions").delete(id));
  await Promise.all([...writes, writing.done]);
  if (!proof) return;
  if (!(await proofs[proof](session, database))) throw new Error(`${id} differs`);
  const deleting = database.transaction("sessions", "readwrite", strict);
  await Promise.all([deleting.store.delete(id), deleting.done]);
}

export const count = (database) => database.count("manifests");

/** @param {"deep" | "hash" | null} proof */
export const plain = (proof) => oneByOne({ opened, one: (database, id) => one(database, id, proof), load: readBack, count });
