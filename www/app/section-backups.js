/** Backups: how long they live, putting one back, cleaning up. */
import { button, wire } from "./controls.js";
import { confirmed } from "./dialog.js";
import { byId, h, setText } from "./dom.js";
import { bytes, days, idText, plural, time } from "./format.js";
import { call } from "./jobs.js";
import { tellError } from "./notices.js";
import { putBack, rollBack } from "./rollback.js";
import { store } from "./store.js";
import { createTable } from "./table.js";
import { nameOf } from "./words.js";

function olderThan() {
  const text = byId("older-than").value.trim();
  if (text === "") return {};
  const olderThanDays = Number(text);
  if (!Number.isFinite(olderThanDays) || olderThanDays < 0) throw Object.assign(new Error("The number of days has to be 0 or more."), { code: "InvalidArgument" });
  return { olderThanDays };
}

function sentence({ removed, kept, freedBytes }) {
  const why = [...new Set(kept.map(({ code }) => nameOf(code)))].join(", ");
  const left = kept.length > 0 ? ` ${plural(kept.length, "backup")} kept, because: ${why}.` : "";
  return removed.length > 0 ? `${plural(removed.length, "backup")} removed, ${bytes(freedBytes)} freed.${left}` : `No backup was removed.${left}`;
}

async function cleanUp() {
  try {
    const options = olderThan();
    const question = { title: "Clean up backups?", yes: "Clean up", danger: true };
    if (!(await confirmed((restow) => restow.cleanupOldBackups({ ...options, confirm: false }), question))) return;
    await call("Cleaning up", "The clean-up", (restow) => restow.cleanupOldBackups({ ...options, confirm: true }), sentence);
  } catch (error) {
    tellError("The clean-up", error);
  }
}

const labelOf = (id) => store.get().sessions.find((row) => row.id === id)?.label ?? null;

/** What a backup is of: a session, by its name; or state, by how many keys it has. */
function nameOfBackup({ id, state }) {
  if (state) return state.registry === "carry" ? "State before it was carried" : `State, ${plural(state.keys, "key")}`;
  return labelOf(id) ?? idText(id);
}

const back = (row) => (row.state ? putBack(row.path, "state") : rollBack(row.id, row.path, labelOf(row.id)));

export function mountBackups() {
  const table = createTable({
    caption: "Backups",
    key: (row) => row.path,
    columns: [
      { title: "Backup of", name: "backup", head: true, cell: (row) => [h("span", { class: "name" }, nameOfBackup(row)), h("span", { class: "id" }, row.path)] },
      { title: "Made", name: "made", cell: (row) => time(row.createdAt) },
      { title: "Remaining", name: "remaining", cell: (row) => [days(row.remainingDays), h("small", { class: "note" }, row.expiresAt ? `until ${time(row.expiresAt)}` : "")] },
      { title: "Reason", name: "reason", cell: (row) => row.reason },
      { title: "Size", name: "size", numeric: true, cell: (row) => bytes(row.bytes) },
      {
        title: "Actions",
        name: "actions",
        cell: (row) => button("Roll back", () => back(row), { class: "small", label: `Roll back ${nameOfBackup(row)} from ${row.path}`, data: { action: "rollback" } }),
      },
    ],
  });
  byId("backups-table").append(table.element);
  wire(byId("clean-up"), cleanUp);
  store.watch(["backups"], ({ backups }) => {
    byId("backups").hidden = backups.length === 0;
    const size = backups.reduce((sum, row) => sum + row.bytes, 0);
    setText(byId("backups-sentence"), `${plural(backups.length, "backup")}, ${bytes(size)}.`);
    table.update(backups);
  });
}
