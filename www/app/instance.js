/** The open instance of Restow, and what the page knows through it. */
import { localTexts } from "../samples.js";
import { APPLICATIONS } from "./config.js";
import { tell, tellError } from "./notices.js";
import { loadPackage } from "./package.js";
import { store } from "./store.js";

const AUDIT_ENTRIES = 500;

/** Opens Restow, or opens it anew: after the demo was cleared, or with another configuration. */
export async function connect() {
  store.get().restow?.close();
  store.set({ restow: null });
  const { open } = await loadPackage();
  const restow = await open(store.get().config);
  if (restow.worker.note) tell(`Restow works in the page itself, since a worker is not to be had: ${restow.worker.note}.`);
  store.set({ restow });
}

/** What the application has in localStorage, as `[key, text]`; nothing where that is denied. */
function texts() {
  try {
    return localTexts();
  } catch {
    return [];
  }
}

/** Room in the browser's storage, the bytes of all sessions that are listed, and localStorage. */
async function measure(sessions) {
  const { usage = NaN, quota = NaN } = (await navigator.storage?.estimate?.()) ?? {};
  return { usage, quota, bodies: sessions.reduce((sum, row) => sum + row.bytes, 0), local: texts() };
}

let running = null;
let again = false;

/** Reads everything that is shown. Calls that overlap share the work; the last one is never stale. */
export async function refresh() {
  if (running) {
    again = true;
    return running;
  }
  running = readAll().finally(() => {
    running = null;
  });
  await running;
  if (again) {
    again = false;
    await refresh();
  }
}

/** What failed, where it is not reading the list of that name. */
const DOING = { needed: "Asking whether anything is to be migrated", state: "Reading the state in localStorage" };

/** Says what could not be read; lists that fail for one reason are one failure. */
function tellFailures(failures) {
  const groups = new Map();
  for (const failure of failures) {
    const reason = `${failure.error?.code} ${failure.error?.message}`;
    groups.set(reason, [...(groups.get(reason) ?? []), failure]);
  }
  for (const group of groups.values()) {
    tellError(group.length > 1 ? "Reading what is stored" : (DOING[group[0].key] ?? `Reading the ${group[0].key}`), group[0].error);
  }
}

async function readAll() {
  const { restow, config } = store.get();
  if (!restow) return;
  const reads = {
    sessions: () => restow.listSessions(),
    status: () => restow.getMigrationStatus(),
    // As a run would capture it.
    state: () => (config.preset in APPLICATIONS ? restow.captureState({ dryRun: true }) : null),
    needed: () => restow.checkMigrationNeeded(),
    backups: () => restow.listBackups(),
    quarantine: () => restow.listQuarantine(),
    audit: () => restow.readAudit({ limit: AUDIT_ENTRIES }),
  };
  const patch = {};
  const failures = [];
  for (const [key, read] of Object.entries(reads)) {
    try {
      patch[key] = await read();
    } catch (error) {
      // One list that can't be read must not hide the others.
      failures.push({ key, error });
    }
  }
  if (store.get().restow !== restow) return;
  tellFailures(failures);
  store.set({ ...patch, storage: await measure(patch.sessions ?? store.get().sessions) });
}

/** Brings the page up to date when someone comes back to it, from the console for example. */
export function refreshOnReturn() {
  let last = 0;
  const returned = () => {
    if (document.hidden || store.get().job || Date.now() - last < 1_000) return;
    last = Date.now();
    refresh();
  };
  addEventListener("focus", returned);
  document.addEventListener("visibilitychange", returned);
}
