// The five functions on the console: what they print, line for line, and what they return.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { plant, start } from "./blank.mjs";

let browser;
before(async () => {
  browser = await start();
});
after(() => browser?.stop());

/** A page with Restow on its console over 12 chunked and 35 legacy sessions, and what it prints. */
async function withSessions() {
  const page = await browser.fresh();
  const printed = [];
  page.on("console", (message) => printed.push(message.text()));
  const number = (index) => String(index).padStart(2, "0");
  const session = (index) => [`s${number(index)}`, { id: `s${number(index)}`, name: `Session ${index}`, items: [1, 2, 3] }];
  const all = Array.from({ length: 47 }, (_, index) => session(index));
  await page.evaluate(plant, { database: "app", store: "docs", keyPath: "id", records: all });
  await page.evaluate(async () => {
    const { open } = await import("/restow/index.js");
    globalThis.restow = await open({
      sources: [{ database: "app", store: "docs" }],
      layout: { label: "name", arrays: [{ path: "items", chunk: 2 }] },
      console: true,
    });
    for (let index = 0; index < 12; index++) await restow.migrateSessionToChunked(`s${String(index).padStart(2, "0")}`);
  });
  const call = async (source) => {
    printed.length = 0;
    const result = await page.evaluate(source);
    // Each print ends its line.
    const text = printed.map((line) => `${line}\n`).join("");
    return { result, text: text.replace(/Duration: \d+\.\d\ds/, "Duration: 12.34s") };
  };
  return { page, call };
}

const rule = "━".repeat(47);

test("a rehearsal prints what it would do, and returns it", async () => {
  const { page, call } = await withSessions();
  const { result, text } = await call("runChunkedMigration({ dryRun: true, verbose: true })");
  const lines = Array.from({ length: 35 }, (_, index) => {
    const tens = Math.min(90, Math.floor(((index + 1) * 10) / 35) * 10);
    return `[${tens}%] Migrating session ${index + 1}/35: Session ${index + 12}`;
  });
  assert.ok(lines.includes("[10%] Migrating session 4/35: Session 15"));
  assert.equal(text, `${rule}
  Chunked Storage Migration
${rule}

⚠️  DRY RUN MODE - No changes will be saved

📊 Checking current migration status...
   Total sessions: 47
   Already migrated: 12 (26%)
   Legacy format: 35

🚀 Starting migration...

${lines.join("\n")}
[100%] Complete: 35 migrated, 12 skipped, 0 errors

${rule}
  Migration Results
${rule}

Status: ✅ Success
Total sessions: 47
Migrated: 35
Skipped (already chunked): 12
Errors: 0
Duration: 12.34s

✅ Dry run completed successfully!

📋 Summary of what would be migrated:
   35 sessions would be migrated
   12 sessions already chunked

💡 To apply changes, run without dryRun:
   runChunkedMigration({ verbose: true })

`);
  assert.deepEqual(
    [result.dryRun, result.total, result.migrated, result.skipped, result.sessions.length],
    [true, 47, 35, 12, 47],
  );
  await page.close();
});

test("a migration prints what it did and how to undo it, and status agrees", async () => {
  const { page, call } = await withSessions();
  const run = await call("runChunkedMigration({ verbose: false })");
  assert.ok(run.text.includes("\n[100%] Complete: 35 migrated, 12 skipped, 0 errors\n"));
  assert.ok(!run.text.includes("Migrating session 4/35"), "without verbose there is no line for each session");
  assert.ok(run.text.endsWith(`Status: ✅ Success
Total sessions: 47
Migrated: 35
Skipped (already chunked): 12
Errors: 0
Duration: 12.34s

✅ Migration completed successfully!

📦 Backups created with 30-day retention
   Backups will be automatically cleaned up after 30 days

💡 If you need to rollback a session:
   rollbackSession('session-id', 'backup-path', true)

📊 To check migration status anytime:
   showMigrationStatus()

`), run.text);
  const status = await call("showMigrationStatus()");
  assert.equal(status.text, `${rule}
  Migration Status
${rule}

📊 Total sessions: 47
   Chunked: 47 (100%)
   Legacy format: 0

✅ Nothing is left to migrate

`);
  assert.equal(status.result.percentage, 100);
  await page.close();
});

