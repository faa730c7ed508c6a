// The browser's half of `npm start -- --headless`: a module that the page loads beside its own.

import { CONFIG } from "/app/config.js";
import { open } from "/restow/index.js";
import { plantSamples, samplePlan } from "/samples.js";
import { draftOf, rowOf } from "/samples/places.js";
import { application, same } from "./application.js";
import { chosen, isBack, left } from "./places.js";

/** Puts the samples where the application would have left them, as the page's button does. */
export async function plant(size) {
  await plantSamples(size);
}

/** Runs something with an instance that is configured as the page is; the console stays the page's. */
async function withRestow(work) {
  const restow = await open({ ...CONFIG, console: false });
  try {
    return await work(restow);
  } finally {
    restow.close();
  }
}

const needed = () => withRestow((restow) => restow.checkMigrationNeeded());

/** What a dry run promises: the outcomes of the real one, and nothing written. */
export async function dryRun(size) {
  const before = await application();
  const answer = await needed();
  const result = await globalThis.runChunkedMigration({ dryRun: true });
  const after = await application();
  const databases = (await indexedDB.databases()).map(({ name }) => name);
  const expected = samplePlan(size).filter((row) => row.expected === "migrated").length;
  return [
    { name: "before: there is something to migrate", ok: answer === "yes" },
    { name: "dry run: foresees the outcomes", ok: result.migrated === expected && result.errors.length === 0 },
    { name: "dry run: changes no row", ok: same(before.rows, after.rows) },
    { name: "dry run: changes nothing in localStorage", ok: same(before.texts, after.texts) },
    { name: "dry run: creates no database", ok: !databases.includes("restow") },
  ];
}

let before;

/**
 * Migrates everything through the page's console function, then looks at every session: by what
 * the run reported, by Restow's own verification, by comparing what is loaded with the sample, and
 * by reading the application's storage past Restow.
 */
export async function migrate(size) {
  before = await application();
  const result = await globalThis.runChunkedMigration({ verbose: true });
  const after = await application();
  const plan = samplePlan(size);
  return withRestow(async (restow) => {
    const quarantine = await restow.listQuarantine();
    const sessions = [];
    for (const row of plan) sessions.push(await checked(row, { restow, result, quarantine, after }));
    const saved = plan.find(({ id, place }) => place === "row" && after.texts.has(draftOf(id)));
    const copy = result.sessions.find(({ sessionId }) => sessionId === saved.id);
    return { sessions, others: [
      { name: "no session but the samples", ok: result.total === plan.length },
      { name: "the copy of a session in another source is told of", ok: copy.warnings.some(({ code }) => code === "AlsoIn") },
      ...(await left(plan, before, after)),
      { name: "after: there is nothing to migrate", ok: (await restow.checkMigrationNeeded()) === "no" },
    ] };
  });
}

/** A second run, which has nothing to do. */
export async function migrateAgain() {
  const earlier = await application();
  const result = await globalThis.runChunkedMigration();
  const now = await application();
  return [
    { name: "again: finds nothing to do", ok: result.success && result.migrated === 0 },
    { name: "again: changes nothing", ok: same(earlier.rows, now.rows) && same(earlier.texts, now.texts) },
  ];
}

/** Puts one session of each kind of place back, through the page's console function. */
export async function rollBack(size) {
  const plan = samplePlan(size);
  const checks = [];
  for (const row of chosen(plan)) {
    const { backupPath } = await backupOf(row.id);
    await globalThis.rollbackSession(row.id, backupPath, true);
    const back = await isBack(row, plan, before, await application());
    const equal = await withRestow(async (restow) => !(await restow.isSessionChunked(row.id)) && same(row.make(), await restow.loadFullSession(row.id)));
    checks.push({ name: `rolled back (${row.place}): lies at its old place as it lay there`, ok: back && equal });
  }
  return checks;
}

const backupOf = (id) => withRestow(async (restow) => ({ backupPath: (await restow.listBackups(id))[0].path }));

const inWords = (outcome, code) => (code ? `${outcome}, ${code}` : outcome);

async function checked(row, { restow, result, quarantine, after }) {
  const { id, code, place, source } = row;
  const expected = inWords(row.expected, code);
  if (row.expected === "quarantined") {
    // By its place, for a record may have no id that can be told; whether it is untouched is asked
    // of all that stays together.
    const entry = quarantine.find((one) => one.source === source && (place === "row" ? one.place.endsWith(rowOf(id)) : one.id === id));
    const found = entry ? inWords("quarantined", entry.code) : "not quarantined";
    return { id, place, expected, found, proof: "stays", ok: found === expected };
  }
  const reported = result.sessions.find(({ sessionId }) => sessionId === id);
  const found = reported ? inWords(reported.outcome, reported.code) : "not reported";
  const wrong = reported?.source === source ? await provenAway(restow, row, after) : `FROM ${reported?.source}`;
  return { id, place, expected, found, proof: wrong ?? "verified, equal", ok: found === expected && wrong === null };
}

/** What is wrong with a session that should now lie in chunks; `null` if nothing is. */
async function provenAway(restow, row, after) {
  try {
    const { ok, problems } = await restow.verifySession(row.id);
    if (!ok) return `DAMAGED: ${problems.map(({ code, place }) => `${code} ${place}`).join(", ")}`;
    if (!same(row.make(), await restow.loadFullSession(row.id))) return "DIFFERENT from the sample";
    return after.rows.has(rowOf(row.id)) ? "STILL IN ITS SOURCE" : null;
  } catch (error) {
    return `FAILED: ${error.code ?? error.name}`;
  }
}
