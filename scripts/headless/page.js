// The browser's half of `npm start -- --headless`: a module that the page loads beside its own.

import { open } from "/restow/index.js";
import { plantSamples, samplePlan } from "/samples.js";

const application = { database: "taskerino-db", store: "collections", prefix: "sessions/" };

/** Puts the samples where the application would have left them, as the page's button does. */
export async function plant(size) {
  await plantSamples(size);
}

/** Resolves to the result of a request. */
const settled = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** Every row of the application, read past Restow. */
async function applicationRows() {
  const database = await settled(indexedDB.open(application.database));
  try {
    const store = database.transaction(application.store).objectStore(application.store);
    const [keys, values] = await Promise.all([settled(store.getAllKeys()), settled(store.getAll())]);
    return new Map(keys.map((key, index) => [key, values[index]]));
  } finally {
    database.close();
  }
}

/** Whether two plain values are the same in every type, key, order and number. */
export function same(a, b) {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  const keys = Object.keys(a);
  const others = Object.keys(b);
  return (
    keys.length === others.length &&
    a.length === b.length &&
    keys.every((key, index) => key === others[index] && same(a[key], b[key]))
  );
}

/** What a dry run promises: the outcomes of the real one, and nothing written. */
export async function dryRun(size) {
  const before = await applicationRows();
  const result = await globalThis.runChunkedMigration({ dryRun: true });
  const after = await applicationRows();
  const databases = (await indexedDB.databases()).map(({ name }) => name);
  const expected = samplePlan(size).filter((row) => row.expected === "migrated").length;
  return [
    { name: "dry run: foresees the outcomes", ok: result.migrated === expected && result.errors.length === 0 },
    { name: "dry run: changes no row", ok: same([...before], [...after]) },
    { name: "dry run: creates no database", ok: !databases.includes("restow") },
  ];
}

/**
 * Migrates everything through the page's console function, then looks at every session: by what
 * the run reported, by Restow's own verification, by comparing what is loaded with the sample, and
 * by reading the application's rows past Restow.
 */
export async function migrate(size) {
  const before = await applicationRows();
  const result = await globalThis.runChunkedMigration({ verbose: true });
  const after = await applicationRows();
  const plan = samplePlan(size);
  const restow = await open({ preset: "taskerino" });
  try {
    const quarantine = await restow.listQuarantine();
    const sessions = [];
    for (const row of plan) sessions.push(await checked(row, { restow, result, quarantine, before, after }));
    const moved = new Set(plan.filter((row) => row.expected === "migrated").map(keyOf));
    const kept = [...before].filter(([key]) => !moved.has(key));
    return { sessions, others: [
      { name: "no session but the samples", ok: result.total === plan.length },
      { name: "all other rows are as they were", ok: same(kept, [...after]) },
    ] };
  } finally {
    restow.close();
  }
}

const keyOf = ({ id }) => `${application.prefix}${id}`;

const inWords = (outcome, code) => (code ? `${outcome}, ${code}` : outcome);

async function checked(row, { restow, result, quarantine, before, after }) {
  const { id, code } = row;
  const key = keyOf(row);
  const expected = inWords(row.expected, code);
  if (row.expected === "quarantined") {
    // By its place, for a record may have no id that can be told.
    const entry = quarantine.find(({ place }) => place.endsWith(key));
    const found = entry ? inWords("quarantined", entry.code) : "not quarantined";
    const untouched = after.has(key) && same(before.get(key), after.get(key));
    return { id, expected, found, proof: untouched ? "untouched" : "CHANGED", ok: found === expected && untouched };
  }
  const reported = result.sessions.find(({ sessionId }) => sessionId === id);
  const found = reported ? inWords(reported.outcome, reported.code) : "not reported";
  const wrong = await provenAway(restow, row, after.has(key));
  return { id, expected, found, proof: wrong ?? "verified, equal", ok: found === expected && wrong === null };
}

/** What is wrong with a session that should now lie in chunks; `null` if nothing is. */
async function provenAway(restow, row, stillInSource) {
  try {
    const { ok, problems } = await restow.verifySession(row.id);
    if (!ok) return `DAMAGED: ${problems.map(({ code, place }) => `${code} ${place}`).join(", ")}`;
    if (!same(row.make(), await restow.loadFullSession(row.id))) return "DIFFERENT from the sample";
    return stillInSource ? "STILL IN ITS SOURCE" : null;
  } catch (error) {
    return `FAILED: ${error.code ?? error.name}`;
  }
}
