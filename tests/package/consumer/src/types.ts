// Every type, function and method of the package, used as an application would. Nothing here runs:
// that it compiles under strict settings is the test, and another one sees to it that none is left out.

import { isRestowError, open } from "restow";
import { mayNeedMigration, type MayNeedMigration } from "restow/check";
import type {
  AuditEntry,
  AuditFilter,
  BackupRow,
  BatchError,
  BatchMigrationResult,
  CaptureResult,
  CarryRunResult,
  CarryStatus,
  CaptureOptions,
  CarryChange,
  CarryOptions,
  CarryResult,
  CarryRule,
  CleanupOptions,
  CleanupResult,
  Config,
  Confirm,
  ConsoleFunctions,
  FailedKey,
  Flaw,
  CountLimit,
  Finding,
  WorkerUse,
  IndexedDbContainer,
  IndexedDbSource,
  KeptKey,
  KeyClass,
  Layout,
  Limit,
  LimitAction,
  LimitBase,
  LocalStorageContainer,
  LocalStorageRegistrySource,
  LocalStorageSource,
  MigrationOptions,
  MigrationStatus,
  OnProgress,
  Path,
  Piece,
  Place,
  Problem,
  ProgressEvent,
  PublicFinding,
  QuarantineRow,
  Quota,
  Range,
  RemoveOriginalsResult,
  RestoreStateOptions,
  Restow,
  RestowError,
  RollbackOptions,
  RollbackResult,
  Session,
  SessionHandle,
  SessionId,
  SessionMigrationResult,
  SessionRow,
  StateClearResult,
  StateConfig,
  StateFinding,
  StateEntry,
  StateRestoreResult,
  StateRunResult,
  StateStatus,
  StatusOptions,
  StateSnapshot,
  ShownValue,
  Source,
  StreakLimit,
  StreakRule,
  TakeRule,
  ValueLimit,
  RepairOptions,
  RepairResult,
  StoreName,
  VerifyAllOptions,
  VerifyAllResult,
  VerifyResult,
  Warning,
  Shortage,
  StorageHelp,
} from "restow";

const path: Path = ["video", "chunks", 0];
const rows: IndexedDbSource = {
  kind: "indexedDB",
  name: "notes",
  database: "app",
  store: "collections",
  prefix: "sessions/",
  keys: "any",
  body: "data",
  gzip: true,
  foreign: { chunkedMetadata: "/metadata", suffixes: ["/summary"], numbered: ["/screenshots/chunk-"] },
};
const container: IndexedDbContainer = {
  kind: "indexedDB",
  name: "all notes",
  database: "app",
  store: "collections",
  key: "sessions",
  body: "data",
  gzip: true,
  path: ["list"],
  keys: "any",
  checksum: { path: "checksum", rule: "hash31" },
};
const keys: LocalStorageSource = { kind: "localStorage", name: "drafts", prefix: "draft:", keys: "id", gzip: false, foreign: { suffixes: [":lock"] } };
const state: LocalStorageContainer = { kind: "localStorage", key: "state", path: "state.sessions", keys: "id", gzip: true };
const chats: LocalStorageRegistrySource = {
  kind: "localStorage",
  name: "chats",
  registry: "agents",
  classes: ["chat", "chat-modal"],
  tenantId: "a1b2",
  claim: ["chat_session_7"],
  gzip: false,
};
export const listed: Config = { sources: [chats], layout: { id: null, arrays: [{ path: [], chunk: 50 }] } };
const sources: Source[] = [rows, container, keys, state, { database: "app", store: "notes", key: 7 }];

const layout: Layout = { version: 2, id: "id", label: "name", arrays: [{ path, chunk: 20 }], parts: ["summary"] };

