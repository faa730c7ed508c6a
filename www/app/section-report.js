/** The report after a run, or after a rehearsal, where everything is “would be”. */
import { badge, findings, nameAndId, place, reasons } from "./badges.js";
import { byId, fill, h, setText, terms } from "./dom.js";
import { bytes, count, duration, plural } from "./format.js";
import { store } from "./store.js";
import { stateReport } from "./report-state.js";
import { createTable } from "./table.js";
import { carriedInWords, outcomeOf, nameOf } from "./words.js";

function heading({ dryRun, cancelled, success }) {
  if (dryRun) return cancelled ? "Rehearsal, cancelled: what would have been done so far" : "Rehearsal: what would be done";
  if (cancelled) return "Migration, cancelled: what was done until then";
  return success ? "Migration: what was done" : "Migration: what was done, and what failed";
}

function sentence(result) {
  const { dryRun, migrated, relaid, skipped, quarantined, errors, durationMs, total } = result;
  const will = dryRun ? "would be" : migrated === 1 ? "was" : "were";
  const rest = [relaid > 0 && `${count(relaid)} of them to a newer layout`, skipped > 0 && `${count(skipped)} ${dryRun ? "would be " : ""}skipped`, quarantined > 0 && `${count(quarantined)} ${dryRun ? "would be " : ""}quarantined`, errors.length > 0 && `${count(errors.length)} ${dryRun ? "would fail" : "failed"}`].filter(Boolean);
  const sessions = !(result.state && total === 0);
  if (!sessions) rest.splice(0, rest.length, ...(result.state.carry ? [carriedInWords(result.state.carry, dryRun)] : []));
  if (sessions && result.state) rest.push(`${plural(result.state.capture.keys, "key")} of state ${dryRun ? "would be " : ""}captured`);
  const start = !sessions ? `There are no sessions, but state: ${plural(result.state.capture.keys, "key")} ${dryRun ? "would be " : ""}captured` : `${count(migrated)} of ${plural(total, "session")} ${will} migrated`;
  const end = dryRun ? " Nothing was written." : ` Backups are kept for ${plural(result.backupRetentionDays, "day")}.`;
  return `${[start, ...rest].join(", ")}; it took ${duration(durationMs)}.${end}`;
}

function totals(result) {
  const sum = (field) => result.sessions.filter((row) => row.outcome === "migrated").reduce((all, row) => all + row[field], 0);
  const { quota } = result;
  return [
    ["Size", bytes(sum("bytes"))],
    ["Chunks and parts", count(sum("chunks"))],
    ["Duration", duration(result.durationMs)],
    ["Room in storage", quota ? `${bytes(quota.headroom)} left at the peak of the run` : "the browser does not tell"],
  ];
}

/** What is missing in storage, and what may help. */
function shortageOf({ dryRun, shortage }) {
  if (!shortage) return [];
  const { needed, available, missing, help } = shortage;
  const what = dryRun ? "Storage may not suffice" : "Storage does not suffice for the next session";
  const said = help.map(({ action, count: fit, bytes: freed }) => HELP[action]({ fit, freed }));
  return [h("p", { class: "problem" }, `${what}: about ${bytes(needed)} needed, ${bytes(available)} free, ${bytes(missing)} missing.${said.length > 0 ? ` What may help: ${said.join("; ")}.` : ""}`)];
}

const HELP = {
  fewer: ({ fit }) => `migrate fewer at once (${plural(fit, "session")} ${fit === 1 ? "fits" : "fit"})`,
  cleanup: ({ freed }) => `clean up expired backups (${bytes(freed)})`,
  persist: () => "let the browser keep this storage (navigator.storage.persist())",
};

/** The session of a row; a source that can't be read has one as a whole. */
const who = (row) =>
  row.outcome === "failed" && row.sessionId === null ? h("span", { class: "name" }, "The whole source") : nameAndId(row.label, row.sessionId);

const notes = (row) => {
  const renewed = row.outcome === "migrated" && row.fromLayout !== null;
  const layout = renewed && h("p", { class: "reason" }, `It lay under version ${row.fromLayout} of the layout.`);
  const why = row.code ? [{ code: row.code, path: "", message: row.reason ?? nameOf(row.code) }] : [];
  return [layout, reasons([...why, ...row.warnings.filter((warning) => warning.code !== row.code)]), findings(row.findings)];
};

export function mountReport() {
  const table = createTable({
    caption: "Sessions of the last run",
    key: (row, index) => `${index} ${typeof row.sessionId} ${row.sessionId}`,
    columns: [
      { title: "Session", name: "session", head: true, cell: (row) => [who(row), notes(row)] },
      { title: "Source", name: "source", cell: (row) => place(row.source) },
      { title: "Outcome", name: "outcome", cell: (row) => badge(row.outcome, outcomeOf(row)) },
      { title: "Size", name: "size", numeric: true, cell: (row) => (row.bytes > 0 ? bytes(row.bytes) : null) },
      { title: "Chunks", name: "chunks", numeric: true, cell: (row) => (row.outcome === "migrated" || row.chunks > 0 ? count(row.chunks) : null) },
      { title: "Time", name: "time", numeric: true, cell: (row) => duration(row.durationMs) },
    ],
  });
  byId("report-table").append(table.element);
  store.watch(["report"], ({ report }) => {
    byId("report").hidden = !report;
    if (!report) return;
    const { result } = report;
    byId("report").classList.toggle("rehearsal", result.dryRun);
    setText(byId("report-title"), heading(result));
    setText(byId("report-sentence"), sentence(result));
    fill(byId("report-figures"), terms(result.state && result.total === 0 ? totals(result).slice(2) : totals(result), { class: "terms short" }));
    fill(byId("report-shortage"), shortageOf(result));
    fill(byId("report-state"), stateReport(result));
    table.update(result.sessions);
  });
}
