/** Rehearse, migrate, cancel; the progress of whatever is under way. */
import { wire } from "./controls.js";
import { byId, setText } from "./dom.js";
import { count, plural } from "./format.js";
import { fromEvents, runJob } from "./jobs.js";
import { announce, tell } from "./notices.js";
import { store } from "./store.js";
import { carriedInWords } from "./words.js";

function sentence(result) {
  const would = result.dryRun ? "would be " : "";
  const sessions = [`${result.migrated} ${would}migrated`, `${result.skipped} skipped`, `${result.quarantined} quarantined`];
  const parts = [...(result.state && result.total === 0 ? [] : sessions), ...(result.state ? stateWords(result) : []), `${result.errors.length} failed`];
  const start = result.cancelled ? "Cancelled" : result.dryRun ? "Rehearsal finished, nothing was written" : "Migration finished";
  return `${start}: ${parts.join(", ")}.`;
}

/** State in a few words. */
function stateWords({ state, dryRun }) {
  const captured = `${plural(state.capture.keys, "key")} ${dryRun ? "would be " : ""}captured`;
  return state.carry ? [captured, carriedInWords(state.carry, dryRun)] : [captured];
}

/** Runs all sessions, for real or as a rehearsal, and shows the report. */
export async function runAll({ dryRun, force = false }) {
  const before = store.get().storage;
  const result = await runJob(
    { kind: dryRun ? "rehearse" : "migrate", label: dryRun ? "Rehearsing" : "Migrating", doing: dryRun ? "The rehearsal" : "The migration", cancellable: true },
    ({ signal, progress }) => store.get().restow.migrateAllSessions({ dryRun, force, signal, onProgress: fromEvents(progress) }),
  );
  if (!result) return;
  store.set({ report: { result }, ...(dryRun ? {} : { storageBefore: before }) });
  tell(sentence(result));
  announce(sentence(result));
}

function renderJob({ job }) {
  const box = byId("job");
  box.hidden = !job;
  byId("main").setAttribute("aria-busy", String(Boolean(job)));
  if (!job) return;
  const bar = byId("progress");
  if (job.total > 0) {
    bar.max = job.total;
    bar.value = job.done;
  } else {
    bar.removeAttribute("value");
  }
  setText(byId("job-label"), job.stopping ? `${job.label}: stopping after this session` : job.label);
  setText(byId("job-count"), job.total > 0 ? `${count(job.done)} of ${count(job.total)}` : "");
  setText(byId("job-detail"), job.detail);
  const cancel = byId("cancel");
  const within = document.activeElement === cancel;
  cancel.hidden = !job.cancel;
  if (within && cancel.hidden) byId("migrate").focus();
}

export function mountRun() {
  wire(byId("rehearse"), () => runAll({ dryRun: true }));
  wire(byId("migrate"), () => runAll({ dryRun: false, force: byId("force").checked }));
  wire(byId("cancel"), () => store.get().job?.cancel?.(), { idle: false });
  store.watch(["job"], (state) => {
    const cancel = byId("cancel");
    const had = document.activeElement === cancel;
    renderJob(state);
    // The bar goes when the work is through; whoever stood on its button stands on the next one.
    if (had && !state.job) byId("migrate").focus();
  });
  store.watch(["sessions", "status"], ({ sessions, status }) => {
    const undone = status?.state?.carry?.standing === "undone";
    byId("force-choice").hidden = !undone && !sessions.some((row) => row.rolledBack);
  });
}