const base: LimitBase = { path: ["pages", "*", "note"], secret: true };
const action: LimitAction = "cap";
const value: ValueLimit = {
  ...base,
  type: "text",
  required: true,
  nullable: false,
  maxLength: 100,
  keep: "last",
  pattern: "[a-z]*",
  action,
  otherwise: "drop",
};
const count: CountLimit = { path: "count", rule: "count", of: "pages", action: "warn" };
const streak: StreakLimit = {
  path: "streak",
  rule: "streak",
  maxDays: 30,
  maxBest: 365,
  historyKeeps: 90,
  futureToleranceDays: 1,
  fields: { current: "now", lastDate: "last", best: "best", history: "days", historyDate: "at" },
  action: "quarantine",
};
const limits: Limit[] = [
  value,
  count,
  streak,
  { path: "title", cap: 200 },
  { path: "rating", type: "integer", min: 1, max: 5 },
  { path: "at", date: { notBefore: "2015-01-31", futureToleranceDays: 0 } },
  { path: "day", date: true },
  { path: "mode", oneOf: ["light", 1, true, null] },
];

// @ts-expect-error A streak is no field that could be dropped.
export const wrongLimit: Limit = { path: "streak", rule: "streak", action: "drop" };

// @ts-expect-error What can't be capped can't be capped otherwise.
export const wrongOtherwise: Limit = { path: "title", cap: 200, otherwise: "cap" };

const captured: StateConfig = { registry: [{ name: "theme", key: "theme" }], claim: [], carry: { from: "guest", to: "account", rules: [{ path: "visits", take: "sum" }] } };

export const configs: Config[] = [
  { preset: "taskerino" },
  { preset: "streak" },
  { preset: "agents", tenantId: "t", claim: ["chat_session_7"] },
  { state: captured },
  { preset: "streak", state: { registry: "streak", carry: "streak" }, sources, layout },
  { sources, layout, limits, database: "own", backupRetentionDays: 7, originals: "keep", autoCleanup: false, console: true },
];

// @ts-expect-error A preset that does not exist is a mistake that the compiler finds.
export const wrongPreset: Config = { preset: "tasks" };

// @ts-expect-error Without a prefix every key of localStorage would be taken for a session.
export const wrongSource: Source = { kind: "localStorage", name: "everything" };

// @ts-expect-error Checksums are renewed by a rule that is known.
export const wrongRule: IndexedDbContainer = { ...container, checksum: { path: "checksum", rule: "crc32" } };

export function describe(event: ProgressEvent): string {
  const rest = event.etaMs === null ? "" : `${event.etaMs} ms of ${event.bytesTotal ?? "?"} bytes`;
  return `${event.phase} ${event.done}/${event.total} ${event.percent} ${event.bytesDone} ${event.bytesPerSecond} ${event.label ?? ""} ${rest} ${event.message} ${event.sessionId ?? ""} ${event.source ?? ""}`;
}
const onProgress: OnProgress = (message, percent, event) => void [message.length, percent.toFixed(), describe(event)];

export async function migrate(restow: Restow, signal: AbortSignal): Promise<BatchMigrationResult> {
  const options: MigrationOptions = { dryRun: true, verbose: true, backupRetentionDays: 30, batchSize: 20, force: false, signal, onProgress };
  const batch = await restow.migrateAllSessions(options);
  const quota: Quota | null = batch.quota;
  const first: SessionMigrationResult | undefined = batch.sessions[0];
  const warning: Warning | undefined = first?.warnings[0];
  const finding: Finding | undefined = first?.findings[0];
  const shown: ShownValue | undefined = finding?.becomes;
  const [audited] = await restow.readAudit();
  const kept: PublicFinding | undefined = audited?.findings?.[0];
  console.log(finding?.was.value, shown?.length, kept?.type, batch.findingCounts["TooLong"], first?.findingCounts["TooLong"]);
  const error: BatchError | undefined = batch.errors[0];
  const one: SessionMigrationResult = await restow.migrateSessionToChunked("a", options);
  const renewed: number | null = one.fromLayout;
  console.log(batch.relaid, renewed, quota?.headroom, warning?.code, error?.retryable, one.outcome, one.backupPath);
  return batch;
}

