/** Small shared pieces of tables: badges, names, reasons. */
import { h } from "./dom.js";
import { idText } from "./format.js";
import { nameOf, placeOf } from "./words.js";

/** A coloured badge; its text says everything that its colour says. */
export const badge = (kind, text) => h("span", { class: `badge ${kind}` }, text);

/** The name of a session, and its id below. */
export function nameAndId(label, id) {
  const numeric = typeof id === "number" ? h("span", { class: "type", title: "This id is a number, not text" }, " number") : null;
  return [
    label ? h("span", { class: "name" }, label) : h("span", { class: "name none" }, "no name"),
    h("span", { class: "id" }, idText(id), numeric),
  ];
}

/** Where a session lies, or came from. */
export function place(source) {
  const [kind, keys] = placeOf(source);
  return [h("span", { class: "place" }, kind), keys && h("span", { class: "id" }, keys)];
}

/** What limits have found, with as much of each value as may be shown. */
export function findings(list) {
  const shown = ({ type, length, value }) => (value !== null ? JSON.stringify(value) : length === null ? type : `${type}, length ${length}`);
  return list.map(({ code, path, action, was, becomes, why }) => {
    const change = ["cap", "drop"].includes(action) ? `${shown(was)} → ${shown(becomes)}` : shown(was);
    return h("p", { class: "reason finding" }, h("strong", {}, nameOf(code)), ": ", path ? [h("code", {}, path), " "] : null, change, why ? `, ${why}` : null, " ", h("code", { class: "code" }, code));
  });
}

/** Codes with their reasons in words. */
export function reasons(list) {
  return list.map(({ code, path, message, reason }) =>
    h("p", { class: "reason" },
      h("strong", {}, nameOf(code)), ": ", path ? [h("code", {}, path), " "] : null, message ?? reason,
      " ", h("code", { class: "code" }, code)));
}
