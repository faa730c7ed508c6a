// One run over everything, by the presets for a streak and for AI agents: what the console prints, line
// for line, what is carried, and what must never be told.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SECRETS, agentsTexts } from "../../www/samples/agents.js";
import { ACCOUNT, ANONYMOUS, OTHER_TENANT, TENANT } from "../../www/samples/keys.js";
import { accountText, anonymousState, streakTexts } from "../../www/samples/streak.js";
import { start } from "./blank.mjs";

let browser;
before(async () => {
  browser = await start();
});
after(() => browser?.stop());

/** A page with texts in localStorage and Restow on its console; `call` runs something and reads what it prints. */
async function pageWith(texts, config) {
  const page = await browser.fresh();
  const printed = [];
  page.on("console", (message) => printed.push(message.text()));
  await page.evaluate(async ([texts, config]) => {
    localStorage.clear();
    for (const [key, text] of texts) localStorage.setItem(key, text);
    globalThis.reads = new Set();
    const getItem = Storage.prototype.getItem;
    Storage.prototype.getItem = function (key) {
      reads.add(key);
      return getItem.call(this, key);
    };
    globalThis.local = () => Object.fromEntries(Object.keys(localStorage).sort().map((key) => [key, getItem.call(localStorage, key)]));
    const { open } = await import("/restow/index.js");
    globalThis.restow = await open({ ...config, console: true, autoCleanup: false });
  }, [texts, config]);
  const all = [];
  const call = async (source) => {
    printed.length = 0;
    const result = await page.evaluate(source);
    const text = printed.map((line) => `${line}\n`).join("");
    all.push(text);
    return { result, text: told(text) };
  };
  return { page, call, all, local: () => page.evaluate("local()") };
}

/** What is printed, without what differs from run to run. */
const told = (text) =>
  text
    .replace(/Duration: \d+\.\d\ds/g, "Duration: 1.23s")
    .replace(/backup-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z(-\d)?/g, "backup-TIME")
    .replace(/\d+(\.\d)? (bytes|KB)/g, "SIZE");

const rule = "━".repeat(47);
const title = (name) => `${rule}\n  ${name}\n${rule}\n`;
const STREAK = { preset: "streak" };
const AGENTS = { preset: "agents", tenantId: TENANT };

test("before signing in, a streak is captured and waits, and the console says so", async () => {
  const { page, call, local } = await pageWith(streakTexts({ days: 45, keeps: 40 }), STREAK);
  const lying = await local();
  const { text, result } = await call("runChunkedMigration({ verbose: true })");
  assert.equal(text, `${title("Chunked Storage Migration")}
📊 Checking current migration status...
   Sessions: none

🗝️  State (streak): 2 keys
   Captured: 0
   Not captured yet: 2

↪️  ${ANONYMOUS} → ${ACCOUNT}: waits until someone is signed in

🚀 Starting migration...

[0%] Capturing state
[90%] Carrying state
[100%] Complete: 2 keys captured, carrying waits, 0 errors

${title("Migration Results")}
Status: ✅ Success
Sessions: none
Errors: 0
Duration: 1.23s

🗝️  State (streak): 2 keys captured, SIZE
   anonymous-state: 1
   banner-dismissed: 1
   📦 Snapshot: state/streak.backup-TIME

↪️  ${ANONYMOUS} → ${ACCOUNT}: waits: no one is signed in, so the key that it is carried to is not there (TargetMissing)

✅ Migration completed successfully!

📦 Backups created with 30-day retention
   Backups will be automatically cleaned up after 30 days

💡 To put captured keys back where they are gone:
   rollbackSession(null, 'state/streak.backup-TIME', true)

📊 To check migration status anytime:
   showMigrationStatus()

📏 Limits found:
   StreakCapped: 1
   StreakUnsupported: 1
   anonymous-state: StreakUnsupported at streak.current (number)
   anonymous-state: StreakCapped at streak.current (number)

`);
  assert.deepEqual([result.success, result.total, result.state.carry.outcome], [true, 0, "waiting"]);
  const status = await call("showMigrationStatus()");
  assert.equal(status.text, `${title("Migration Status")}
📊 Sessions: none

🗝️  State (streak): 2 keys
   Captured: 2

↪️  ${ANONYMOUS} → ${ACCOUNT}: waits until someone is signed in

✅ Nothing is left to migrate

`);
  assert.deepEqual(await local(), lying);
  await page.close();
});

