/** Codes in words: what has happened, and what helps. */

/** Advice beside the message of an error. Codes that speak for themselves have none. */
const ADVICE = {
  BackupDamaged: "It was not used. Another backup of the session may be whole.",
  Blocked: "Close the other tab or reload it, then try again.",
  Busy: "Wait until the other tab is through, then try again.",
  ContainerKept: "Tell Restow the rule of its checksum, or let the original stay.",
  ContainerMissing: "Put the record back that held it, empty, then try again.",
  ContainerUnreadable: "Mend the record; nothing in it was touched.",
  ConnectionLost: "Reload the page. Nothing is half done: the next run finishes it.",
  Damaged: "Roll the session back: its backup is separate from its chunks.",
  Diverged: "Decide under “Needs a decision” which side is to be kept.",
  EditedSinceMigration: "Choose what becomes of the edits.",
  Fenced: "Another tab has taken over. Refresh to see how far it is.",
  LoadFailed: "Check the connection and reload the page.",
  PlaceOccupied: "Migrate the session that lies there, or remove it, then try again.",
  QuotaExceeded: "Free some space, or clean up old backups, then run again: it goes on where it stopped.",
  Quarantined: "It stays where it is, untouched. The reason is listed under “Needs a decision”.",
  SchemaTooNew: "Reload the page to get the newer version.",
  StaleHandle: "Open the session again.",
  StorageDenied: "Allow storage for this page, or leave private browsing.",
  StorageUnavailable: "Use a browser with IndexedDB.",
  Timeout: "Try again. What was done stays done.",
  TransactionAborted: "Nothing of it was written. Try again.",
  VerificationFailed: "The source is untouched. Try again; if it fails again, please report it.",
};

/** Short names of codes in tables: quarantine, warnings, skipped sessions, backups that were kept. */
const NAMES = {
  AboveMaximum: "Too high",
  BelowMinimum: "Too low",
  DateInFuture: "Date in the future",
  NotADate: "Not a date",
  StreakCapped: "Streak capped",
  StreakExpired: "Streak expired",
  StreakUnsupported: "More than the history shows",
  TargetMissing: "No one is signed in",
  WrongType: "Wrong type",
  AlreadyChunked: "Chunked before",
  AlsoIn: "In another source too",
  BackupDamaged: "Damaged backup",
  ChunksKept: "Chunks kept",
  ClaimsStorageVersion: "Looks chunked, but is not",
  ClockNotTrusted: "The clock has jumped",
  ContainerKept: "Record kept",
  Diverged: "Diverged",
  DuplicateId: "Id used twice",
  GzipUnreadable: "Damaged compression",
  GzipUnsupported: "No gzip in this browser",
  HigherSourceUnreadable: "An earlier source can’t be read",
  IdEmpty: "Empty id",
  IdInvalid: "Unusable id",
  IdMismatch: "Key and id differ",
  IdMissing: "No id",
  IdNotPortable: "Unusable id",
  IdTooLong: "Id too long",
  JsonInvalid: "Not JSON",
  JsonNotExact: "JSON that would change",
  LayoutChanged: "Layout changed, its version not raised",
  NoSessionsThere: "No sessions in it",
  NotAnArray: "Not a list",
  NotAnObject: "Not an object",
  NotCommitted: "Its session is not in chunks",
  OriginalStillThere: "Original still there",
  RolledBack: "Rolled back",
  SharedObject: "Object used in several places",
  StorageDenied: "Storage denied",
  TooManyChunks: "Too long to chunk",
  Unreadable: "Unreadable record",
  UnsupportedValue: "Unknown kind of value",
};

export const STATES = {
  legacy: "To migrate",
  chunked: "Chunked",
  quarantined: "Quarantined",
  diverged: "Diverged",
};

const OUTCOMES = { migrated: "Migrated", renewed: "Layout renewed", skipped: "Skipped", quarantined: "Quarantined", failed: "Failed" };

const WOULD_BE = { migrated: "Would be migrated", renewed: "Would be renewed", skipped: "Would be skipped", quarantined: "Would be quarantined", failed: "Would fail" };

