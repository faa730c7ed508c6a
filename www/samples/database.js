/** The application's database, just as the application makes it, plus one mark that the page made it. */
import { SampleError } from "./errors.js";
import { TENANT } from "./keys.js";

export const DATABASE = "taskerino-db";
/** Restow's own databases: by its default name, and the one that is a tenant's alone. */
export const OWN_DATABASE = "restow";
const OF_TENANT = `${OWN_DATABASE}/${TENANT}`;
const STORE = "collections";
/** Lies in the store `backups`, which Restow never looks at. */
const MARK = "backup-restow-demo";

const FOREIGN = `This browser already holds a database “${DATABASE}” that this page did not make. It was left alone; use another profile or a private window for the demo.`;

/** Resolves to the result of a request. */
function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Resolves when a transaction is committed. Its error is known at its abort, and not before. */
function committed(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}

async function exists(name) {
  return (await indexedDB.databases()).some((found) => found.name === name);
}

/** Opens the demo's database, and makes it where there is none. Refuses one that is not the demo's. */
async function openDatabase() {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => {
    const database = request.result;
    database.createObjectStore(STORE, { keyPath: "name" }).createIndex("timestamp", "timestamp");
    const backups = database.createObjectStore("backups", { keyPath: "id" });
    backups.add({ id: MARK, timestamp: 0, data: JSON.stringify({ version: 1, timestamp: 0, collections: {} }) });
  };
  const database = await settled(request);
  database.onversionchange = () => database.close();
  const marked =
    database.objectStoreNames.contains("backups") &&
    (await settled(database.transaction("backups").objectStore("backups").get(MARK)));
  if (marked) return database;
  database.close();
  throw new SampleError("NotDemoData", FOREIGN);
}

/** Runs `work` with the open database and closes it afterwards. */
export async function withDatabase(work) {
  const database = await openDatabase();
  try {
    return await work(database);
  } finally {
    database.close();
  }
}

/** Writes rows `[key, data, timestamp, more?]` in one transaction. With `add`, a row that is there fails all. */
export async function writeRows(database, rows, { add = false } = {}) {
  const transaction = database.transaction(STORE, "readwrite");
  const store = transaction.objectStore(STORE);
  for (const [name, data, timestamp, more] of rows) store[add ? "add" : "put"]({ name, data, timestamp, ...more });
  await committed(transaction);
}

async function remove(name) {
  const request = indexedDB.deleteDatabase(name);
  let timer;
  const patience = new Promise((_, reject) => {
    request.onblocked = () => {
      timer = setTimeout(() => reject(new SampleError("Blocked", `Another tab holds “${name}” open. Close that tab and try again.`)), 3_000);
    };
  });
  try {
    await Promise.race([settled(request), patience]);
  } finally {
    clearTimeout(timer);
  }
}

/** Deletes the demo's databases, the marked one last, so that a torn start over can be repeated. */
export async function removeDatabases() {
  if (await exists(DATABASE)) await withDatabase(async () => {});
  for (const name of [OWN_DATABASE, OF_TENANT, DATABASE]) {
    if (await exists(name)) await remove(name);
  }
}
