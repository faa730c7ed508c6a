// For tests in the page: the application's storage, read and written past Restow.

const settled = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** Opens the application's database, makes it where there is none, and closes it after `work`. */
async function withStore(mode, work) {
  const request = indexedDB.open("app", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("docs");
  const db = await settled(request);
  const transaction = db.transaction("docs", mode);
  const done = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
  });
  const result = await work(transaction.objectStore("docs"));
  await done;
  db.close();
  return result;
}

/** Puts records `[key, value]` into the store `docs` of the database `app`. */
export const put = (...records) => withStore("readwrite", (store) => records.forEach(([key, value]) => void store.put(value, key)));

export const get = (key) => withStore("readonly", (store) => settled(store.get(key)));

export const remove = (key) => withStore("readwrite", (store) => void store.delete(key));

/** All that the application has, so that two looks can be compared. */
export async function everything() {
  const hasDatabase = (await indexedDB.databases()).some(({ name }) => name === "app");
  const read = (store) => Promise.all([settled(store.getAllKeys()), settled(store.getAll())]);
  const [keys, values] = hasDatabase ? await withStore("readonly", read) : [[], []];
  const texts = Object.keys(localStorage).sort().map((key) => [key, localStorage.getItem(key)]);
  return JSON.stringify({ records: keys.map((key, index) => [key, values[index]]), texts });
}

/** JSON text as the application zips it. */
export async function zip(json) {
  const stream = new Blob([json]).stream().pipeThrough(new CompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  return `GZIP_V1:${btoa(String.fromCharCode(...bytes))}`;
}

export async function unzip(text) {
  const bytes = Uint8Array.from(atob(text.slice("GZIP_V1:".length)), (char) => char.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
}

export const hash31 = (text) => {
  let hash = 0;
  for (let index = 0; index < text.length; index += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0;
  return hash.toString(36);
};

export async function sha256(text) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A session with an array that is chunked and a part. */
export const session = (id, more = {}) => ({
  id, name: `Session ${id}`, items: Array.from({ length: 25 }, (_, index) => ({ index, text: `${id} ${index}` })), summary: { of: id }, ...more,
});

/** Restow over some sources. */
export async function restowOver(sources, more = {}) {
  const { open } = await import("/restow/index.js");
  return open({ sources, layout: { label: "name", arrays: [{ path: "items", chunk: 10 }], parts: ["summary"] }, ...more });
}
