/** Tables that grow by steps, keep their rows, and become cards on a phone. */
import { fill, h } from "./dom.js";
import { plural } from "./format.js";

/**
 * A table. `columns`: `[{ title, name, cell(row), numeric?, head? }]`; `key(row, index)` tells rows
 * apart. Rows that have not changed keep their elements, and so keyboard focus. Long tables show
 * `step` rows and a button for more. Roles are written out: on a phone the rows are laid out as
 * cards, and some browsers then forget that it is a table.
 */
export function createTable({ caption, columns, key, step = 25 }) {
  const header = h("tr", { role: "row" }, columns.map(({ title, name, numeric }) =>
    h("th", { scope: "col", role: "columnheader", class: numeric ? "numeric" : "", data: { name } }, title)));
  const body = h("tbody", { role: "rowgroup" });
  const more = h("button", { type: "button", class: "quiet more" });
  const table = h("table", { role: "table" }, h("caption", { class: "unseen" }, caption), h("thead", { role: "rowgroup" }, header), body);
  const element = h("div", { class: "table" }, table, more);
  let rows = [];
  let shown = step;
  let drawn = new Map();

  function row(data, id) {
    const cells = columns.map(({ title, name, cell, numeric, head }) => {
      const content = cell(data);
      const empty = content === null || content === "";
      return h(head ? "th" : "td", { ...(head ? { scope: "row" } : {}), role: head ? "rowheader" : "cell", class: [numeric && "numeric", empty && "empty"].filter(Boolean).join(" "), data: { name, title } },
        h("div", { class: "cell" }, empty ? "–" : content));
    });
    return h("tr", { role: "row", data: { key: id } }, cells);
  }

  function draw() {
    const before = drawn;
    const focus = focusIn(body);
    drawn = new Map();
    rows.slice(0, shown).forEach((data, index) => {
      const id = key(data, index);
      const print = JSON.stringify(data);
      const old = before.get(id);
      drawn.set(id, old?.print === print ? old : { print, element: row(data, id) });
    });
    fill(body, [...drawn.values()].map((one) => one.element));
    restoreFocus(focus, drawn);
    const left = rows.length - shown;
    more.hidden = left <= 0;
    more.textContent = `Show ${plural(Math.min(left, step * 4), "more row", "more rows")} of ${rows.length}`;
  }

  more.addEventListener("click", () => {
    const first = rows[shown];
    const index = shown;
    shown += step * 4;
    draw();
    const next = drawn.get(key(first, index))?.element;
    next?.querySelector("button, summary")?.focus();
  });

  return {
    element,
    update(next) {
      rows = next;
      element.hidden = rows.length === 0;
      draw();
    },
  };
}

/** Where the focus is inside a table: which row, and which of its buttons. */
function focusIn(body) {
  const active = document.activeElement;
  const tr = body.contains(active) ? active.closest("tr") : null;
  return tr && { key: tr.dataset.key, action: active.dataset.action };
}

/** Puts the focus back where it was, if the row is new or was moved. */
function restoreFocus(focus, drawn) {
  const tr = focus && [...drawn.values()].find((one) => one.element.dataset.key === focus.key)?.element;
  if (!tr || tr.contains(document.activeElement)) return;
  const same = [...tr.querySelectorAll("button")].find((one) => one.dataset.action === focus.action);
  (same ?? tr.querySelector("button"))?.focus({ preventScroll: true });
}