export async function look(restow: Restow): Promise<[MigrationStatus, SessionRow[], QuarantineRow[], AuditEntry[], BackupRow[]]> {
  const filter: AuditFilter = { id: 1, action: "migrated", since: "2025-01-01T00:00:00Z", limit: 5 };
  const chunked: boolean = await restow.isSessionChunked(7);
  const needed: "yes" | "no" | "unknown" = await restow.checkMigrationNeeded();
  const counting: StatusOptions = { exact: true };
  const { unreadableSources, exact, countedAt } = await restow.getMigrationStatus(counting);
  const counted: [boolean, string] = [exact, countedAt];
  console.log(counted);
  console.log(chunked, needed, unreadableSources[0]?.source, unreadableSources[0]?.code);
  return [
    await restow.getMigrationStatus(),
    await restow.listSessions(),
    await restow.listQuarantine(),
    await restow.readAudit(filter),
    await restow.listBackups("a"),
  ];
}

export async function keep(restow: Restow): Promise<string | undefined> {
  const registry: KeyClass[] = [
    { name: "theme", key: "theme" },
    { name: "models", pattern: "models_{tenant}", kind: "secret", secrets: ["*.apiKey"], offer: false },
  ];
  const options: CaptureOptions = { registry, tenantId: "t", claim: ["models_t"], dryRun: false };
  const snapshot: StateSnapshot = await restow.captureState(options);
  const entry: StateEntry | undefined = snapshot.entries[0];
  if (snapshot.path === null) return entry?.parts["tenant"];
  const cleared: StateClearResult = await restow.clearMigratedState(snapshot.path, { confirm: true });
  const kept: KeptKey | undefined = cleared.kept[0];
  const how: RestoreStateOptions = { confirm: true, overwrite: true };
  const restored: StateRestoreResult = await restow.restoreState(snapshot.path, how);
  const failed: FailedKey | undefined = restored.failed[0];
  const asInARun: StateSnapshot = await restow.captureState({ dryRun: true });
  console.log(asInARun.entries.length);
  // @ts-expect-error What destroys something needs its confirmation.
  await restow.clearMigratedState(snapshot.path);
  return kept?.why ?? failed?.code ?? restored.overwrittenPath ?? undefined;
}

export async function carry(restow: Restow): Promise<string | undefined> {
  const sum: TakeRule = { path: ["stats", "done"], take: "sum" };
  const streak: StreakRule = { path: "streak", rule: "streak", maxDays: 30, fields: { current: "days" } };
  const rules: CarryRule[] = [sum, streak];
  const options: CarryOptions = { from: "guest", to: "member", rules, secrets: ["auth.*"], dryRun: false, confirm: true };
  const carried: CarryResult = await restow.carryState({ preset: "streak", ...options });
  const decided: CarryChange | undefined = carried.changes[0];
  if (carried.path === null) return carried.findings[0]?.key;
  const undone: StateRestoreResult = await restow.undoCarry(carried.path, { confirm: true, overwrite: false });
  // @ts-expect-error There is no such rule.
  const wrong: TakeRule = { path: "n", take: "most" };
  return carried.clear?.path ?? decided?.rule ?? undone.restored[0] ?? wrong.take;
}

export async function overEverything(restow: Restow): Promise<boolean> {
  const { state, errors, success } = await restow.migrateAllSessions();
  const run: StateRunResult | null = state;
  const capture: CaptureResult | undefined = run?.capture;
  const found: StateFinding | undefined = capture?.findings[0];
  const carry: CarryRunResult | null | undefined = run?.carry;
  const part: "capture" | "sessions" | "carry" | undefined = errors[0]?.part;
  const status: StateStatus | null = (await restow.getMigrationStatus()).state;
  const standing: CarryStatus | null | undefined = status?.carry;
  console.log(found?.class, found?.becomes.value, capture?.left.session, carry?.result?.changed, part, standing?.standing, status?.missing);
  if (capture?.path) {
    const back: RollbackResult = await restow.rollbackSessionMigration(null, capture.path, { confirm: true, edits: "keep" });
    console.log(back.state?.restored, back.sessionId);
  }
  // @ts-expect-error State is put back by the path of a snapshot.
  await restow.rollbackSessionMigration(null, undefined, { confirm: true });
  return success;
}

