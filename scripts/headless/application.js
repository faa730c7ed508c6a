// Eyes past Restow: what the application's storage holds, and whether two values are the same.

import { CONFIG } from "/app/config.js";
import { localTexts } from "/samples.js";

const [{ database, store }] = CONFIG.sources;

/** Resolves to the result of a request. */
const settled = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** Every row of the application by its key, and every text that it has in localStorage. */
export async function application() {
  const opened = await settled(indexedDB.open(database));
  try {
    const rows = opened.transaction(store).objectStore(store);
    const [keys, values] = await Promise.all([settled(rows.getAllKeys()), settled(rows.getAll())]);
    return { rows: new Map(keys.map((key, index) => [key, values[index]])), texts: new Map(localTexts()) };
  } finally {
    opened.close();
  }
}

/** The JSON text that a `GZIP_V1:` text was made of. */
export async function unzipped(text) {
  const bytes = Uint8Array.from(atob(text.slice("GZIP_V1:".length)), (char) => char.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}

/** Whether two plain values are the same in every type, key, order and number. */
export function same(a, b) {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (a instanceof Map) return same([...a], [...b]);
  const keys = Object.keys(a);
  const others = Object.keys(b);
  return (
    keys.length === others.length &&
    a.length === b.length &&
    keys.every((key, index) => key === others[index] && same(a[key], b[key]))
  );
}
