/** State in the report of a run: what was captured, what was carried, what limits have found. */
import { badge, findings } from "./badges.js";
import { h, terms } from "./dom.js";
import { bytes, count, plural } from "./format.js";
import { createTable } from "./table.js";
import { CARRIED, LEFT, nameOf } from "./words.js";

function captured({ capture, registry }, dryRun) {
  const would = dryRun ? "would be " : "";
  if (capture.outcome === "failed") return h("p", { class: "problem" }, `State could not be captured: ${capture.reason} `, h("code", { class: "code" }, capture.code));
  if (capture.outcome === "empty") return h("p", {}, "There is no state to capture.");
  if (capture.outcome === "cancelled") return h("p", {}, "State was not captured, since the run was cancelled before.");
  const left = Object.entries(capture.left).map(([why, number]) => `${count(number)} ${LEFT[why].toLowerCase()}`);
  const pairs = [
    ["Captured", `${plural(capture.keys, "key")} ${would}captured, ${bytes(capture.bytes)}`],
    ["Registry", registry],
    ["Kinds", Object.entries(capture.classes).map(([name, number]) => (number > 1 ? `${name} (${number})` : name)).join(", ")],
  ];
  if (capture.offered.length > 0) pairs.push(["Offered", `${plural(capture.offered.length, "key")}, only when claimed`]);
  if (left.length > 0) pairs.push(["Left alone", left.join(", ")]);
  if (capture.path) pairs.push(["Snapshot", h("code", {}, capture.path)]);
  return terms(pairs, { class: "terms preview" });
}

/** A value as much as it may be shown. */
function shown({ type, length, value }) {
  if (type === "missing") return "–";
  if (type === "date" && typeof value === "number") return new Date(value).toISOString().slice(0, 10);
  if (typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value)) return value.slice(0, 16).replace("T", " ");
  if (value !== null) return String(value);
  return length === null ? type : `${type}, length ${count(length)}`;
}

function carried(carry, dryRun) {
  const word = (dryRun ? CARRIED.would : CARRIED.did)[carry.outcome];
  const head = [h("h3", {}, "Carried over"), h("p", {}, h("code", {}, carry.from), " → ", h("code", {}, carry.to), " ", badge(`carry-${carry.outcome}`, word))];
  const why = carry.reason && h("p", { class: "hint" }, `${carry.reason.replace(/^./, (first) => first.toUpperCase())}. `, h("code", { class: "code" }, carry.code));
  const there = ({ from, to, becomes }) => [from, to, becomes].some(({ type }) => type !== "missing");
  const rows = (carry.result?.changes ?? []).filter(there);
  const table = createTable({
    caption: "What was carried, value by value",
    key: (row) => row.path,
    columns: [
      { title: "Value", name: "value", head: true, cell: (row) => h("code", {}, row.path) },
      { title: "Before signing in", name: "from", cell: (row) => shown(row.from) },
      { title: "Account", name: "to", cell: (row) => shown(row.to) },
      { title: dryRun ? "Would become" : "Became", name: "becomes", cell: (row) => h("strong", {}, shown(row.becomes)) },
      { title: "By", name: "rule", cell: (row) => row.rule },
    ],
  });
  table.update(rows);
  return [...head, why, rows.length > 0 ? h("div", { data: { table: "carried" } }, table.element) : null];
}

/** Each once: what is captured and carried as well was found by both. */
function found({ capture, carry }) {
  const seen = new Set(capture.findings.map(({ key, code, path }) => `${key} ${code} ${path}`));
  const more = (carry?.result?.findings ?? []).filter(({ key, code, path }) => !seen.has(`${key} ${code} ${path}`));
  const all = [...capture.findings, ...more];
  if (all.length === 0) return null;
  const keys = [...new Set(all.map(({ key }) => key))];
  return [h("h3", {}, "Findings"), keys.map((key) => [h("p", { class: "found" }, h("code", {}, key)), findings(all.filter((one) => one.key === key))])];
}

/** Parts of the run that failed as a whole, other than those that are told of above. */
const failed = (result) =>
  result.errors.filter(({ part, sessionId }) => part === "sessions" && sessionId === null).map(({ code, message }) => h("p", { class: "problem" }, `Sessions: ${nameOf(code)}. ${message} `, h("code", { class: "code" }, code)));

export function stateReport(result) {
  const { state, dryRun } = result;
  if (!state) return [];
  return [h("h3", {}, "State"), captured(state, dryRun), state.carry ? carried(state.carry, dryRun) : null, found(state), failed(result), result.total > 0 ? h("h3", {}, "Sessions") : null];
}