export async function change(restow: Restow, session: Session, id: SessionId): Promise<void> {
  const confirm: Confirm = { confirm: true };
  const created: SessionId = await restow.createSession(session);
  const chat: SessionId = await restow.createSession([session], { id: "chat_session_7" });
  const messages: unknown[] | null = await restow.loadFullSession<unknown[]>(chat);
  if (messages?.length === 0) return;
  const deleted: boolean = await restow.deleteSession(created, confirm);
  const rollback: RollbackOptions = { confirm: true, edits: "keep" };
  const rolledBack: RollbackResult = await restow.rollbackSessionMigration(id, null, rollback);
  const cleanup: CleanupOptions = { confirm: true, olderThanDays: 90 };
  const cleaned: CleanupResult = await restow.cleanupOldBackups(cleanup);
  const resolved: SessionMigrationResult = await restow.resolveConflict(id, "chunks", confirm);
  const originals: RemoveOriginalsResult = await restow.removeOriginals(confirm);
  const verified: VerifyResult = await restow.verifySession(id);
  restow.verifyDataIntegrity(session, await restow.loadFullSession(id));
  const check: VerifyAllOptions = { onProgress: (message, percent, { phase }) => console.log(message, percent, phase) };
  const all: VerifyAllResult = await restow.verifyAll(check);
  const problem: Problem | undefined = all.problems[0];
  const where: [Flaw | undefined, StoreName | undefined] = [problem?.code, problem?.store];
  const mend: RepairOptions = { confirm: true, id, edits: "discard" };
  const mended: RepairResult = await restow.repair(mend);
  console.log(where, mended.repaired[0]?.action, mended.left[0]?.reason);
  console.log(deleted, rolledBack.restoredTo, cleaned.kept[0]?.code, resolved.code, originals.diverged, verified.problems[0]?.place);
  // @ts-expect-error What destroys something needs its confirmation.
  await restow.deleteSession(id);
}

export async function edit(restow: Restow, id: SessionId): Promise<unknown[]> {
  const handle: SessionHandle | null = await restow.openSession(id);
  if (!handle) return [];
  const range: Range = { from: 0, to: 10 };
  const place: Place | undefined = handle.places[0];
  const seen: unknown[] = [handle.id, handle.metadata["name"], handle.revision, place?.length];
  for await (const item of handle.items(path, range)) seen.push(item);
  for await (const piece of handle) seen.push(piece satisfies Piece);
  seen.push(await handle.read("summary", range), await handle.append(path, [1]));
  await handle.setItem(path, 3, { done: true });
  await handle.set(["summary", "text"], "x");
  // @ts-expect-error The metadata is a copy to read; `set` is what changes a session.
  handle.revision = 3;
  return seen;
}

export async function onConsole(restow: Restow): Promise<void> {
  restow.installConsole();
  const functions = globalThis as unknown as ConsoleFunctions;
  const batch = await functions.runChunkedMigration({ dryRun: true });
  const status = await functions.showMigrationStatus({ exact: false });
  const session = await functions.migrateSingleSession("a");
  const rolledBack = await functions.rollbackSession("a", undefined, true);
  const cleaned = await functions.cleanupBackups(30, true);
  console.log(batch.total, status.percentage, session.outcome, rolledBack?.success, cleaned?.freedBytes);
}

export async function guarded(config: Config): Promise<Restow | null> {
  try {
    return await open(config);
  } catch (error) {
    if (!isRestowError(error)) throw error;
    const known: RestowError = error;
    console.log(known.code, known.sessionId, known.retryable, known.cause, known.preview);
    return null;
  }
}

export function end(restow: Restow): void {
  restow.close();
}

export function room(batch: BatchMigrationResult, error: RestowError): string[] {
  const shortage: Shortage | null = error.shortage ?? batch.shortage;
  const help: StorageHelp[] = shortage?.help ?? [];
  return help.map((one) => one.action);
}

/** Both forms of what the cheap check takes, and every answer. */
export async function loadOnlyIfNeeded(config: Config, sources: readonly Source[]): Promise<boolean> {
  const answers: MayNeedMigration[] = [await mayNeedMigration(config), await mayNeedMigration(sources)];
  return answers.some((answer) => answer === "yes" || answer === "maybe");
}

/** Whether the engine is in a worker, and why not. */
export async function openInWorker(config: Config): Promise<string> {
  const restow = await open({ ...config, worker: true });
  const { active, note }: WorkerUse = restow.worker;
  return active ? "in a worker" : (note ?? "not asked for");
}
