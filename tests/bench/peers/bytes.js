// What a format of bytes could reach at best: plain JavaScript with `idb` that encodes each piece as JSON once,
// and uses these very bytes for the chunk, for the backup and for the proof. It keeps nothing but JSON.

import { cut, join } from "../cut.js";
import { oneByOne } from "./one-by-one.js";
import { count, ofSession, opened } from "./plain.js";

const strict = { durability: "strict" };
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** `indexedDB.cmp` compares keys, and bytes are keys: the browser's own comparison of memory. */
const same = (one, other) => one.length === other.length && one.every((bytes, index) => indexedDB.cmp(bytes, other[index]) === 0);

const chunksOf = (transaction, id) => transaction.objectStore("chunks").getAll(ofSession(id));

async function one(database, id) {
  const session = await database.get("sessions", id);
  const { skeleton, pieces } = cut(session);
  const encoded = pieces.map(({ value }) => encoder.encode(JSON.stringify(value)));
  const createdAt = new Date().toISOString();
  const path = `sessions/${id}.backup-${createdAt}`;
  const writing = database.transaction(["manifests", "chunks", "backups"], "readwrite", strict);
  await Promise.all([
    writing.objectStore("backups").put({ path, skeleton, pieces: encoded, createdAt }),
    ...pieces.map(({ path: place, index }, at) => writing.objectStore("chunks").put({ session: id, path: place, index, bytes: encoded[at] })),
    writing.objectStore("manifests").put({ id, skeleton }),
    writing.done,
  ]);
  const reading = database.transaction(["chunks", "backups"]);
  const [chunks, backup] = await Promise.all([chunksOf(reading, id), reading.objectStore("backups").get(path)]);
  const inOrder = new Map(chunks.map(({ path: place, index, bytes }) => [`${place} ${index}`, bytes]));
  const found = pieces.map(({ path: place, index }) => inOrder.get(`${place} ${index}`));
  if (!same(encoded, found) || !same(encoded, backup.pieces)) throw new Error(`${id} differs`);
  const deleting = database.transaction("sessions", "readwrite", strict);
  await Promise.all([deleting.store.delete(id), deleting.done]);
}

async function load(database, id) {
  const transaction = database.transaction(["manifests", "chunks"]);
  const [{ skeleton }, pieces] = await Promise.all([transaction.objectStore("manifests").get(id), chunksOf(transaction, id)]);
  return join(skeleton, pieces.map(({ bytes, ...piece }) => ({ ...piece, value: JSON.parse(decoder.decode(bytes)) })));
}

export const bytes = oneByOne({ opened, one, load, count });
