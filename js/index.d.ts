/** A session's id, as it stands in its body; or the key of its record. */
export type SessionId = string | number;

/** A path into a body: a list of keys, or dotted text such as `"video.chunks"`. The body itself is `[]` or `""`. */
export type Path = string | readonly (string | number)[];

/** A session: whatever the application stored. Restow keeps every field of it. */
export type Session = { [field: string]: unknown };

/** An IndexedDB object store with one record a session. */
export interface IndexedDbSource {
  kind?: "indexedDB";
  /** Name in reports. Default: `database/store/prefix`. */
  name?: string;
  /** Name of the application's database. It is never created, upgraded or changed in its shape. */
  database: string;
  /** Name of the object store. */
  store: string;
  /** What every key of a session begins with, for example `"sessions/"`. Default: none. */
  prefix?: string;
  /**
   * `"id"`: the key is prefix and id. `"any"`: the body alone tells the id. `"whole"`: the whole key,
   * prefix and all, is the id, and no body is asked. Default: `"id"`.
   */
  keys?: "id" | "any" | "whole";
  /** Where the body lies inside the record. Default: the record is the body. */
  body?: Path;
  /** Whether the body may be `GZIP_V1:` text (base64 of gzip of JSON). Default: false. */
  gzip?: boolean;
  /** Rows of the application's own under the same prefix, which are left alone. */
  foreign?: {
    /** `{id}{this}` with a `storageVersion` is a session that the application chunked itself. */
    chunkedMetadata?: string;
    /** Endings of rows that belong to such a session. */
    suffixes?: string[];
    /** What precedes the number in rows such as `{id}/screenshots/chunk-000`. */
    numbered?: string[];
  };
}

/** One record of an IndexedDB object store that holds many sessions, in an array or a map. */
export interface IndexedDbContainer {
  kind?: "indexedDB";
  /** Name in reports. Default: `database/store/key (one record)`. */
  name?: string;
  database: string;
  store: string;
  /** The record's key. It is what tells a container from one record a session. */
  key: string | number;
  /** Where inside the record the value lies that holds the sessions. Default: it is the record. */
  body?: Path;
  /** Whether that value may be `GZIP_V1:` text. Default: false. */
  gzip?: boolean;
  /** Where inside that value the array or the map lies. Default: it is that value. */
  path?: Path;
  /** In a map, whether the name of each must be its id. Default: `"id"`. */
  keys?: "id" | "any";
  /**
   * A checksum of the value at `body`, renewed when sessions are taken out: of the text itself, or
   * of the value's JSON text. `"hash31"`: 32-bit `hash * 31 + unit` in base 36. `"sha256"`:
   * hexadecimal. Without it, and where the rule does not fit what is there, a record with a
   * checksum is left as it is, and its sessions are migrated with their originals kept.
   */
  checksum?: { path: Path; rule: "hash31" | "sha256" };
}

/** Keys of localStorage, each with the JSON text of one session. */
export interface LocalStorageSource {
  kind: "localStorage";
  /** Name in reports. Default: `localStorage/prefix`. */
  name?: string;
  /** What the key of every session begins with. */
  prefix: string;
  /** As for `IndexedDbSource`. */
  keys?: "id" | "any" | "whole";
  /** Whether the text may be `GZIP_V1:` text. Default: false. */
  gzip?: boolean;
  /** As for `IndexedDbSource`. */
  foreign?: IndexedDbSource["foreign"];
}

/**
 * Keys of localStorage that a registry tells, as `captureState` does: those of the current tenant, each
 * with the JSON text of one session, whose id is the whole key. All others are left, and not read.
 */
export interface LocalStorageRegistrySource {
  kind: "localStorage";
  /** Name in reports. Default: `localStorage/` and the name of the registry. */
  name?: string;
  /** Every key that the application has. */
  registry: "streak" | "agents" | KeyClass[];
  /** The classes whose keys are sessions: of kind `data`, and without secrets. */
  classes: string[];
  /**
   * The current tenant, the same for all sources. Needed if keys of the registry name theirs. Restow's
   * database is then this tenant's alone: `restow/{tenantId}`.
   */
  tenantId?: string;
  /** Keys that are known to be the tenant's: ambiguous ones, and those that are only offered. */
  claim?: string[];
  /** Whether the text may be `GZIP_V1:` text. Default: false. */
  gzip?: boolean;
}

/** One key of localStorage with JSON text that holds many sessions, somewhere inside it. */
export interface LocalStorageContainer {
  kind: "localStorage";
  /** Name in reports. Default: `localStorage/key`. */
  name?: string;
  key: string;
  /** Where inside the text the array or the map lies. Default: it is the whole text. */
  path?: Path;
  /** In a map, whether the name of each must be its id. Default: `"id"`. */
  keys?: "id" | "any";
  /** Whether the text may be `GZIP_V1:` text. Default: false. */
  gzip?: boolean;
}

/** Where sessions lie. */
export type Source =
  | IndexedDbSource
  | IndexedDbContainer
  | LocalStorageSource
  | LocalStorageRegistrySource
  | LocalStorageContainer;

