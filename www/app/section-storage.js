/** Storage before and after, and what has been done. */
import { byId, h } from "./dom.js";
import { bytes, count, idText, time } from "./format.js";
import { store } from "./store.js";
import { createTable } from "./table.js";
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
    byId("storage").hidden = !storage || !status || status.total === 0;
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
      { title: "Session", name: "session", cell: (row) => h("span", { class: "id" }, idText(row.id)) },
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
  mountAudit();
}
