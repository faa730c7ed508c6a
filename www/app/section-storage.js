/** Storage before and after, and what has been done. */
import { byId, h, setText } from "./dom.js";
import { bytes, count, idText, plural, time } from "./format.js";
import { APPLICATIONS } from "./config.js";
import { store } from "./store.js";
import { createTable } from "./table.js";
import { lazy, textView } from "./values.js";
import { ACTIONS } from "./words.js";

const LINES = [
  ["In use, as the browser tells", "usage"],
  ["Bodies of sessions, as counted", "bodies"],
  ["Allowed by the browser", "quota"],
];

function change({ before, now }) {
  if (before === null || now === before) return null;
  return `${now > before ? "+" : ""}${bytes(now - before)}`;
}

/** Keys of localStorage before and now, with their texts; `null` where there is none. */
function localRows(before, now, told) {
  const [then, there] = [new Map(before ?? now), new Map(now)];
  const keys = [...new Set([...then.keys(), ...there.keys()])].sort();
  return keys.map((key) => ({ key, before: before && (then.get(key) ?? null), now: there.get(key) ?? null, told }));
}

function localSentence(rows) {
  if (rows.length === 0) return "The application has nothing there.";
  const there = rows.filter(({ now }) => now !== null).length;
  const more = rows.some(({ told }) => told) ? "Open one to see its text as it lies there." : "What they hold is shown under “State”, as far as it may be shown.";
  return `${plural(there, "key")} of the application. ${more}`;
}

const length = (text) => (text === null ? null : plural(text.length, "character"));

function mountLocal() {
  const table = createTable({
    caption: "localStorage before and after",
    key: (row) => row.key,
    columns: [
      { title: "Key", name: "key", head: true, cell: ({ key, now, told }) => (now === null || !told ? h("code", {}, key) : lazy(h("code", {}, key), async () => textView(now, key))) },
      { title: "Before the last run", name: "before", numeric: true, cell: ({ before }) => length(before) },
      { title: "Now", name: "now", numeric: true, cell: ({ before, now }) => (now === null ? "gone" : length(now)) },
    ],
  });
  byId("local-table").append(table.element);
  store.watch(["storage", "storageBefore", "config"], ({ storage, storageBefore, config }) => {
    // Among the texts of an application with state are secrets.
    const told = !(config.preset in APPLICATIONS);
    const rows = localRows(storageBefore?.local ?? null, storage?.local ?? [], told);
    setText(byId("local-sentence"), localSentence(rows));
    table.update(rows);
  });
}

function mountStorage() {
  const table = createTable({
    caption: "Storage before and after",
    key: (row) => row.name,
    columns: [
      { title: "What", name: "what", head: true, cell: (row) => row.name },
      { title: "Before the last run", name: "before", numeric: true, cell: (row) => (row.before === null ? null : bytes(row.before)) },
      { title: "Now", name: "now", numeric: true, cell: (row) => bytes(row.now) },
      { title: "Change", name: "change", numeric: true, cell: change },
    ],
  });
  byId("storage-table").append(table.element);
  store.watch(["storage", "storageBefore", "status"], ({ storage, storageBefore, status }) => {
    byId("storage").hidden = !storage || !status || (status.total === 0 && !status.state);
    if (storage) table.update(LINES.map(([name, field]) => ({ name, before: storageBefore?.[field] ?? null, now: storage[field] })));
  });
}

function mountAudit() {
  const table = createTable({
    caption: "Audit, newest first",
    key: (row) => String(row.seq),
    step: 10,
    columns: [
      { title: "When", name: "when", head: true, cell: (row) => time(row.at) },
      { title: "What", name: "what", cell: (row) => ACTIONS[row.action] ?? row.action },
      { title: "Session", name: "session", cell: (row) => h("span", { class: "id" }, row.id === null ? "state" : idText(row.id)) },
      { title: "Chunks", name: "chunks", numeric: true, cell: (row) => count(row.chunks) },
      { title: "Size", name: "size", numeric: true, cell: (row) => bytes(row.bytes) },
    ],
  });
  byId("audit-table").append(table.element);
  store.watch(["audit"], ({ audit }) => {
    byId("audit").hidden = audit.length === 0;
    table.update([...audit].reverse());
  });
}

export function mountRecords() {
  mountStorage();
  mountLocal();
  mountAudit();
}