/** How a session is split. */
export interface Layout {
  /** Raise it when you change the layout: sessions of an older one are brought to it. Default: 1. */
  version?: number;
  /** Where the id lies. Default: `"id"`; none where no source asks bodies for it. */
  id?: Path | null;
  /** Where a name for people lies. */
  label?: Path;
  /**
   * Arrays to be chunked, nested ones too, and the number of items in a chunk. A body that is a list
   * itself lies at `[]`, which is then the only place.
   */
  arrays?: { path: Path; chunk: number }[];
  /** Values to be stored by themselves. */
  parts?: Path[];
}

/** What becomes of a value that breaks a limit. */
export type LimitAction = "cap" | "drop" | "quarantine" | "warn";

/** What every limit has. */
export interface LimitBase {
  /** Where the values lie, from the body's root; `*` is any item of an array, any value of an object. */
  path: Path;
  /** Whether nothing but lengths may be shown, by any other limit either. Default: false. */
  secret?: boolean;
}

/** What values may be. Those that are not there break no limit but `required`. */
export interface ValueLimit extends LimitBase {
  rule?: undefined;
  /** Default: `"cap"` beside `cap`, otherwise `"warn"`. */
  action?: LimitAction;
  /** What becomes of a value that should be capped and can't be. Default: `"warn"`. */
  otherwise?: Exclude<LimitAction, "cap">;
  /** Whether there must be a value, and `null` is none. Default: false. */
  required?: boolean;
  /** Whether `null` is as good as a value. Default: false. */
  nullable?: boolean;
  type?: "number" | "integer" | "text" | "boolean" | "array" | "object" | "date";
  /** Bounds of a number, both included. */
  min?: number;
  max?: number;
  /** Most UTF-16 units of a text, or items of an array. */
  maxLength?: number;
  /** `max` or `maxLength`, with the action `"cap"`. */
  cap?: number;
  /** Which end of a text or an array stays. Default: `"first"`. */
  keep?: "first" | "last";
  /** A date; `notBefore` is a day such as `"2015-01-31"`, the tolerance is 1 day by default. */
  date?: true | { notBefore?: string; futureToleranceDays?: number };
  /** A regular expression for the whole text, without look-around and references back. */
  pattern?: string;
  oneOf?: (string | number | boolean | null)[];
}

/** A count that is lowered to the length of its list, and never raised. */
export interface CountLimit extends LimitBase {
  rule: "count";
  /** The list, from the body's root; its `*` stand for the same keys as those of `path`. */
  of: Path;
  /** Default: `"cap"`. */
  action?: LimitAction;
  otherwise?: Exclude<LimitAction, "cap">;
}

/** A streak that has to fit its last day, its history and its best value. */
export interface StreakLimit extends LimitBase {
  rule: "streak";
  /** Default: `"cap"`. */
  action?: Exclude<LimitAction, "drop">;
  /** Most days that are carried over. Default: 30. */
  maxDays?: number;
  /** Most days of the best streak. Default: as many as there are. */
  maxBest?: number;
  /** Entries that the application keeps in the history. Default: all. */
  historyKeeps?: number;
  /** Days after today that a date may say. Default: 1. */
  futureToleranceDays?: number;
  /** Where the values lie, below `path`. */
  fields?: {
    /** Default: `"current"`. */
    current?: Path;
    /** Default: `"lastCompletedDate"`. */
    lastDate?: Path;
    /** Default: `"bestStreak"`. */
    best?: Path;
    /** Default: `"history"`. */
    history?: Path;
    /** The day inside an entry that is an object. Default: `"date"`. */
    historyDate?: Path;
  };
}

export type Limit = ValueLimit | CountLimit | StreakLimit;

export interface Config {
  /**
   * Fills in `sources`, `layout` and `state`; every other field overrides it. `"streak"` has state that
   * is carried, and no sessions. `"agents"` has chats as sessions, and all else as state; it needs
   * `tenantId`.
   */
  preset?: "taskerino" | "streak" | "agents";
  /** Where sessions lie today, in order of precedence. With `state` there need be none. */
  sources?: Source[];
  /** Needed if there are sources. */
  layout?: Layout;
  /** What values of a session may be, judged one after the other while planning. */
  limits?: Limit[];
  /** What a run does about state in localStorage, before and after sessions. */
  state?: StateConfig;
  /** Stands for `state.tenantId` where a preset has the rest; its sources get it, too. */
  tenantId?: string;
  /** Stands for `state.claim` where a preset has the rest; its sources get it, too. */
  claim?: string[];
  /**
   * Name of Restow's own database. Default: `"restow"`. Where sources, or state without any source, name
   * a tenant, `/{tenantId}` follows.
   */
  database?: string;
  /** Days that a backup lives, at least 1. Default: 30. */
  backupRetentionDays?: number;
  /** Whether originals are removed once the chunks are proven. Default: `"remove"`. */
  originals?: "remove" | "keep";
  /** Whether expired backups are removed by themselves. Default: true. */
  autoCleanup?: boolean;
  /** Whether `open` installs the console functions. Default: false. */
  console?: boolean;
  /**
   * Whether the engine runs in a worker that the package starts, so that the page never waits for it. Where
   * workers are not to be had it runs in the page: `Restow.worker` says so, and the console once. Default: false.
   */
  worker?: boolean;
}

/** Where the engine runs. */
export interface WorkerUse {
  /** In a worker. */
  readonly active: boolean;
  /** Why it is in the page although a worker was asked for. */
  readonly note: string | null;
}