test("one session is migrated, and put back only when that is confirmed", async () => {
  const { page, call } = await withSessions();
  const single = await call("migrateSingleSession('s20')");
  const path = single.result.backupPath;
  assert.match(path, /^sessions\/s20\.backup-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z$/);
  assert.match(single.text, /✅ Session s20 migrated from app\/docs: 2 chunks, \d+ bytes, \d\.\d\ds\n/);
  assert.ok(single.text.includes(`rollbackSession('s20', '${path}', true)`), single.text);

  const asked = await call(`rollbackSession('s20', '${path}')`);
  assert.equal(asked.result, undefined);
  assert.ok(asked.text.startsWith("⚠️  Nothing was changed: session s20 would be put back to app/docs"), asked.text);
  assert.ok(asked.text.includes(`rollbackSession('s20', '${path}', true)`));
  assert.equal(await page.evaluate(() => restow.isSessionChunked("s20")), true);

  const done = await call(`rollbackSession('s20', '${path}', true)`);
  assert.equal(done.result.restoredTo, "app/docs");
  assert.ok(done.text.startsWith("✅ Session s20 is back in app/docs\n"), done.text);
  assert.equal(await page.evaluate(() => restow.isSessionChunked("s20")), false);
  await page.close();
});

test("backups are cleaned up only when that is confirmed, and none that is younger than a day", async () => {
  const { page, call } = await withSessions();
  const asked = await call("cleanupBackups(30)");
  assert.equal(asked.result, undefined);
  assert.ok(asked.text.includes("cleanupBackups(30, true)"), asked.text);
  const done = await call("cleanupBackups(0, true)");
  assert.deepEqual(done.result.removed, []);
  assert.ok(done.text.startsWith("🧹 0 backups removed"), done.text);
  assert.equal(await page.evaluate(async () => (await restow.listBackups()).length), 12);
  await page.close();
});

/** A page with Restow over three sources, and what it prints. */
async function withSources() {
  const page = await browser.fresh();
  const printed = [];
  page.on("console", (message) => printed.push(message.text()));
  await page.evaluate(async () => {
    const { put, restowOver, session } = await import("/storage.js");
    await put(["docs/a", session("a")], ["docs", [session("a"), session("b"), session("c")]]);
    localStorage.setItem("doc:d", JSON.stringify(session("d")));
    localStorage.setItem("doc:cut", '{"id":');
    globalThis.restow = await restowOver([
      { database: "app", store: "docs", prefix: "docs/" },
      { database: "app", store: "docs", key: "docs", name: "all in one" },
      { kind: "localStorage", prefix: "doc:" },
    ], { console: true });
  });
  const call = async (source) => {
    printed.length = 0;
    const result = await page.evaluate(source);
    return { result, text: printed.map((line) => `${line}\n`).join("").replace(/\d+\.\d\ds/g, "1.23s") };
  };
  return { page, call };
}

test("with several sources each line says which, and the result counts them", async () => {
  const { page, call } = await withSources();
  const { text } = await call("runChunkedMigration({ verbose: true })");
  // The copy of `a` is counted until it is met.
  for (const line of [
    "Migrating session 1/6: Session a (from app/docs/docs)",
    "Migrating session 2/5: Session b (from all in one)",
    "Migrating session 3/5: Session c (from all in one)",
  ]) assert.ok(text.includes(`] ${line}\n`), `${line} in ${text}`);
  assert.ok(text.includes(`
📍 By source:
   all in one: 2
   app/docs/docs: 1
   localStorage/doc:: 1
`), text);
  assert.match(text, /🔒 In quarantine, untouched in their source:\n {3}cut: JsonInvalid - /);
  const single = await call("migrateSingleSession('a')");
  assert.ok(single.text.includes("AlreadyChunked"), single.text);
  const back = await call("rollbackSession('d', undefined, true)");
  assert.ok(back.text.startsWith("✅ Session d is back in localStorage/doc:\n"), back.text);
  await page.close();
});

test("one session says where it came from, and a source that can't be read is in the status", async () => {
  const { page, call } = await withSources();
  const single = await call("migrateSingleSession('b')");
  assert.match(single.text, /✅ Session b migrated from all in one: 4 chunks, \d+ bytes, 1\.23s\n/);
  await page.evaluate(() => {
    Object.defineProperty(window, "localStorage", { get() { throw new DOMException("denied", "SecurityError"); } });
  });
  const { text, result } = await call("showMigrationStatus()");
  assert.ok(text.includes("   ⚠️  localStorage/doc: can't be read (StorageDenied) and is in no count\n"), text);
  assert.deepEqual(result.unreadableSources, [{ source: "localStorage/doc:", code: "StorageDenied" }]);
  await page.close();
});
