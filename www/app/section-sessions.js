/** Every session, where it stands, and what can be done with it. */
import { badge, nameAndId, place, reasons } from "./badges.js";
import { button } from "./controls.js";
import { byId, h } from "./dom.js";
import { bytes, count, idText } from "./format.js";
import { call, fromEvents, runJob } from "./jobs.js";
import { tell, tellError } from "./notices.js";
import { openSession } from "./section-reader.js";
import { rollBack } from "./rollback.js";
import { store } from "./store.js";
import { createTable } from "./table.js";
import { STATES, nameOf } from "./words.js";

const named = (row) => row.label ?? idText(row.id);

async function migrateOne(row) {
  const result = await runJob({ kind: "single", label: `Migrating ${named(row)}`, doing: "Migrating this session" }, ({ signal, progress }) =>
    store.get().restow.migrateSessionToChunked(row.id, { force: row.rolledBack, signal, onProgress: fromEvents(progress) }));
  if (!result) return;
  if (result.outcome === "migrated") tell(`“${named(row)}” now lies in ${result.chunks} chunks, and its backup in ${result.backupPath}.`);
  else tellError(`Migrating “${named(row)}”`, { code: result.code ?? result.outcome, message: result.reason ?? `it was ${result.outcome}` });
}

async function verify(row) {
  const result = await call(`Verifying ${named(row)}`, "Verifying", (restow) => restow.verifySession(row.id));
  if (!result) return;
  if (result.ok) tell(`“${named(row)}” is whole: ${result.checked} pieces read and equal to their digests.`);
  else {
    const places = result.problems.map(({ code, place }) => `${place}: ${nameOf(code)}`).join("; ");
    tellError(`Verifying “${named(row)}”`, { code: "Damaged", message: `Of ${result.checked} pieces, these are wrong: ${places}` });
  }
}

/** What can be done, by state. A record without an id can only be looked at where it lies. */
function actions(row) {
  if (row.id === null) return null;
  const make = (action, text, onClick) => button(text, () => onClick(row), { class: "small", label: `${text}: ${named(row)}`, data: { action } });
  const open = make("open", "Open", (one) => openSession(one.id, named(one)));
  const choices = {
    legacy: () => [make("migrate", "Migrate", migrateOne), open],
    chunked: () => [open, make("verify", "Verify", verify), make("rollback", "Roll back", (one) => rollBack(one.id, null, named(one)))],
    quarantined: () => [open],
    diverged: () => [open, make("verify", "Verify", verify)],
  };
  return h("div", { class: "buttons" }, choices[row.state]());
}

const state = (row) => [badge(row.state, STATES[row.state]), row.rolledBack ? [" ", badge("rolled-back", "Rolled back")] : []];

/** By id, so that no row jumps when its state changes; records without one come last. */
const order = new Intl.Collator("en", { numeric: true });
const sorted = (rows) => [...rows].sort((a, b) => Number(a.id === null) - Number(b.id === null) || order.compare(String(a.id), String(b.id)));

export function mountSessions() {
  const table = createTable({
    caption: "Sessions",
    key: (row, index) => (row.id === null ? `record ${index}` : `${typeof row.id} ${row.id}`),
    columns: [
      { title: "Session", name: "session", head: true, cell: (row) => [nameAndId(row.label, row.id), reasons(row.warnings)] },
      { title: "Source", name: "source", cell: (row) => place(row.source) },
      { title: "State", name: "state", cell: state },
      { title: "Size", name: "size", numeric: true, cell: (row) => (row.bytes > 0 ? bytes(row.bytes) : null) },
      { title: "Chunks", name: "chunks", numeric: true, cell: (row) => (["chunked", "diverged"].includes(row.state) ? count(row.chunks) : null) },
      { title: "Actions", name: "actions", cell: actions },
    ],
  });
  byId("sessions-table").append(table.element);
  store.watch(["sessions"], ({ sessions }) => {
    byId("sessions").hidden = sessions.length === 0;
    table.update(sorted(sessions));
  });
}