/** State in localStorage that every run captures first, and what is carried in the end. */
export interface StateConfig {
  /** Which keys the application has, in order of precedence. Keys of sessions are left out. */
  registry: "streak" | "agents" | KeyClass[];
  /** The current tenant. Needed if keys of the registry name theirs. */
  tenantId?: string;
  /** Keys that are known to be the tenant's, though their names do not tell. */
  claim?: string[];
  /** What is carried from one key into another once that is there: a preset, or options of `carryState`. */
  carry?: "streak" | Omit<CarryOptions, "dryRun" | "confirm">;
}

/** What `onProgress` gets as its third argument. */
export interface ProgressEvent {
  phase: "scanning" | "capturing" | "migrating" | "carrying" | "verifying" | "waiting" | "complete" | "cancelled";
  /** Sessions that are through, and sessions that this run has to look at. With `"waiting"`, of the tab that is waited for. */
  done: number;
  total: number;
  /** Bytes that are through, and bytes in all by the average so far. */
  bytesDone: number;
  bytesTotal: number | null;
  /** Since the start. */
  bytesPerSecond: number;
  /** The session that is being worked on, and its name. */
  sessionId: SessionId | null;
  label: string | null;
  /** Name of the source it lies in, or came from. */
  source: string | null;
  /** Milliseconds still needed, by the pace so far. */
  etaMs: number | null;
  /** The same as the second argument: full tens, never less than before, 100 only at the end. */
  percent: number;
  /** The same as the first argument. */
  message: string;
}

export type OnProgress = (message: string, percent: number, event: ProgressEvent) => void;

export interface MigrationOptions {
  /** Reads, plans, splits, joins and compares, and writes nothing. */
  dryRun?: boolean;
  /** Prints a line for each session to the console. */
  verbose?: boolean;
  /** Days that the backups of this run live, at least 1. */
  backupRetentionDays?: number;
  /** Sessions between two pauses in which the page gets its turn. Default: 20. */
  batchSize?: number;
  /** Also migrates sessions that were rolled back. */
  force?: boolean;
  /**
   * What `migrateAllSessions` does where the browser's storage does not suffice. `"require"`, the default: where
   * that is known before, it rejects with `QuotaExceeded` and a `shortage`, and nothing is written. `"fit"`: it
   * begins, and stops before the first session that does not fit. `"ignore"`: the estimate is not asked for.
   */
  headroom?: "require" | "fit" | "ignore";
  /** Stops before the next session. What was done stays done. */
  signal?: AbortSignal;
  onProgress?: OnProgress;
}

/** Something worth knowing that does not keep a session from being migrated. */
export interface Warning {
  code: string;
  /** Dotted; empty for the session as a whole. */
  path: string;
  message: string;
}

/** As much of a value as is shown. */
export interface ShownValue {
  /** `number`, `text`, `array`, `missing` and so on; `secret` where it is one. */
  type: string;
  /** UTF-16 units of a text, items of an array. */
  length: number | null;
  /**
   * Of a number, a boolean, a date (in milliseconds since 1970) or a short text that is no secret. Numbers
   * that JSON does not know are text: `"NaN"`.
   */
  value: number | boolean | string | null;
}

/** A value that breaks a limit. */
export interface Finding {
  /** Stable; the README lists all codes. */
  code: string;
  /** As a programmer would write it: `pages[3].title`. */
  path: string;
  action: LimitAction;
  was: ShownValue;
  /** The same after a warning, and in a session that is quarantined; `missing` after a drop. */
  becomes: ShownValue;
  /** What would be right; never holds the value. */
  why: string;
}

/** A finding without any value. */
export interface PublicFinding {
  code: string;
  path: string;
  type: string;
  length: number | null;
}

export interface SessionMigrationResult {
  /** `null` where the record has no id that can be told. */
  sessionId: SessionId | null;
  label: string | null;
  source: string | null;
  outcome: "migrated" | "skipped" | "quarantined" | "failed";
  /** True unless the outcome is `failed`. */
  success: boolean;
  dryRun: boolean;
  /** Why it was skipped, quarantined or failed: a stable code, and the same in words. */
  code: string | null;
  reason: string | null;
  /** The version of its layout before, where it was in chunks already and got a newer one. */
  fromLayout: number | null;
  /** Items of each chunked array, by its path; a body that is a list has the path `""`. */
  counts: Record<string, number>;
  /** Chunks and parts. */
  chunks: number;
  /** Approximate size of the body. */
  bytes: number;
  warnings: Warning[];
  /** What limits have found: every value that they changed, and the first 100 that they did not. */
  findings: Finding[];
  /** How many findings of each code there are. */
  findingCounts: Record<string, number>;
  backupPath: string | null;
  durationMs: number;
  /** Milliseconds of each phase; 0 for one that the session did not come to. */
  phases: {
    read: number;
    plan: number;
    stage: number;
    verify: number;
    commit: number;
    remove: number;
  };
}

/** A session, or a whole part of a run, that failed. */
export interface BatchError {
  part: "capture" | "sessions" | "carry";
  /** `null` where it is about no session. */
  sessionId: SessionId | null;
  code: string;
  message: string;
  retryable: boolean;
}

