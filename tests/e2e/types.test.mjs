// The types of the package against what its calls really return: every field, and no other.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { at } from "../../scripts/lib/paths.mjs";
import { run } from "../../scripts/lib/run.mjs";
import { plant, start } from "./blank.mjs";

let browser;
const home = mkdtempSync(join(tmpdir(), "restow-types-"));
before(async () => {
  browser = await start();
});
after(async () => {
  await browser?.stop();
  rmSync(home, { recursive: true, force: true });
});

/** Runs in the page: one result of every call, by the name of its type. */
async function collect() {
  const { open } = await import("/restow/index.js");
  const restow = await open({
    sources: [{ database: "app", store: "docs", prefix: "s/" }, { kind: "localStorage", key: "state" }],
    layout: { label: "name", arrays: [{ path: "items", chunk: 2 }], parts: ["summary"] },
    limits: [
      { path: "items.*", max: 2 },
      { path: "summary.text", maxLength: 0, action: "drop", secret: true },
      { path: "name", pattern: "[a-z ]+", action: "cap", maxLength: 9 },
    ],
  });
  const needed = [await restow.checkMigrationNeeded()];
  const events = [];
  const onProgress = (message, percent, event) => events.push(event);
  const rehearsal = await restow.migrateAllSessions({ dryRun: true });
  const batch = await restow.migrateAllSessions({ onProgress });
  const [backup] = await restow.listBackups("a");
  const handle = await restow.openSession("a");
  const pieces = [];
  for await (const piece of handle) pieces.push(piece);
  const refused = await restow.deleteSession("a", { confirm: false }).catch((error) => error);
  localStorage.setItem("chat_t_1", "[]");
  localStorage.setItem("chat_2", "[]");
  localStorage.setItem("keys_t", '{"apiKey":"x"}');
  localStorage.setItem("other", "x");
  const registry = [
    { name: "chat", pattern: "chat_{tenant}_{agent}" },
    { name: "keys", pattern: "keys_{tenant}", kind: "secret", secrets: ["apiKey"] },
    { name: "old", pattern: "chat_{id}", offer: true },
  ];
  const state = { registry, tenantId: "t" };
  const captured = await restow.captureState(state);
  localStorage.setItem("chat_t_1", "[1]");
  localStorage.setItem("mine", '{"n":40,"l":[1],"t":"x","d":null}');
  localStorage.setItem("account", '{"n":1,"l":[]}');
  const rules = [{ path: "n", take: "sum" }, { path: "l", take: "union" }, { path: "s", rule: "streak" }];
  const carry = { from: "mine", to: "account", rules, limits: [{ path: "n", cap: 30 }], secrets: ["t"] };
  const rehearsed = await restow.carryState({ ...carry, dryRun: true });
  const carried = await restow.carryState({ ...carry, confirm: true });
  const results = {
    CarryResult: [rehearsed, carried],
    StateSnapshot: [await restow.captureState({ ...state, dryRun: true }), captured],
    StateClearResult: [await restow.clearMigratedState(captured.path, { confirm: true })],
    StateRestoreResult: [await restow.restoreState(captured.path, { confirm: true }), await restow.undoCarry(carried.path, { confirm: true })],
    MigrationStatus: [await restow.getMigrationStatus()],
    SessionRow: await restow.listSessions(),
    BatchMigrationResult: [rehearsal, batch],
    ProgressEvent: events,
    SessionMigrationResult: [await restow.migrateSessionToChunked("a")],
    Place: handle.places,
    Piece: pieces,
    BackupRow: [backup, ...(await restow.listBackups())],
    VerifyResult: [await restow.verifySession("a")],
    VerifyAllResult: [await restow.verifyAll()],
    RepairResult: [await restow.repair({ dryRun: true })],
    QuarantineRow: await restow.listQuarantine(),
    AuditEntry: await restow.readAudit(),
    RemoveOriginalsResult: [await restow.removeOriginals({ confirm: true })],
    CleanupResult: [await restow.cleanupOldBackups({ confirm: true, olderThanDays: 0 })],
    RollbackResult: [await restow.rollbackSessionMigration("a", null, { confirm: true })],
  };
  needed.push(await restow.checkMigrationNeeded());
  restow.close();
  const newer = await open({
    sources: [{ database: "app", store: "docs", prefix: "s/" }],
    layout: { version: 2, label: "name", arrays: [{ path: "items", chunk: 3 }] },
  });
  const renewed = await newer.migrateAllSessions();
  results.BatchMigrationResult.push(renewed);
  results.BackupRow.push(...(await newer.listBackups()));
  results.AuditEntry.push(...(await newer.readAudit({ action: "layout" })));
  newer.close();
  // One run over everything: rehearsed, waiting, carried, undone.
  const over = await open({ preset: "streak", database: "streak" });
  const anonymous = { streak: { current: 40, lastCompletedDate: null, bestStreak: 40, history: [] }, engagement: { visitCount: 3 } };
  localStorage.setItem("cleanStreak_anonymous_state", JSON.stringify(anonymous));
  const waiting = await over.migrateAllSessions({ onProgress });
  localStorage.setItem("cleanStreak_authenticated_state", '{"streak":{"current":0},"engagement":{}}');
  results.MigrationStatus.push(await over.getMigrationStatus());
  const rehearsedRun = await over.migrateAllSessions({ dryRun: true });
  const run = await over.migrateAllSessions();
  results.BatchMigrationResult.push(waiting, rehearsedRun, run);
  results.StateSnapshot.push(await over.captureState({ dryRun: true }));
  results.MigrationStatus.push(await over.getMigrationStatus());
  results.RollbackResult.push(await over.rollbackSessionMigration(null, run.state.carry.result.path, { confirm: true }));
  results.BatchMigrationResult.push(await over.migrateAllSessions(), await over.migrateAllSessions({ force: true }));
  results.RemoveOriginalsResult.push(await over.removeOriginals({ confirm: true }));
  results.StateRunResult = results.BatchMigrationResult.map(({ state }) => state).filter(Boolean);
  results.CaptureResult = results.StateRunResult.map(({ capture }) => capture);
  results.CarryRunResult = results.StateRunResult.map(({ carry }) => carry);
  results.StateFinding = results.CaptureResult.flatMap(({ findings }) => findings);
  results.StateStatus = results.MigrationStatus.map(({ state }) => state).filter(Boolean);
  results.CarryStatus = results.StateStatus.map(({ carry }) => carry);
  results.ProgressEvent.push(...events);
  over.close();
  // A source that can't be read has a row in the status, and one in the result.
  Object.defineProperty(window, "localStorage", { get() { throw new DOMException("denied", "SecurityError"); } });
  const partly = await open({
    sources: [{ database: "app", store: "docs", prefix: "s/" }, { kind: "localStorage", key: "state" }],
    layout: { version: 2, label: "name", arrays: [{ path: "items", chunk: 3 }] },
  });
  results.MigrationStatus.push(await partly.getMigrationStatus());
  results.BatchMigrationResult.push(await partly.migrateAllSessions());
  needed.push(await partly.checkMigrationNeeded());
  partly.close();
  const denied = await open({ preset: "streak", database: "streak", sources: [{ database: "app", store: "docs", prefix: "s/" }], layout: { label: "name" } });
  results.MigrationStatus.push(await denied.getMigrationStatus());
  const unread = await denied.migrateAllSessions();
  results.BatchMigrationResult.push(unread);
  results.BatchError = unread.errors;
  denied.close();
  const error = { ...refused, name: refused.name, message: refused.message, isError: refused instanceof Error };
  return { results, error, needed, relaid: renewed.relaid, methods: Object.getOwnPropertyNames(Object.getPrototypeOf(restow)) };
}

