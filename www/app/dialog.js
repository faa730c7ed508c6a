/** Questions before something is changed for good, with what would happen. */
import { explain } from "./words.js";
import { button } from "./controls.js";
import { h, terms } from "./dom.js";
import { bytes, count, time, words } from "./format.js";
import { store } from "./store.js";

/** A value of a preview, for people. */
function shown(key, value) {
  if (value === null || value === undefined) return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return /bytes/i.test(key) ? bytes(value) : count(value);
  if (typeof value === "string") return /At$/.test(key) ? time(value) : value;
  if (Array.isArray(value) && value.length === 0) return "none";
  const lines = Array.isArray(value) ? value : Object.entries(value).map(([name, inner]) => [words(name), inner]);
  const text = lines.slice(0, 20).map((line) => h("li", {}, Array.isArray(line) ? `${line[0]}: ${plain(line[1])}` : plain(line)));
  if (lines.length > 20) text.push(h("li", {}, `and ${count(lines.length - 20)} more`));
  return h("ul", { class: "plain" }, text);
}

/** A value in one line: of an object what it has, by name. */
function plain(value) {
  if (typeof value !== "object" || value === null) return String(value ?? "none");
  return Object.entries(value).filter(([, inner]) => inner !== null).map(([name, inner]) => `${words(name)}: ${plain(inner)}`).join(", ");
}

/** The preview that `ConfirmationRequired` carries, as a list of terms. */
export function previewOf(preview) {
  if (typeof preview !== "object" || preview === null) return null;
  return terms(Object.entries(preview).map(([key, value]) => [words(key), shown(key, value)]), { class: "terms preview" });
}

/**
 * Asks. `choices` are radio buttons `[{ value, text, hint }]`. Resolves to the chosen value (or
 * `true`), or to `null` if the person thought better of it.
 */
export function ask({ title, text, preview, choices, yes, danger = false }) {
  return new Promise((resolve) => {
    let answer = null;
    const radios = (choices ?? []).map(({ value, text: label, hint }, index) =>
      h("label", { class: "choice" },
        h("input", { type: "radio", name: "choice", value, checked: index === 0 }),
        h("span", {}, label, hint && h("small", {}, hint))));
    const accept = button(yes, () => {
      answer = choices ? dialog.querySelector("input:checked").value : true;
      dialog.close();
    }, { idle: false, class: danger ? "danger" : "primary", data: { answer: "yes" } });
    const refuse = button("Leave as it is", () => dialog.close(), { idle: false, class: "quiet", data: { answer: "no" } });
    const dialog = h("dialog", { "aria-labelledby": "dialog-title" },
      h("h2", { id: "dialog-title" }, title),
      text && h("p", {}, text),
      choices && h("fieldset", {}, h("legend", { class: "unseen" }, title), radios),
      preview && h("details", { class: "preview", open: true }, h("summary", {}, "What would happen"), preview),
      h("div", { class: "actions" }, accept, refuse));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
    refuse.focus();
  });
}

/**
 * Calls something without `confirm` first, shows what it would do, and resolves to `true` if the
 * person agrees. What fails for another reason than the missing confirmation is thrown.
 */
export async function confirmed(unconfirmed, question) {
  try {
    await unconfirmed(store.get().restow);
  } catch (error) {
    if (error?.code !== "ConfirmationRequired") throw error;
    const { message } = explain(error);
    const sentence = message.replace(/^.*`confirm: true`:\s*/, "").replace(/^./, (first) => first.toUpperCase());
    return ask({ text: /[.!?]$/.test(sentence) ? sentence : `${sentence}.`, preview: previewOf(error.preview), ...question });
  }
  throw new Error("the call went ahead without being confirmed");
}
