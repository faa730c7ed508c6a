/**
 * Sample data in the format of the preset `taskerino`: what an application of that kind has left
 * in a browser. Everything is made from seeds, so the same size is the same data everywhere.
 */
import { agentsTexts } from "./samples/agents.js";
import { removeDatabases, withDatabase, writeRows } from "./samples/database.js";
import { gzipText, truncated } from "./samples/gzip.js";
import { claimLocal, removeLocal } from "./samples/local.js";
import { neighbourTexts, neighbours } from "./samples/neighbours.js";
import { collectionRow, olderTexts } from "./samples/older.js";
import { rowOf } from "./samples/places.js";
import { samplePlan } from "./samples/plan.js";
import { accountText, streakTexts } from "./samples/streak.js";

export { SampleError } from "./samples/errors.js";
export { plantFile } from "./samples/file.js";
export { localTexts } from "./samples/local.js";
export { SOURCES } from "./samples/places.js";
export { ACCOUNT, ANONYMOUS, TENANT } from "./samples/keys.js";
export { SIZES, samplePlan } from "./samples/plan.js";
export { sampleSession } from "./samples/session.js";

/** Rows are as old as this, plus a minute each: two plantings of one size are equal. */
const WRITTEN_AT = Date.UTC(2025, 9, 24, 12);

/** Lets the page paint and answer between two rows. */
const pause = () => new Promise((resolve) => setTimeout(resolve));

/** What the row's field `data` holds. */
async function dataOf(row) {
  const body = row.make();
  if (!row.gzip) return body;
  let json = JSON.stringify(body);
  // A number that no JavaScript number can hold: parsing and printing would change it.
  if (row.damage === "bigNumber") json = json.replace(/^\{/, '{"serial":12345678901234567890,');
  const text = await gzipText(json);
  return row.damage === "truncate" ? truncated(text) : text;
}

/** What is to be written, one after the other, each with the number of sessions in it. */
function steps(plan, database) {
  const row = (one, index) => async () => writeRows(database, [[rowOf(one.id), await dataOf(one), WRITTEN_AT + index * 60_000]]);
  const older = async () => {
    const [key, data, more] = await collectionRow(plan);
    await writeRows(database, [[key, data, WRITTEN_AT, more]]);
    for (const [name, text] of [...olderTexts(plan), ...neighbourTexts(plan)]) localStorage.setItem(name, text);
  };
  const rows = plan.filter(({ place }) => place === "row");
  return [{ sessions: plan.length - rows.length, write: older }, ...rows.map((one, index) => ({ sessions: 1, write: row(one, index) }))];
}

/**
 * Plants a size of samples: `"small"`, `"medium"` or `"large"`. Resolves to what should become of
 * each session: `[{ id, source, expected: "migrated" | "quarantined", code? }]`. `onProgress(done,
 * total)` is called after each step; `signal` stops between two, and what is planted stays.
 */
export async function plantSamples(size, { onProgress, signal } = {}) {
  const plan = samplePlan(size);
  signal?.throwIfAborted();
  return withDatabase(async (database) => {
    claimLocal();
    await writeRows(database, neighbours(size).map(([key, data]) => [key, data, WRITTEN_AT]));
    let done = 0;
    for (const { sessions, write } of steps(plan, database)) {
      signal?.throwIfAborted();
      await write();
      done += sessions;
      onProgress?.(done, plan.length);
      await pause();
    }
    return plan.map(({ id, source, expected, code }) => ({ id, source, expected, ...(code ? { code } : {}) }));
  });
}

/**
 * Writes a session into its old row again, as a tab would that has slept through the migration.
 * If it was migrated, source and chunks then differ.
 */
export async function plantStaleCopy(session) {
  await withDatabase((database) => writeRows(database, [[rowOf(session.id), session, Date.now()]]));
}

/** Other applications, which keep their state in localStorage, a key each. */
const STATES = { streak: streakTexts, agents: agentsTexts };

/** Plants the state of an application: `"streak"` or `"agents"`. Resolves to its keys. */
export async function plantState(name, options) {
  const texts = STATES[name](options);
  claimLocal();
  for (const [key, text] of texts) localStorage.setItem(key, text);
  return texts.map(([key]) => key);
}

/** Someone signs in to a new account of the streak's application. */
export async function signIn(options) {
  claimLocal();
  localStorage.setItem(...accountText(options));
}

/** Deletes the demo's databases and texts, and no other. */
export async function clearSamples() {
  await removeDatabases();
  removeLocal();
}