/** Room in the browser's storage, as far as it tells. */
export interface Quota {
  usage: number;
  quota: number;
  /** Bytes that the run needs at its peak, estimated. */
  needed: number;
  /** `quota - usage - needed`; negative where it will not suffice. */
  headroom: number;
  /** `navigator.storage.persisted()`; `null` where the browser does not say. */
  persisted: boolean | null;
}

/** How much room is missing in the browser's storage. All bytes are estimates. */
export interface Shortage {
  needed: number;
  available: number;
  missing: number;
  /** What may help; empty where nothing is known to. */
  help: StorageHelp[];
}

/**
 * `fewer`: so many sessions fit (`headroom: "fit"`). `cleanup`: expired backups take so many bytes
 * (`cleanupOldBackups`). `persist`: `navigator.storage.persist()` was not called, or not granted; with it some
 * browsers give more room.
 */
export type StorageHelp =
  | { action: "fewer"; count: number }
  | { action: "cleanup"; bytes: number }
  | { action: "persist" };

export interface BatchMigrationResult {
  /** False if `errors` is not empty, whichever part failed. Quarantine alone leaves it true. */
  success: boolean;
  dryRun: boolean;
  cancelled: boolean;
  /** Sessions, as are the next four. */
  total: number;
  /** Moved, or brought to a newer layout. */
  migrated: number;
  /** Those of `migrated` that were in chunks already and got a newer layout. */
  relaid: number;
  skipped: number;
  quarantined: number;
  /** How many findings of limits of each code there are in all sessions. */
  findingCounts: Record<string, number>;
  errors: BatchError[];
  durationMs: number;
  backupRetentionDays: number;
  /** `null` where the browser does not say, or says what can't be true. */
  quota: Quota | null;
  /** What is missing for a rehearsed run, or for the session before which a run has stopped. */
  shortage: Shortage | null;
  /** What became of state; `null` where the configuration has none. */
  state: StateRunResult | null;
  /** A row for each session, in the order of the run; and one for each source that can't be read. */
  sessions: SessionMigrationResult[];
}

/** What a run did about state, or would do. */
export interface StateRunResult {
  registry: string;
  tenantId: string | null;
  capture: CaptureResult;
  /** `null` where the configuration has nothing to carry. */
  carry: CarryRunResult | null;
}

export interface CaptureResult {
  /** `empty`: there is no key to capture. `cancelled`: the run was, before. */
  outcome: "captured" | "empty" | "failed" | "cancelled";
  /** Why it failed: a stable code, and the same in words. */
  code: string | null;
  reason: string | null;
  /** The snapshot, for `rollbackSessionMigration(null, path, …)`, `restoreState` and `clearMigratedState`. */
  path: string | null;
  /** ISO 8601. */
  expiresAt: string | null;
  /** Keys in it, and the same by class. */
  keys: number;
  classes: Record<string, number>;
  bytes: number;
  /** What limits of the classes have found; the snapshot keeps everything as it is. */
  findings: StateFinding[];
  findingCounts: Record<string, number>;
  /** Keys that are captured once they are claimed by name. */
  offered: { key: string; class: string; parts: Record<string, string> }[];
  /** How many keys were left alone, by reason; those of sessions have backups of their own. */
  left: Partial<Record<"other-tenant" | "ambiguous" | "unknown" | "token" | "session", number>>;
}

/** What a limit has found in the value of a key. */
export interface StateFinding extends Finding {
  key: string;
  /** Name of its class. */
  class: string;
}

export interface CarryRunResult {
  /**
   * `unchanged`: the target has all of it already. `empty`: there is nothing to carry. `waiting`: the
   * target is not there, since no one is signed in. `undone`: by a person, and left alone without
   * `force`. `cancelled`: the run was, before.
   */
  outcome: "carried" | "unchanged" | "empty" | "waiting" | "undone" | "failed" | "cancelled";
  /** Why: `TargetMissing`, `RolledBack`, or the code of an error; and the same in words. */
  code: string | null;
  reason: string | null;
  from: string;
  to: string;
  /** What was decided, value by value. */
  result: CarryResult | null;
}

/** How state stands. */
export interface StateStatus {
  registry: string;
  tenantId: string | null;
  /** Keys that a run captures: `captured + changed + missing`. */
  keys: number;
  /** Hold just what the newest snapshot does, or what was carried into them since. */
  captured: number;
  /** Hold something else by now. */
  changed: number;
  /** Are not in it. */
  missing: number;
  /** Are captured once they are claimed. */
  offered: number;
  /** All other keys of localStorage. */
  left: number;
  /** The newest snapshot. */
  path: string | null;
  /** ISO 8601. */
  capturedAt: string | null;
  /** `null` where the configuration has nothing to carry. */
  carry: CarryStatus | null;
  /** Code of the error that keeps it from being read; it is in no count then. */
  unreadable: string | null;
}

export interface CarryStatus {
  /** `waiting`: for its target. `pending`: for a run. `failed`: `code` says why. */
  standing: "empty" | "waiting" | "pending" | "done" | "undone" | "failed";
  code: string | null;
  from: string;
  to: string;
}