test("after signing in it is carried, undone and cleared, each as the console says", async () => {
  const texts = [...streakTexts({ days: 9 }), accountText()];
  const { page, call, local } = await pageWith(texts, STREAK);
  const lying = await local();
  assert.equal(await page.evaluate("restow.checkMigrationNeeded()"), "yes");
  const rehearsal = await call("runChunkedMigration({ dryRun: true })");
  assert.ok(rehearsal.text.includes(`
🗝️  State (streak): 3 keys would be captured, SIZE
   anonymous-state: 1
   authenticated-state: 1
   banner-dismissed: 1

↪️  ${ANONYMOUS} → ${ACCOUNT}: would be carried
   streak.current: streak
   streak.lastCompletedDate: streak
   streak.bestStreak: streak
   streak.history: streak
`), rehearsal.text);
  assert.ok(rehearsal.text.includes("📋 Summary of what would be migrated:\n   3 keys of state would be captured\n   state would be carried\n"), rehearsal.text);
  assert.deepEqual(await local(), lying);
  assert.deepEqual(await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name)), []);

  const run = await call("runChunkedMigration()");
  assert.ok(run.text.includes(`↪️  ${ANONYMOUS} → ${ACCOUNT}: carried\n`), run.text);
  const { from, becomes } = run.result.state.carry.result.changes.find(({ path }) => path === "streak.current");
  assert.deepEqual([from.value, becomes.value], [9, 9]);
  assert.equal(JSON.parse((await local())[ACCOUNT]).streak.current, 9);
  assert.equal(await page.evaluate("restow.checkMigrationNeeded()"), "no");
  const after = await call("showMigrationStatus()");
  assert.ok(after.text.includes(`↪️  ${ANONYMOUS} → ${ACCOUNT}: carried\n\n✅ Nothing is left to migrate\n`), after.text);

  const path = run.result.state.carry.result.path;
  const asked = await call(`rollbackSession(null, '${path}')`);
  assert.equal(asked.result, undefined);
  assert.equal(asked.text, `⚠️  Nothing was changed: 2 keys would be put back into localStorage from state/carry.backup-TIME; those that hold something else would be kept
💡 To do it:
   rollbackSession(null, 'state/carry.backup-TIME', true)

`);
  const undone = await call(`rollbackSession(null, '${path}', true)`);
  assert.equal(undone.text, "✅ 1 key put back into localStorage, 1 unchanged\n📦 From snapshot: state/carry.backup-TIME\n\n");
  assert.equal(undone.result.sessionId, null);
  assert.deepEqual(await local(), lying);
  const left = await call("runChunkedMigration()");
  assert.ok(left.text.includes(": left alone: it was undone; `force` carries it again (RolledBack)\n"), left.text);

  await call("runChunkedMigration({ force: true })");
  const cleared = await page.evaluate("restow.removeOriginals({ confirm: true })");
  assert.deepEqual(cleared.state.removed, [ANONYMOUS]);
  assert.deepEqual(Object.keys(await local()), [ACCOUNT, "migration_banner_dismissed"]);
  await page.close();
});

test("streaks of every length are carried as far as they are believed", async () => {
  for (const [days, expected] of [[0, 0], [29, 29], [30, 30], [31, 30], [365, 30], [10_000, 30]]) {
    const { page, call, local } = await pageWith([...streakTexts({ days }), accountText()], STREAK);
    const { result } = await call("runChunkedMigration()");
    assert.equal(result.success, true, `${days}: ${JSON.stringify(result.errors)}`);
    const account = JSON.parse((await local())[ACCOUNT]);
    assert.equal(account.streak.current, expected, `${days} days`);
    assert.equal(account.engagement.totalCompletions, anonymousState({ days }).engagement.totalCompletions);
    assert.equal("StreakCapped" in result.state.capture.findingCounts, days > 30, `${days} days`);
    await page.close();
  }
});

