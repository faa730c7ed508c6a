// Tables and charts of what was measured.

import { median, milliseconds, ratio, times } from "./figures.mjs";
import { chart } from "./svg.mjs";
import { peers } from "./workloads.mjs";

/** A table of Markdown; all columns but the first `left` are figures. */
export function table(head, rows, left = 1) {
  const cells = (row) => `| ${row.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;
  return [cells(head), cells(head.map((_, index) => (index < left ? "---" : "---:"))), ...rows.map(cells)].join("\n");
}

/** A batch: each peer's median, Restow's time against it, and what it does about safety. */
export function batchTable(batch) {
  const rows = peers.map(({ id, name, does }) => {
    if (batch.failed[id]) return [name, does, `failed: ${batch.failed[id]}`, "–"];
    return [name, does, milliseconds(median(batch.ms[id] ?? [])), id === "restow" ? "" : times(ratio(batch.ms.restow, batch.ms[id]))];
  });
  return table(["", "it does", `median of ${Math.max(0, ...Object.values(batch.ms).map((list) => list.length))}`, "Restow against it"], rows, 2);
}

const kindOf = (id) => ({ restow: "own", floor: "floor" })[id];

export function batchChart(title, batches) {
  const panels = batches.map(({ workload, ms }) => ({
    name: `${workload}, median milliseconds, less is better`,
    bars: peers.filter(({ id }) => ms[id]).map(({ id, name }) => ({ label: name, value: median(ms[id]), text: milliseconds(median(ms[id])), kind: kindOf(id) })),
  }));
  return chart(title, panels);
}

/** Pairs such as `{ "open, restow": 1, "open, whole": 2 }` as rows. */
export function pairs(access) {
  const names = [...new Set(Object.keys(access).map((name) => name.split(", ")[0]))];
  return names.map((name) => ({ name, restow: access[`${name}, restow`], whole: access[`${name}, whole`] }));
}

export const accessTable = (access) =>
  table(["", "in chunks", "as one record", "ratio"], pairs(access).map(({ name, restow, whole }) => [name, milliseconds(restow), milliseconds(whole), times(restow / whole)]));

export function accessChart(title, access) {
  return chart(title, pairs(access).map(({ name, restow, whole }) => ({
    name: `${name}, median milliseconds, less is better`,
    bars: [{ label: "in chunks", value: restow, text: milliseconds(restow), kind: "own" }, { label: "as one record", value: whole, text: milliseconds(whole) }],
  })));
}

const YES = { true: "yes", false: "no", null: "–" };

/** Goals of Chromium, with Firefox beside. */
export function goalsTable(rows, beside) {
  const other = new Map((beside ?? []).map((row) => [row.what, row.reached]));
  return table(["what", "goal", "reached", "met", "Firefox"], rows.map(({ what, goal, reached, met }) => [what, goal, reached, YES[met], other.get(what) ?? "–"]));
}