export interface MigrationStatus {
  /** `chunked + legacy + quarantined + diverged`. */
  total: number;
  chunked: number;
  legacy: number;
  quarantined: number;
  diverged: number;
  /** Of sessions alone. Rounded; 100 only when nothing is left, and 100 for 0 of 0. */
  percentage: number;
  /** Sessions that the application chunked itself; left alone and not part of `total`. */
  chunkedElsewhere: number;
  /** Sources that can't be read now, and so are in no count; the percentage then stays below 100. */
  unreadableSources: { source: string; code: string }[];
  /** How state stands; `null` where the configuration has none. Always told anew. */
  state: StateStatus | null;
  /**
   * Whether every record was opened for this answer. Where it was not, sessions that wait to be migrated are told by
   * the keys of their records alone. If the application has overwritten one under its key since `countedAt`, `total` and
   * `legacy` may be too high and `quarantined` too low by it; `legacy` is never 0 while something is left.
   */
  exact: boolean;
  /** When those records had been opened. ISO 8601. */
  countedAt: string;
}

export interface StatusOptions {
  /** Opens every record, whatever an earlier call has found. */
  exact?: boolean;
}

export interface SessionRow {
  id: SessionId | null;
  label: string | null;
  /** `null` if it was created by `createSession`. */
  source: string | null;
  state: "legacy" | "chunked" | "quarantined" | "diverged";
  /** Rolled back, and so left alone without `force`. */
  rolledBack: boolean;
  bytes: number;
  chunks: number;
  warnings: Warning[];
}

export interface BackupRow {
  /** Its name, as `rollbackSessionMigration` takes it, or `restoreState`. */
  path: string;
  /** `null` for a snapshot of state, which is no session's. */
  id: SessionId | null;
  /** For a snapshot of state: whose keys it holds, and how many. */
  state: { registry: string; tenantId: string | null; keys: number } | null;
  /** ISO 8601. */
  createdAt: string;
  /** ISO 8601; `null` for never. */
  expiresAt: string | null;
  /** 0 if it has expired. */
  remainingDays: number | null;
  originalFormat: "monolithic" | "chunked" | "state";
  reason: string;
  bytes: number;
}

export interface RollbackOptions {
  confirm: boolean;
  /**
   * What becomes of edits made since the migration. Default: `"refuse"`. Keys of state that hold something
   * else are kept with `"refuse"`, and otherwise overwritten, after a snapshot of what they hold.
   */
  edits?: "refuse" | "keep" | "discard";
}

export interface RollbackResult {
  /** `null` for state. */
  sessionId: SessionId | null;
  /** True for a session; for state, false if a key could not be put back. */
  success: boolean;
  backupPath: string;
  /** Name of the source, or `"localStorage"`; `null` if the session went back into chunks. */
  restoredTo: string | null;
  /** What became of each key of a snapshot of state. */
  state: StateRestoreResult | null;
  /** Edits of a session, or what was overwritten of state. */
  editsBackupPath: string | null;
}

export interface CleanupOptions {
  confirm: boolean;
  /** Without it: what has expired. With it: what is older, whatever its own expiry. */
  olderThanDays?: number;
}

export interface CleanupResult {
  removed: string[];
  /** Backups that were due but kept, and why. */
  kept: { path: string; code: string }[];
  freedBytes: number;
}

export interface VerifyResult {
  sessionId: SessionId;
  ok: boolean;
  /** Pieces that were checked. */
  checked: number;
  /** What is missing or wrong, in the session and in its backups. */
  problems: Problem[];
}

/**
 * `Missing`: it should be there. `Changed`: it is not what was written, or can't be understood. `Unexpected`: the list of
 * its session does not know it. `Unreadable`: the browser can't read it. `Orphan`: it belongs to nothing.
 */
export type Flaw = "Missing" | "Changed" | "Unexpected" | "Unreadable" | "Orphan";

/** A store of Restow's own database. */
export type StoreName =
  | "manifests" | "lists" | "chunks" | "backups" | "backupHeads" | "journal" | "audit" | "quarantine" | "leases" | "meta";

export interface Problem {
  code: Flaw;
  /** `null` for state, and for what belongs to no session. */
  sessionId: SessionId | null;
  store: StoreName;
  /** Which record or piece it is. */
  place: string;
}

export interface VerifyAllOptions {
  /** Stops the check before the next session. */
  signal?: AbortSignal;
  onProgress?: OnProgress;
}

export interface VerifyAllResult {
  /** Whether all was looked at, and nothing is wrong. */
  ok: boolean;
  sessions: number;
  backups: number;
  /** Skeletons, pieces and backups that were compared with their digests. */
  checked: number;
  problems: Problem[];
  cancelled: boolean;
  durationMs: number;
}

export interface RepairOptions {
  /** Says what would be done, and writes nothing. */
  dryRun?: boolean;
  confirm?: boolean;
  /** One session alone. */
  id?: SessionId;
  /** `"discard"`: a damaged session that was edited goes back to what was migrated. */
  edits?: "refuse" | "discard";
}

export interface RepairResult {
  /** Whether nothing is left. */
  success: boolean;
  dryRun: boolean;
  repaired: {
    sessionId: SessionId | null;
    action:
      | "resume" | "restore" | "rebuild-list" | "rebuild-manifest" | "rebuild-head"
      | "remove-orphans" | "remove-lease" | "remove-quarantine" | "close-journal";
    code: Flaw | "Unfinished";
    place: string;
    /** The backup that was used. */
    backup?: string;
    /** The backup of what could still be read, where an older state took the place of edits. */
    kept?: string;
  }[];
  left: { sessionId: SessionId | null; code: Flaw | "Unfinished"; place: string; reason: string }[];
}

