/** What needs a person: diverged sessions, and sessions in quarantine. */
import { nameAndId, place, reasons } from "./badges.js";
import { button, wire } from "./controls.js";
import { ask, confirmed } from "./dialog.js";
import { byId, h, setText } from "./dom.js";
import { bytes, idText, plural, time } from "./format.js";
import { call, runJob } from "./jobs.js";
import { tell, tellError } from "./notices.js";
import { SOURCES, plantStaleCopy } from "../samples.js";
import { store } from "./store.js";
import { createTable } from "./table.js";

const SIDES = [
  { value: "chunks", text: "Keep the chunks", hint: "What Restow holds. The copy in the old place is backed up, then removed." },
  { value: "source", text: "Keep the old place", hint: "What the application has written there since. The chunks are backed up, then replaced." },
];

async function decide(row) {
  const name = row.label ?? idText(row.id);
  const keep = await ask({
    title: `Which “${name}” is to be kept?`,
    text: "Its old place holds something else than the chunks. Different does not mean newer: only you can know.",
    choices: SIDES,
    yes: "Go on",
  });
  if (!keep) return;
  const question = { title: keep === "chunks" ? "Keep the chunks?" : "Keep the old place?", yes: "Keep this one", danger: true };
  try {
    if (!(await confirmed((restow) => restow.resolveConflict(row.id, keep, { confirm: false }), question))) return;
  } catch (error) {
    tellError("Deciding", error);
    return;
  }
  await call(`Deciding on ${name}`, "Deciding", (restow) => restow.resolveConflict(row.id, keep, { confirm: true }), () => `“${name}” has one side again. The other is among the backups.`);
}

/** Shows how a session diverges: an old tab saves its copy into its row once more. */
async function simulate() {
  const row = store.get().sessions.find((one) => one.state === "chunked" && one.source === SOURCES.row);
  if (!row) return tell("Migrate first: only a session in chunks can diverge, and the stale tab knows rows only.");
  const done = await runJob({ kind: "call", label: "Saving an old copy", doing: "Saving an old copy" }, async () => {
    const session = await store.get().restow.loadFullSession(row.id);
    await plantStaleCopy({ ...session, description: "Saved by a tab that had slept through the migration." });
    return true;
  });
  if (done) tell(`A stale tab has saved “${row.label ?? idText(row.id)}” into its old place.`);
}

function mountDiverged() {
  const table = createTable({
    caption: "Diverged sessions",
    key: (row) => `${typeof row.id} ${row.id}`,
    columns: [
      { title: "Session", name: "session", head: true, cell: (row) => nameAndId(row.label, row.id) },
      { title: "Old place", name: "source", cell: (row) => place(row.source) },
      { title: "Size", name: "size", numeric: true, cell: (row) => bytes(row.bytes) },
      { title: "Actions", name: "actions", cell: (row) => button("Decide…", () => decide(row), { class: "small", label: `Decide on ${row.label ?? idText(row.id)}`, data: { action: "decide" } }) },
    ],
  });
  byId("diverged-table").append(table.element);
  wire(byId("simulate"), simulate);
  store.watch(["sessions"], ({ sessions }) => {
    const rows = sessions.filter((row) => row.state === "diverged");
    setText(byId("diverged-sentence"), rows.length > 0 ? `${plural(rows.length, "session")} in two places, and different. Both are kept until you decide.` : "No session has diverged.");
    table.update(rows);
    byId("decisions").hidden = sessions.length === 0;
  });
}

function mountQuarantine() {
  const table = createTable({
    caption: "Sessions in quarantine",
    key: (row) => row.place,
    columns: [
      { title: "Session", name: "session", head: true, cell: (row) => [h("span", { class: "name" }, idText(row.id)), h("span", { class: "id" }, row.place)] },
      { title: "Why it stays", name: "why", cell: (row) => reasons([row]) },
      { title: "Since", name: "since", cell: (row) => time(row.since) },
    ],
  });
  byId("quarantine-table").append(table.element);
  store.watch(["quarantine", "status"], ({ quarantine, status }) => {
    const seen = status?.quarantined ?? 0;
    const none = seen > 0 ? `${plural(seen, "session")} can’t be moved safely; they are listed above, and here after a run.` : "No session is in quarantine.";
    setText(byId("quarantine-sentence"), quarantine.length > 0 ? `${plural(quarantine.length, "session")} can’t be moved safely and ${quarantine.length === 1 ? "stays" : "stay"} untouched.` : none);
    table.update(quarantine);
  });
}

export function mountDecisions() {
  mountDiverged();
  mountQuarantine();
}
