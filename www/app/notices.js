/** What the page has to say: errors stay until they are dismissed, news until the next. */
import { byId, fill, h } from "./dom.js";
import { store } from "./store.js";
import { explain } from "./words.js";

const MOST = 8;
/** News goes by itself after this; it can be read again in the figures and the audit. */
const NEWS_MS = 12_000;
let serial = 0;

function push(notice) {
  serial += 1;
  const kept = store.get().notices.filter((one) => one.kind === "error");
  store.set({ notices: [...kept, { ...notice, id: serial }].slice(-MOST) });
}

/** Takes news away after a while, unless someone is at it. */
function fade(id) {
  setTimeout(() => {
    if (byId("news").matches(":hover, :focus-within")) fade(id);
    else store.set({ notices: store.get().notices.filter((one) => one.id !== id) });
  }, NEWS_MS);
}

/** Something went well, or is worth knowing. */
export function tell(message) {
  push({ kind: "news", message });
  fade(serial);
}

/** Something failed. `doing` says what was being done. */
export function tellError(doing, error) {
  const { code, message, advice } = explain(error);
  // The same once more takes the place of the first: it is read out again, and does not pile up.
  const same = (one) => one.doing === doing && one.code === code && one.message === message;
  store.set({ notices: store.get().notices.filter((one) => !same(one)) });
  push({ kind: "error", doing, code, message, advice });
}

function dismiss(id) {
  store.set({ notices: store.get().notices.filter((one) => one.id !== id) });
  byId("main").focus({ preventScroll: true });
}

function noticeView({ id, kind, doing, code, message, advice }) {
  const button = h("button", { type: "button", class: "quiet", "aria-label": `Dismiss: ${message}`, on: { click: () => dismiss(id) } }, "Dismiss");
  const text =
    kind === "error"
      ? h("p", {}, h("strong", {}, `${doing} failed. `), message, ". ".repeat(Number(!/[.!?]$/.test(message))), " ", advice, " ", h("code", { class: "code" }, code))
      : h("p", {}, message);
  return h("li", { class: `notice ${kind}`, data: { id, ...(code ? { code } : {}) } }, text, button);
}

/** Shows notices; each is drawn once, so that a live region reads it once. */
export function mountNotices() {
  const areas = { error: byId("errors"), news: byId("news") };
  store.watch(["notices"], ({ notices }) => {
    for (const [kind, area] of Object.entries(areas)) {
      const wanted = notices.filter((one) => one.kind === kind);
      const there = new Map([...area.children].map((child) => [Number(child.dataset.id), child]));
      fill(area, wanted.map((one) => there.get(one.id) ?? noticeView(one)));
    }
  });
  addEventListener("error", (event) => tellError("Something on this page", event.error ?? event));
  addEventListener("unhandledrejection", (event) => tellError("Something on this page", event.reason));
}

/** Says a line to screen readers only. */
export function announce(text) {
  byId("spoken").textContent = text;
}
