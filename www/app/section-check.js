/** Checking everything that is stored, and repairing what can be proven. */
import { wire } from "./controls.js";
import { confirmed } from "./dialog.js";
import { byId, h, setText } from "./dom.js";
import { count, idText, plural } from "./format.js";
import { call, fromEvents, runJob } from "./jobs.js";
import { tell, tellError } from "./notices.js";
import { store } from "./store.js";
import { createTable } from "./table.js";
import { nameOf } from "./words.js";

const checked = ({ sessions, backups, checked: pieces }) =>
  `${plural(sessions, "session")} and ${plural(backups, "backup")} read, ${count(pieces)} digests compared`;

function sentence(result) {
  if (result.cancelled) return `Stopped: ${checked(result)}, ${plural(result.problems.length, "problem")} so far.`;
  return result.ok ? `Everything is whole: ${checked(result)}.` : `${checked(result)}: ${plural(result.problems.length, "problem")}.`;
}

const repairSentence = ({ repaired, left }) =>
  `${plural(repaired.length, "thing")} repaired.${left.length > 0 ? ` ${plural(left.length, "thing")} left: ${[...new Set(left.map(({ reason }) => nameOf(reason)))].join(", ")}.` : ""}`;

export function mountCheck() {
  const table = createTable({
    caption: "Problems",
    key: (row, index) => `${index} ${row.store} ${row.place}`,
    step: 20,
    columns: [
      { title: "Where", name: "where", head: true, cell: ({ store: where, place }) => `${where}: ${place}` },
      { title: "Session", name: "session", cell: ({ sessionId }) => (sessionId === null ? null : h("span", { class: "id" }, idText(sessionId))) },
      { title: "What", name: "what", cell: ({ code }) => nameOf(code) },
    ],
  });
  byId("problems-table").append(table.element);

  const show = (result) => {
    setText(byId("check-sentence"), sentence(result));
    byId("problems").hidden = result.problems.length === 0;
    table.update(result.problems);
    return result;
  };

  const check = async () => {
    const work = ({ signal, progress }) => store.get().restow.verifyAll({ signal, onProgress: fromEvents(progress) });
    const result = await runJob({ kind: "check", label: "Checking everything", doing: "The check", cancellable: true }, work);
    if (result) tell(sentence(show(result)));
  };

  const repair = async () => {
    try {
      const question = { title: "Repair what is damaged?", yes: "Repair" };
      if (!(await confirmed((restow) => restow.repair({ confirm: false }), question))) return;
      const result = await call("Repairing", "The repair", (restow) => restow.repair({ confirm: true }), repairSentence);
      if (result) await check();
    } catch (error) {
      tellError("The repair", error);
    }
  };

  wire(byId("check"), check);
  wire(byId("repair"), repair);
}
