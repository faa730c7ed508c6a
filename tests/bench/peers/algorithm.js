// The migration script that applications of this kind have today: metadata first, each chunk in a
// transaction of its own, everything loaded back, and the fields compared that it lists.

import { openDB } from "idb";
import { cut, join, layout } from "../cut.js";
import { SOURCE } from "../storage.js";
import { oneByOne } from "./one-by-one.js";

const strict = { durability: "strict" };
const DAY_MS = 86_400_000;

const opened = () => openDB(SOURCE, 11, { upgrade: (database) => database.createObjectStore("collections") });

async function save(database, key, value) {
  const transaction = database.transaction("collections", "readwrite", strict);
  await Promise.all([transaction.store.put(value, key), transaction.done]);
}

const chunkKey = (id, { path, index }) => `sessions/${id}/${path}/chunk-${String(index).padStart(3, "0")}`;

async function load(database, id) {
  const metadata = await database.get("collections", `sessions/${id}/metadata`);
  if (!metadata) throw new Error(`${id} is not there`);
  const pieces = [];
  for (const path of [...layout.arrays.map((one) => one.path), ...layout.parts]) {
    for (let index = 0; index < metadata.chunks[path]; index += 1) {
      pieces.push({ path, value: await database.get("collections", chunkKey(id, { path, index })) });
    }
  }
  return join(metadata.skeleton, pieces);
}

const CORE = ["id", "name", "description", "status", "startTime", "endTime", "screenshotInterval", "autoAnalysis", "enableScreenshots", "audioMode", "audioRecording"];

/** Throws one error that lists what differs, of what is compared. */
function verify(original, migrated) {
  const problems = [];
  const compare = (path, a, b) => {
    if (a !== b) problems.push(path);
  };
  for (const field of CORE) compare(field, original[field], migrated[field]);
  for (const field of ["screenshots", "audioSegments"]) compare(`${field}.length`, original[field].length, migrated[field].length);
  original.screenshots.forEach((one, index) => {
    for (const field of ["id", "timestamp", "attachmentId"]) compare(`screenshots[${index}].${field}`, one[field], migrated.screenshots[index]?.[field]);
  });
  original.audioSegments.forEach((one, index) => {
    for (const field of ["id", "transcription", "duration"]) compare(`audioSegments[${index}].${field}`, one[field], migrated.audioSegments[index]?.[field]);
  });
  for (const field of ["summary", "audioInsights"]) compare(`${field}.narrative`, original[field]?.narrative, migrated[field]?.narrative);
  if (problems.length > 0) throw new Error(`Data integrity verification failed:\n${problems.join("\n")}`);
}

async function one(database, id) {
  const session = await database.get("sessions", id);
  const backupCreatedAt = new Date().toISOString();
  const expiresAt = new Date(Date.now() + 30 * DAY_MS).toISOString();
  await save(database, `sessions/${id}.backup-${backupCreatedAt}`, { session, backupCreatedAt, expiresAt, originalFormat: "monolithic" });
  const { skeleton, pieces } = cut(session);
  const chunks = {};
  for (const { path } of pieces) chunks[path] = (chunks[path] ?? 0) + 1;
  await save(database, `sessions/${id}/metadata`, { skeleton, chunks, storageVersion: "chunked" });
  for (const piece of pieces) await save(database, chunkKey(id, piece), piece.value);
  verify(session, await load(database, id));
  const deleting = database.transaction("sessions", "readwrite", strict);
  await Promise.all([deleting.store.delete(id), deleting.done]);
}

const count = async (database) => (await database.getAllKeys("collections")).filter((key) => key.endsWith("/metadata")).length;

export const algorithm = oneByOne({ opened, one, load, count });
