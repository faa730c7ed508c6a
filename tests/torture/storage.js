// Databases, read and written past Restow.

export const settled = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = (event) => {
      event.preventDefault();
      reject(request.error);
    };
  });

const ended = (transaction) =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error("aborted"));
  });

export const exists = async (name) => (await indexedDB.databases()).some((one) => one.name === name);

/** Makes a database with the store `docs` where there is none, and puts records `[key, value]` into it. */
export async function put(name, records) {
  const request = indexedDB.open(name);
  request.onupgradeneeded = () => request.result.createObjectStore("docs");
  const database = await settled(request);
  try {
    const transaction = database.transaction("docs", "readwrite");
    const end = ended(transaction);
    for (const [key, value] of records) {
      if (value === undefined) transaction.objectStore("docs").delete(key);
      else transaction.objectStore("docs").put(value, key);
    }
    await end;
  } finally {
    database.close();
  }
}

/** Changes records of one store of a database that exists; `change(store)` makes its requests at once. */
export async function change(name, store, work) {
  const database = await settled(indexedDB.open(name));
  try {
    const transaction = database.transaction(store, "readwrite");
    const end = ended(transaction);
    await work(transaction.objectStore(store));
    await end;
  } finally {
    database.close();
  }
}

/** Every record of every store, `{ store: [[key, value]] }`, in one transaction; `null` for no database. */
export async function dump(name) {
  if (!(await exists(name))) return null;
  const database = await settled(indexedDB.open(name));
  try {
    const names = [...database.objectStoreNames];
    if (names.length === 0) return {};
    const transaction = database.transaction(names);
    const read = async (store) => {
      const [keys, values] = await Promise.all([
        settled(transaction.objectStore(store).getAllKeys()),
        settled(transaction.objectStore(store).getAll()),
      ]);
      return [store, keys.map((key, index) => [key, values[index]])];
    };
    return Object.fromEntries(await Promise.all(names.map(read)));
  } finally {
    database.close();
  }
}

/** Deletes a database once nobody has it open any more. */
export const drop = (name) => settled(indexedDB.deleteDatabase(name));

/** JSON text as the application zips it. */
export async function zip(json) {
  const stream = new Blob([json]).stream().pipeThrough(new CompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const parts = [];
  // A call with millions of arguments is none.
  for (let from = 0; from < bytes.length; from += 8_192) parts.push(String.fromCharCode(...bytes.subarray(from, from + 8_192)));
  return `GZIP_V1:${btoa(parts.join(""))}`;
}

export async function unzip(text) {
  const bytes = Uint8Array.from(atob(text.slice("GZIP_V1:".length)), (char) => char.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
}

export async function sha256(text) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
