// IndexedDB, by its keys, with nothing created.

const settled = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** Tells of a name whether there may be such a database. */
export async function databases() {
  try {
    const names = new Set((await indexedDB.databases()).map(({ name }) => name));
    return (name) => names.has(name);
  } catch {
    // A browser that lists none; opening tells.
    return () => true;
  }
}

/** Runs `work` on a database and closes it; `null` where it does not exist. */
export async function inDatabase(name, work) {
  const request = indexedDB.open(name);
  let absent = false;
  request.onupgradeneeded = () => {
    // Whatever would have been created goes with its transaction.
    absent = true;
    request.transaction.abort();
  };
  let db;
  try {
    db = await settled(request);
  } catch (error) {
    if (absent) return null;
    throw error;
  }
  db.onversionchange = () => db.close();
  try {
    return await work(db);
  } finally {
    db.close();
  }
}

/** Keys of a store: all, one, or those from a prefix on. None where there is no such store. */
export async function keysIn(db, store, key = null, prefix = "") {
  if (!db.objectStoreNames.contains(store)) return [];
  // Up to the next text behind all that begin so. Behind `\uffff` there is none: the range is refused.
  const end = () => prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
  const range = prefix && IDBKeyRange.bound(prefix, end(), false, true);
  return settled(db.transaction(store).objectStore(store).getAllKeys(key ?? (range || null)));
}