export interface QuarantineRow {
  id: SessionId | null;
  source: string;
  /** The record, by source and key. */
  place: string;
  code: string;
  reason: string;
  /** ISO 8601. */
  since: string;
}

export interface AuditEntry {
  seq: number;
  /** ISO 8601. */
  at: string;
  action: string;
  /** `null` for state in localStorage. */
  id: SessionId | null;
  source?: string;
  backup?: string;
  chunks: number;
  bytes: number;
  /** The first that limits have found in a session that was migrated. */
  findings?: PublicFinding[];
}

export interface AuditFilter {
  id?: SessionId;
  action?: string;
  /** ISO 8601: entries from then on. */
  since?: string;
  /** The newest so many. */
  limit?: number;
}

export interface RemoveOriginalsResult {
  removed: SessionId[];
  diverged: SessionId[];
  /** What became of the key that was carried; `null` where there is none. */
  state: StateClearResult | null;
  errors: BatchError[];
}

export interface Confirm {
  confirm: boolean;
}

/** Keys of localStorage that mean the same kind of thing. Give just one of key, prefix and pattern. */
export interface KeyClass {
  /** Unique in its registry. */
  name: string;
  /** One key. */
  key?: string;
  /** Every key that begins so. */
  prefix?: string;
  /**
   * Every key of a form such as `"chat_session_{tenant}_{agent}"`: text, then `{tenant}`, or a part
   * with a name of your own, or both with text between them.
   */
  pattern?: string;
  /**
   * `"data"`: what a person made. `"secret"`: the same, not to be shown. `"token"`: what signs a
   * person in; never captured. `"flag"`: what the application notes about itself; captured and put
   * back, but never cleared. Default: `"data"`.
   */
  kind?: "data" | "secret" | "token" | "flag";
  /** Where secrets lie in the JSON text: paths with `*` for any one key and `**` for any number. */
  secrets?: Path[];
  /** Captured only when claimed by name. Default: false. */
  offer?: boolean;
  /** What its values may be; see `Config.limits`. Told in `findings`, and nothing is changed. */
  limits?: Limit[];
}

export interface CaptureOptions {
  /** Which keys the application has, in order of precedence. */
  registry: "streak" | "agents" | KeyClass[];
  /** The current tenant. Needed if keys of the registry name theirs. */
  tenantId?: string;
  /** Keys that are known to be the tenant's, though their names do not tell. */
  claim?: string[];
  /** Tells the same and writes nothing. */
  dryRun?: boolean;
}

export interface StateEntry {
  key: string;
  /** Name of its class. */
  class: string;
  kind: "data" | "secret" | "flag";
  /** What the key names, for example `{ tenant, agent }`. */
  parts: Record<string, string>;
  /** The raw text, with every secret replaced; `null` if secrets can't be told from the rest. */
  value: string | null;
  /** Whether `value` is not all that is stored. */
  redacted: boolean;
  /** Bytes of the value as it is stored. */
  size: number;
  /** What the limits of its class find. `becomes` is what they would make of it: nothing was changed. */
  findings: Finding[];
}

export interface StateSnapshot {
  /** Its name as a backup; `null` in a dry run, and where there was nothing to capture. */
  path: string | null;
  registry: string;
  tenantId: string | null;
  dryRun: boolean;
  /** ISO 8601. */
  createdAt: string | null;
  /** ISO 8601. */
  expiresAt: string | null;
  bytes: number;
  entries: StateEntry[];
  /** Keys that are captured only when they are claimed. */
  offered: { key: string; class: string; parts: Record<string, string> }[];
  /** All other keys of localStorage. None of them was read. */
  left: { key: string; why: "other-tenant" | "ambiguous" | "unknown" | "token" | "session" }[];
}

/** Where one of two values is taken. `null` and what is not there never take the place of a value. */
export interface TakeRule {
  /** On both sides. */
  path: Path;
  /**
   * `from`, `to`: the value of that key. `fill`: that of `from`, if `to` has none. `newer`, `older`: of
   * dates; one that lies in the future is none. `max`, `min`: of numbers. `sum`: both numbers; what was
   * carried before is not added again. `union`: the items of both lists, each once, those of `to` first.
   */
  take: "from" | "to" | "fill" | "newer" | "older" | "max" | "min" | "sum" | "union";
}

/**
 * Of two streaks the later one that goes on; one streak where their days meet. What has expired is not
 * revived. Best: the larger one. Histories are united. At most `maxDays` are carried over.
 */
export type StreakRule = Omit<StreakLimit, "action" | "secret">;

export type CarryRule = TakeRule | StreakRule;

