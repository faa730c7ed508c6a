/** Values as text that can be looked at: never markup, never more than a screenful at once. */
import { fill, h } from "./dom.js";
import { count } from "./format.js";

const LONG_TEXT = 400;
const LONG_JSON = 12_000;

/** JSON with long texts cut, and with words for what JSON does not know. */
export function jsonText(value) {
  const print = (key, inner) => {
    if (typeof inner === "string" && inner.length > LONG_TEXT) return `${inner.slice(0, 80)}… (${count(inner.length)} characters)`;
    if (inner === undefined) return "(undefined)";
    if (typeof inner === "bigint") return `(bigint) ${inner}`;
    if (inner instanceof Map) return { "(Map)": [...inner] };
    if (inner instanceof Set) return { "(Set)": [...inner] };
    if (inner instanceof Blob) return `(Blob, ${count(inner.size)} bytes)`;
    if (ArrayBuffer.isView(inner) || inner instanceof ArrayBuffer) return `(binary, ${count(inner.byteLength)} bytes)`;
    return inner;
  };
  try {
    return JSON.stringify(value, print, 2) ?? String(value);
  } catch (error) {
    return `(can’t be shown as JSON: ${error.message})`;
  }
}

/** A value in a box that scrolls by itself. */
export const valueView = (value, label) => textView(jsonText(value), label);

/** Text as it is, in a box that scrolls by itself; a very long one is shown by steps. */
export function textView(text, label) {
  const box = h("pre", { tabindex: "0", role: "region", "aria-label": label }, text.slice(0, LONG_JSON));
  if (text.length <= LONG_JSON) return [box];
  const more = h("button", { type: "button", class: "quiet more" }, `Show all ${count(text.length)} characters`);
  more.addEventListener("click", () => {
    box.textContent = text;
    more.remove();
    box.focus();
  });
  return [box, more];
}

/** A short line that tells one item of an array from the next. */
export function titleOf(item) {
  if (typeof item !== "object" || item === null) return String(item).slice(0, 120);
  const text = item.aiAnalysis?.summary ?? item.transcription ?? item.topic ?? item.title ?? item.content ?? item.name ?? item.analysisError ?? item.id;
  return text === undefined ? jsonText(item).replace(/\s+/g, " ").slice(0, 120) : String(text).slice(0, 160);
}

/**
 * A <details> that loads what it holds when it is opened first. What fails is said in it, and tried
 * again when it is opened again.
 */
export function lazy(summary, load, { data = {} } = {}) {
  const content = h("div", { class: "content" });
  const element = h("details", { data }, h("summary", {}, summary), content);
  let state = "closed";
  element.addEventListener("toggle", async () => {
    if (!element.open || state !== "closed") return;
    state = "loading";
    fill(content, h("p", { class: "hint" }, "Loading…"));
    try {
      fill(content, await load());
      state = "loaded";
    } catch (error) {
      fill(content, h("p", { class: "problem", role: "alert" }, `This could not be loaded. ${error.message} `, h("code", { class: "code" }, error.code ?? error.name)));
      state = "closed";
    }
    element.dataset.state = state;
  });
  return element;
}