test("every result has just the fields of its type", async () => {
  const page = await browser.fresh();
  const records = [
    ["s/a", { id: "a", name: "A", items: [1, 2, 3], summary: { text: "x" } }],
    ["s/b", { id: "other", name: "broken" }],
    ["s/c", { id: "c", name: "odd", items: "none" }],
    ["s/d", { id: "d", name: "stays in chunks", items: [1, 2, 3] }],
  ];
  await page.evaluate(plant, { database: "app", store: "docs", records });
  await page.evaluate(() => localStorage.setItem("state", '[{"id":"e","items":[1]}]'));
  const { results, error, needed, relaid, methods } = await page.evaluate(collect);
  await page.close();

  const lines = Object.entries(results).flatMap(([type, values]) => {
    assert.ok(values.length > 0, `there is no ${type} to compare`);
    return values.map((value, index) => `export const ${type}${index}: t.${type} = ${JSON.stringify(value)};`);
  });
  writeFileSync(join(home, "results.ts"), `import type * as t from ${JSON.stringify(at("js", "index.js"))};\n${lines.join("\n")}\n`);
  const options = ["--noEmit", "--strict", "--target", "es2022", "--module", "nodenext", "--lib", "es2022,dom"];
  const tsc = await run(process.execPath, [at("node_modules", "typescript", "bin", "tsc"), ...options, join(home, "results.ts")]);
  assert.equal(tsc.code, 0, tsc.output);

  assert.deepEqual(needed, ["yes", "no", "unknown"]);
  assert.ok(relaid > 0, "a row of a renewed layout is among them");
  assert.equal(error.isError, true);
  assert.deepEqual(
    { name: error.name, code: error.code, sessionId: error.sessionId, retryable: error.retryable, preview: error.preview },
    { name: "RestowError", code: "ConfirmationRequired", sessionId: "a", retryable: false, preview: { sessionId: "a" } },
  );
  for (const method of ["getMigrationStatus", "checkMigrationNeeded", "isSessionChunked", "resolveConflict", "installConsole", "close"]) {
    assert.ok(methods.includes(method), method);
  }
});