export interface CarryOptions {
  /** Fills in `from`, `to`, `rules` and `limits`; each of them takes its place where it is given. */
  preset?: "streak";
  /** The key that is read. It is never changed. */
  from?: string;
  /** The key that is merged into. */
  to?: string;
  /**
   * What becomes of which values. Fields that no rule names are filled in where `to` lacks them, at any
   * depth, and otherwise stay as they are.
   */
  rules?: CarryRule[];
  /** Kept by what is read, and by what the merge changes; see `Config.limits`. A streak always has one. */
  limits?: Limit[];
  /** Paths of values that are shown by their length alone; `*` is any key, `**` any number of keys. */
  secrets?: (string | string[])[];
  /** Tells the same and writes nothing; needs no `confirm`. */
  dryRun?: boolean;
  /** Without it, the call rejects with `ConfirmationRequired`, whose `preview` is the result to come. */
  confirm?: boolean;
}

/** What was decided on one path. */
export interface CarryChange {
  path: string;
  rule: TakeRule["take"] | "streak";
  /** What was read, once limits were kept. */
  from: ShownValue;
  /** What the target had. */
  to: ShownValue;
  /** What the target has. */
  becomes: ShownValue;
}

export interface CarryResult {
  /** True: whatever else comes of it is an error. */
  success: boolean;
  /** The snapshot of both keys as they were; `null` in a dry run, and if there was nothing to carry. */
  path: string | null;
  from: string;
  to: string;
  dryRun: boolean;
  /** Whether the target is another now, or would be. */
  changed: boolean;
  changes: CarryChange[];
  /** What limits have found, and values that could not be merged; `key` is where. */
  findings: (Finding & { key: string })[];
  /**
   * The key that may be cleared now, by `clearMigratedState(path)`; `null` if it does not hold what was
   * carried.
   */
  clear: { key: string; path: string } | null;
}

export interface RestoreStateOptions {
  confirm: boolean;
  /** Also writes keys that hold something else, which becomes a snapshot first. Default: false. */
  overwrite?: boolean;
}

/** A key that was left as it is: it holds something else, was changed meanwhile, or is a flag. */
export interface KeptKey {
  key: string;
  class: string;
  why: "different" | "changed" | "flag";
}

export interface FailedKey {
  key: string;
  class: string;
  /** Code of an error. */
  code: string;
}

export interface StateRestoreResult {
  /** False if `failed` is not empty. */
  success: boolean;
  path: string;
  /** Written, and found when read back; or, by `undoCarry`, not there again. */
  restored: string[];
  /** Held just what was captured. */
  unchanged: string[];
  kept: KeptKey[];
  /** Could not be read back; or, after another key failed, not be put as they were before. */
  failed: FailedKey[];
  /** A snapshot of what was overwritten. */
  overwrittenPath: string | null;
}

export interface StateClearResult {
  /** False if `failed` is not empty. */
  success: boolean;
  path: string;
  removed: string[];
  /** Were not there any more. */
  gone: string[];
  kept: KeptKey[];
  failed: FailedKey[];
}

/** Half-open: `from` is read, `to` is not. */
export interface Range {
  from?: number;
  to?: number;
}

/** A migrated session, read and written piece by piece. */
export interface SessionHandle extends AsyncIterable<Piece> {
  readonly id: SessionId;
  /** The session without its chunked arrays (empty here) and parts (`null` here); of a list, an empty list. */
  readonly metadata: Session;
  /** Raised by every change. */
  readonly revision: number;
  /** What was taken out, with the length of each array. */
  readonly places: readonly Place[];
  /** The value at a path; of an array, the items of a range. Loads only the chunks it needs. */
  read(path: Path, range?: Range): Promise<unknown>;
  /** The items of an array, loaded chunk by chunk. */
  items(path: Path, range?: Range): AsyncIterable<unknown>;
  /** Adds items at the end of an array; rewrites its last chunk only. Resolves to its length. */
  append(path: Path, items: readonly unknown[]): Promise<number>;
  /** Replaces one item of an array; rewrites its chunk only. */
  setItem(path: Path, index: number, item: unknown): Promise<void>;
  /** Replaces or adds a value; rewrites the piece that holds it only. */
  set(path: Path, value: unknown): Promise<void>;
}

export interface Place {
  path: string[];
  kind: "array" | "part";
  /** Items of an array; `null` for a part. */
  length: number | null;
  /** Items in a chunk of an array; `null` for a part. */
  chunk: number | null;
  bytes: number;
}

/** What iterating over a handle yields: each chunk and part in turn. */
export interface Piece {
  path: string[];
  /** Index of the first item, for a chunk. */
  from: number | null;
  value: unknown;
}