/** What became of a session in a run, or would become of it. */
export function outcomeOf({ outcome, dryRun, fromLayout }) {
  const renewed = outcome === "migrated" && fromLayout !== null;
  return (dryRun ? WOULD_BE : OUTCOMES)[renewed ? "renewed" : outcome];
}

/** Sources of this page, for people: the kind of place, and what its keys are. */
const PLACES = {
  "taskerino-db/collections/sessions": ["IndexedDB, rows", "sessions/…"],
  "taskerino-db/collections/sessions (one record)": ["IndexedDB, one row", "sessions"],
  "localStorage/agents": ["localStorage, keys", "chat_session_…"],
  "localStorage/taskerino-draft:": ["localStorage, keys", "taskerino-draft:…"],
  "localStorage/taskerino-v3-state": ["localStorage, one key", "taskerino-v3-state"],
};

/** A source by its name, as `[kind of place, keys]`. */
export const placeOf = (source) => PLACES[source] ?? [source ?? "made by Restow", null];

/** What the audit says was done. */
export const ACTIONS = {
  capture: "State captured",
  carry: "State carried",
  "carry-undo": "Carry undone",
  "carry-undone": "Carry given up",
  clear: "State cleared",
  restore: "State put back",
  "restore-undone": "Putting back undone",
  cleanup: "Backup removed",
  create: "Created",
  delete: "Deleted",
  layout: "Layout renewed",
  migrate: "Migrated",
  "remove-original": "Original removed",
  repair: "Repaired",
  "resolve-conflict": "Conflict resolved",
  rollback: "Rolled back",
};

/** What a key of state holds. */
export const KINDS = { data: "Data", secret: "Secrets", flag: "Flag" };

/** Why a key is left alone. */
export const LEFT = {
  offered: "Offered, moves only when claimed",
  "other-tenant": "Another tenant’s",
  ambiguous: "Perhaps another tenant’s",
  unknown: "Unknown to the preset",
  token: "Sign-in tokens",
  session: "Sessions",
};

/** How a carry stands. */
export const CARRY = {
  empty: { name: "Nothing to carry", text: "There is nothing from before signing in." },
  waiting: { name: "Waits", text: "No one is signed in. A run carries it once an account is there." },
  pending: { name: "To be carried", text: "An account is there. Rehearse to see what each value would become." },
  done: { name: "Carried", text: "The account has all of it. The key from before stays until you clear it." },
  undone: { name: "Undone", text: "It was put back, and is left alone unless “Also those that were rolled back” is asked for." },
  failed: { name: "Can’t be carried", text: "Both keys are as they were." },
};

/** What became of a carry in a run, or would become of it. */
export const CARRIED = {
  did: { carried: "Carried", unchanged: "Nothing new", empty: "Nothing to carry", waiting: "Waits", undone: "Left alone", failed: "Failed", cancelled: "Cancelled" },
  would: { carried: "Would be carried", unchanged: "Nothing new", empty: "Nothing to carry", waiting: "Would wait", undone: "Would be left alone", failed: "Would fail", cancelled: "Cancelled" },
};

/** The same in a sentence. */
const CARRIED_IN_WORDS = {
  carried: "state carried over", unchanged: "nothing new to carry over", empty: "nothing to carry over", waiting: "carrying over waits for an account",
  undone: "what was undone left alone", failed: "state not carried over", cancelled: "state not carried over",
};

export const carriedInWords = ({ outcome }, dryRun) => (dryRun && outcome === "carried" ? "state would be carried over" : CARRIED_IN_WORDS[outcome]);

/** A code as people read it. */
export const nameOf = (code) => NAMES[code] ?? code.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();

/** `{ code, message, advice }` for anything that was thrown. */
export function explain(error) {
  const code = typeof error?.code === "string" ? error.code : (error?.name ?? "Error");
  const message = error?.message ? String(error.message) : String(error);
  return { code, message, advice: ADVICE[code] ?? null };
}
