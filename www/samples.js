/**
 * Sample data in the format of the preset `taskerino`: what an application of that kind has left
 * in a browser. Everything is made from seeds, so the same size is the same data everywhere.
 */
import { removeDatabases, withDatabase, writeRows } from "./samples/database.js";
import { gzipText, truncated } from "./samples/gzip.js";
import { neighbours } from "./samples/neighbours.js";
import { samplePlan } from "./samples/plan.js";

export { SampleError } from "./samples/errors.js";
export { plantFile } from "./samples/file.js";
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

/**
 * Plants a size of samples: `"small"`, `"medium"` or `"large"`. Resolves to what should become of
 * each session: `[{ id, expected: "migrated" | "quarantined", code? }]`. `onProgress(done, total)`
 * is called after each row; `signal` stops between two rows, and what is planted stays.
 */
export async function plantSamples(size, { onProgress, signal } = {}) {
  const plan = samplePlan(size);
  signal?.throwIfAborted();
  return withDatabase(async (database) => {
    await writeRows(database, neighbours(size).map(([key, data]) => [key, data, WRITTEN_AT]));
    let done = 0;
    for (const row of plan) {
      signal?.throwIfAborted();
      await writeRows(database, [[`sessions/${row.id}`, await dataOf(row), WRITTEN_AT + done * 60_000]]);
      done += 1;
      onProgress?.(done, plan.length);
      await pause();
    }
    return plan.map(({ id, expected, code }) => (code ? { id, expected, code } : { id, expected }));
  });
}

/**
 * Writes a session into its old place again, as a tab would that has slept through the migration.
 * If it was migrated, source and chunks then differ.
 */
export async function plantStaleCopy(session) {
  await withDatabase((database) => writeRows(database, [[`sessions/${session.id}`, session, Date.now()]]));
}

/** Deletes the demo's databases, and no other. */
export async function clearSamples() {
  await removeDatabases();
}