export interface Restow {
  /** Where the engine runs. */
  readonly worker: WorkerUse;
  /**
   * Counts the sessions by where they stand. What the last call has found is taken where all that it was based on is
   * still the same, which costs hardly more than reading the keys; see `exact`. Originals that are kept are compared each time.
   */
  getMigrationStatus(options?: StatusOptions): Promise<MigrationStatus>;
  /**
   * Whether a run would move, capture or carry anything: cheap enough to be asked at every start. Reads keys, one
   * record of each container, and a few bodies at most. `"unknown"`: a source can't be read, or
   * telling would take reading much more.
   */
  checkMigrationNeeded(): Promise<"yes" | "no" | "unknown">;
  /** True once the session is committed in chunks. */
  isSessionChunked(id: SessionId): Promise<boolean>;
  listSessions(): Promise<SessionRow[]>;
  migrateSessionToChunked(id: SessionId, options?: MigrationOptions): Promise<SessionMigrationResult>;
  migrateAllSessions(options?: MigrationOptions): Promise<BatchMigrationResult>;
  /** The whole session, or `null`. Migrates it first if need be. */
  loadFullSession<T = Session>(id: SessionId): Promise<T | null>;
  /** A handle on a session, or `null`. Migrates it first if need be. */
  openSession(id: SessionId): Promise<SessionHandle | null>;
  /** Stores a new session in chunks. Resolves to its id, which is to be given only where bodies have none. */
  createSession(body: object, options?: { id?: SessionId }): Promise<SessionId>;
  /** Removes a session from chunks and source. A backup of it is kept. */
  deleteSession(id: SessionId, options: Confirm): Promise<boolean>;
  /**
   * Throws one error that lists every mismatch. With a worker the engine is loaded into the page for it, and a
   * promise is returned, which rejects with that error.
   */
  verifyDataIntegrity(original: unknown, migrated: unknown): void | Promise<void>;
  /** Reads every piece of a stored session and its backups, and compares their digests. */
  verifySession(id: SessionId): Promise<VerifyResult>;
  /** Compares everything that is stored with its digests, one session at a time. Writes nothing. */
  verifyAll(options?: VerifyAllOptions): Promise<VerifyAllResult>;
  /** Repairs what can be proven, finishes what was torn, and names what is left. */
  repair(options: RepairOptions): Promise<RepairResult>;
  listBackups(id?: SessionId): Promise<BackupRow[]>;
  /**
   * Puts a session back as a backup holds it. Without a path: the backup of the migration that rules, or
   * the newest one. With `null` and the path of a snapshot, as `listBackups` has them: state.
   */
  rollbackSessionMigration(id: SessionId, backupPath: string | null | undefined, options: RollbackOptions): Promise<RollbackResult>;
  rollbackSessionMigration(id: SessionId | null, backupPath: string, options: RollbackOptions): Promise<RollbackResult>;
  cleanupOldBackups(options: CleanupOptions): Promise<CleanupResult>;
  /** Decides which side of a diverged session lives on. The other is backed up first. */
  resolveConflict(id: SessionId, keep: "source" | "chunks", options: Confirm): Promise<SessionMigrationResult>;
  /**
   * Removes originals that were kept and are still unchanged; and the key of a carry that is through, if it
   * still holds what was carried.
   */
  removeOriginals(options: Confirm): Promise<RemoveOriginalsResult>;
  /**
   * Captures the current tenant's keys of localStorage and keeps them as a backup. Fails as a whole
   * if one of them can't be read. Without a registry: the state of the configuration, as a run does.
   */
  captureState(options: CaptureOptions | { dryRun?: boolean; registry?: undefined }): Promise<StateSnapshot>;
  /** Puts captured keys back. A failure midway is undone. */
  restoreState(path: string, options: RestoreStateOptions): Promise<StateRestoreResult>;
  /**
   * Merges what one key of localStorage holds into what another holds. Both are kept as a snapshot first;
   * the target is written only over what was read, and read back.
   */
  carryState(options: CarryOptions): Promise<CarryResult>;
  /**
   * Puts both keys as they were before a carry; a target that was not there goes again. A key that was
   * changed since is kept, unless `overwrite`.
   */
  undoCarry(path: string, options: RestoreStateOptions): Promise<StateRestoreResult>;
  /** Removes captured keys that still hold what was captured, and the key that a carry has read. */
  clearMigratedState(path: string, options: Confirm): Promise<StateClearResult>;
  listQuarantine(): Promise<QuarantineRow[]>;
  /** What has been done, oldest first. */
  readAudit(filter?: AuditFilter): Promise<AuditEntry[]>;
  /** Puts the five console functions on `globalThis`. */
  installConsole(): void;
  /** Closes the connections. Every later call rejects with `Closed`. */
  close(): void;
}

/** What every call throws or rejects with. */
export interface RestowError extends Error {
  name: "RestowError";
  /** Stable; the README lists all codes. */
  code: string;
  sessionId?: SessionId;
  /** Whether the same call may succeed later. */
  retryable: boolean;
  cause?: unknown;
  /** With `ConfirmationRequired`: what the call would do. */
  preview?: unknown;
  /** With `QuotaExceeded` of a run that was not begun: how much is missing, and what may help. */
  shortage?: Shortage;
}

/**
 * Opens Restow with a configuration. Writes nothing; loads the WebAssembly module at the first
 * call. Safe to import anywhere; only to be called in a browser.
 */
export function open(config: Config): Promise<Restow>;

/** Whether something that was thrown is an error of Restow's. */
export function isRestowError(error: unknown): error is RestowError;

/** The five functions that `installConsole` puts on `globalThis`. */
export interface ConsoleFunctions {
  runChunkedMigration(options?: MigrationOptions): Promise<BatchMigrationResult>;
  showMigrationStatus(options?: StatusOptions): Promise<MigrationStatus>;
  migrateSingleSession(id: SessionId, options?: MigrationOptions): Promise<SessionMigrationResult>;
  rollbackSession(id: SessionId | null, backupPath?: string, confirm?: boolean): Promise<RollbackResult | undefined>;
  cleanupBackups(olderThanDays?: number, confirm?: boolean): Promise<CleanupResult | undefined>;
}
