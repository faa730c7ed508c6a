// The application's data that all peers migrate: planted, settled, counted and removed, without any library.

import { session } from "./data.js";

export const SOURCE = "bench-app";
/** Ten times the version that Dexie would say. */
const VERSION = 10;
const PLANTED_AT_ONCE_KB = 4_000;

export const settled = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

export const done = (transaction) =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });

export const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Works with what opens to something that has to be closed. */
export async function using(opening, work) {
  const opened = await opening;
  try {
    return await work(opened);
  } finally {
    await opened.close();
  }
}

/** Whatever version a peer has made of it. */
export const openSource = () => settled(indexedDB.open(SOURCE));

function createSource() {
  const request = indexedDB.open(SOURCE, VERSION);
  request.onupgradeneeded = () => request.result.createObjectStore("sessions", { keyPath: "id" });
  return settled(request);
}

/** Hands over the sessions of a workload, some megabytes at a time. */
export async function each({ count, kilobytes }, take) {
  const some = Math.max(1, Math.floor(PLANTED_AT_ONCE_KB / kilobytes));
  for (let from = 0; from < count; from += some) {
    await take(Array.from({ length: Math.min(some, count - from) }, (_, index) => session(from + index, kilobytes)));
  }
}

/** The rows of an application: a record each. */
export async function plant(workload) {
  const database = await createSource();
  await each(workload, (sessions) => {
    const transaction = database.transaction("sessions", "readwrite", { durability: "strict" });
    for (const one of sessions) transaction.objectStore("sessions").put(one);
    return done(transaction);
  });
  database.close();
}

/** Waits until the disk and the garbage collector have had their turn. */
export async function settle({ bytes = 0 } = {}) {
  await wait(200 + Math.min(2_000, bytes / 100_000));
  globalThis.gc?.();
  await wait(50);
}

/** Deletes every database of this page. */
export async function clear() {
  for (const { name } of await indexedDB.databases()) {
    await new Promise((resolve, reject) => {
      const request = indexedDB.deleteDatabase(name);
      request.onsuccess = resolve;
      request.onerror = () => reject(request.error);
      request.onblocked = () => reject(new Error(`${name} is still open`));
    });
  }
}

/** How many sessions the application still has. */
export const leftInSource = () =>
  using(openSource(), (database) => settled(database.transaction("sessions").objectStore("sessions").count()));