test("chats are migrated and state is captured, and the console has a line for each kind", async () => {
  const { page, call, local } = await pageWith(agentsTexts(), AGENTS);
  const lying = await local();
  const { text, result } = await call("runChunkedMigration()");
  assert.ok(text.includes(`   Total sessions: 4
   Already migrated: 0 (0%)
   Legacy format: 3
   In quarantine: 1

🗝️  State (agents): 11 keys
   Captured: 0
   Not captured yet: 11
   Offered, moves when claimed: 1
   Left alone: 10
`), text);
  assert.ok(text.includes("\n[100%] Complete: 3 migrated, 0 skipped, 11 keys captured, 0 errors, 1 quarantined\n"), text);
  const rows = text.slice(text.indexOf("🗝️  State (agents): 11 keys captured"), text.indexOf("✅ Migration completed"));
  assert.equal(rows, `🗝️  State (agents): 11 keys captured, SIZE
   agents: 1
   chat-global: 1
   current-tenant: 1
   current-tenant-id: 1
   current-user: 1
   encrypted-credentials: 1
   llm-configs: 1
   mcp-server-config: 1
   mcp-servers: 1
   metrics: 1
   theme: 1
   Offered, moves when claimed: 1 key
   Left alone: 3 another tenant's, 1 unknown, 2 sign-in tokens, 4 sessions
   📦 Snapshot: state/agents/${TENANT}.backup-TIME

`);
  const now = await local();
  const gone = Object.keys(lying).filter((key) => !(key in now)).sort();
  assert.deepEqual(gone, result.sessions.filter(({ outcome }) => outcome === "migrated").map(({ sessionId }) => sessionId).sort());
  for (const key of Object.keys(now)) assert.equal(now[key], lying[key], key);
  const rolledBack = await page.evaluate(async () => {
    const results = [];
    for (const { id, path } of await restow.listBackups()) results.push(await restow.rollbackSessionMigration(id, path, { confirm: true }));
    return results;
  });
  assert.ok(rolledBack.length === 4 && rolledBack.every(({ success }) => success));
  assert.deepEqual(await local(), lying);
  await page.close();
});

test("no secret is told, and nothing of others is read", async () => {
  const texts = agentsTexts();
  const { page, call, all } = await pageWith(texts, AGENTS);
  const answers = [];
  for (const source of [
    "runChunkedMigration({ dryRun: true, verbose: true })", "runChunkedMigration({ verbose: true })", "runChunkedMigration({ verbose: true })", "showMigrationStatus()",
    "restow.readAudit()", "restow.listBackups()", "restow.listSessions()", "restow.listQuarantine()", "restow.captureState({ dryRun: true })",
    "(async () => { const events = []; await restow.migrateAllSessions({ force: true, onProgress: (...event) => events.push(event) }); return events; })()",
  ]) answers.push((await call(source)).result);
  const errors = await page.evaluate(async () => {
    const getItem = Storage.prototype.getItem;
    Storage.prototype.getItem = () => { throw new DOMException("denied", "SecurityError"); };
    const result = await restow.migrateAllSessions();
    const error = await restow.captureState().catch((error) => error.message);
    Storage.prototype.getItem = getItem;
    return [result, error];
  });
  assert.equal(errors[0].success, false);
  assert.ok(errors[0].errors.some(({ part, code }) => part === "capture" && code === "StorageDenied"), JSON.stringify(errors[0].errors));
  const said = JSON.stringify([answers, errors, all]);
  for (const secret of SECRETS) {
    assert.ok(texts.some(([, text]) => text.includes(secret)), `${secret} is planted`);
    assert.ok(!said.includes(secret), `${secret} is told`);
  }
  const read = await page.evaluate(() => [...reads]);
  assert.ok(read.includes(`ai_agents_${TENANT}`), "own keys are read");
  for (const [key] of texts) {
    const others = key.includes(OTHER_TENANT) || ["auth_token", "auth-storage", "i18nextLng"].includes(key);
    if (others) assert.ok(!read.includes(key), `${key} was read`);
  }
  const databases = await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
  assert.deepEqual(databases, [`restow/${TENANT}`]);
  await page.close();
});

test("the other tenant's Restow knows nothing of this one's", async () => {
  const { page, call } = await pageWith(agentsTexts(), AGENTS);
  await call("runChunkedMigration()");
  const { status, backups } = await page.evaluate(async (tenantId) => {
    const { open } = await import("/restow/index.js");
    const other = await open({ preset: "agents", tenantId, autoCleanup: false });
    const found = { status: await other.getMigrationStatus(), backups: await other.listBackups() };
    other.close();
    return found;
  }, OTHER_TENANT);
  assert.deepEqual([status.total, status.legacy, status.chunked, status.state.captured, backups.length], [1, 1, 0, 0, 0]);
  await page.close();
});

test("what a preset misses is named", async () => {
  const page = await browser.fresh();
  const messages = await page.evaluate(async () => {
    const { open } = await import("/restow/index.js");
    const message = (config) => open(config).then(() => "nothing", (error) => `${error.code} ${error.message}`);
    return [await message({ preset: "agents" }), await message({ preset: "streak", tenantId: "x" }), await message({ state: { registry: "agents" } })];
  });
  assert.match(messages[0], /^InvalidConfig .*`tenantId`/);
  assert.match(messages[1], /^InvalidConfig .*`tenantId`/);
  assert.match(messages[2], /^InvalidConfig .*`state\.tenantId`/);
  await page.close();
});
