/** One session, read through its handle: metadata at once, chunks only as they are looked at. */
import { button } from "./controls.js";
import { byId, fill, h, setText, terms } from "./dom.js";
import { bytes, count, idText, plural, time } from "./format.js";
import { call } from "./jobs.js";
import { tell } from "./notices.js";
import { store } from "./store.js";
import { jsonText, lazy, titleOf, valueView } from "./values.js";

/** Codes of sessions that lie in their source and stay there, each with what the reader says. */
const STAYS = {
  Quarantined: "This session is in quarantine. It is shown as its source holds it, and nothing was changed.",
  NotChunked: "This session lies in its source, where it was rolled back to. Migrate it to read it piece by piece.",
};

/** Opens a session and shows it. What stays in its source is shown as it lies there. */
export async function openSession(id, name) {
  const open = await call(`Opening ${name}`, `Opening “${name}”`, async (restow) => {
    try {
      const handle = await restow.openSession(id);
      return { id, name, handle, why: "There is no session with this id any more." };
    } catch (error) {
      const why = STAYS[error?.code];
      if (!why) throw error;
      return { id, name, handle: null, why, body: await restow.loadFullSession(id) };
    }
  });
  if (!open) return;
  store.set({ open });
  // The section is drawn in the next microtask; then the reader goes there.
  await Promise.resolve();
  const heading = byId("reader-heading");
  heading.focus({ preventScroll: true });
  heading.scrollIntoView({ block: "start" });
}

function arrayView(handle, { path, length, chunk: step, bytes: size }) {
  // A body may itself be the list.
  const dotted = path.join(".") || "items";
  const range = (from) => {
    const to = Math.min(from + step, length);
    return lazy(to - from > 1 ? `${count(from + 1)} to ${count(to)}` : count(to), async () => {
      const items = await handle.read(path, { from, to });
      return h("ol", { class: "items", start: from + 1 }, items.map((item, index) =>
        h("li", {}, itemView(item, `${dotted} ${from + index + 1}`))));
    }, { data: { range: `${dotted} ${from}-${to}` } });
  };
  const ranges = () => Array.from({ length: Math.ceil(length / step) }, (_, index) => range(index * step));
  return lazy([h("code", {}, dotted), h("span", { class: "meta" }, `${plural(length, "item")}, ${plural(Math.ceil(length / step), "chunk")}, ${bytes(size)}`)], async () => ranges(), { data: { place: dotted } });
}

const itemView = (item, label) => lazy(titleOf(item), async () => valueView(item, label));

function partView(handle, { path, bytes: size }) {
  const dotted = path.join(".");
  return lazy([h("code", {}, dotted), h("span", { class: "meta" }, `one part, ${bytes(size)}`)], async () => valueView(await handle.read(path), dotted), { data: { place: dotted } });
}

/** Metadata that fits a line is a line; the rest is folded away. */
function metadataView(metadata) {
  const plain = [];
  const folded = [];
  for (const [key, value] of Object.entries(metadata)) {
    if (value === null && key in metadata && typeof value === "object") plain.push([key, "null"]);
    else if (typeof value === "object") folded.push([key, value]);
    else plain.push([key, /Time$|At$/.test(key) && typeof value === "string" ? time(value) : String(value)]);
  }
  return [
    terms(plain.map(([key, value]) => [key, value.length > 300 ? `${value.slice(0, 300)}…` : value])),
    folded.map(([key, value]) => {
      const size = Array.isArray(value) ? plural(value.length, "entry", "entries") : plural(Object.keys(value).length, "field");
      return lazy([h("code", {}, key), h("span", { class: "meta" }, size)], async () => valueView(value, key), { data: { field: key } });
    }),
  ];
}

/** Writes through the handle, as an app that lives on Restow does. */
function renameForm(open) {
  const input = h("input", { type: "text", id: "new-name", value: open.handle.metadata.name ?? "", autocomplete: "off" });
  const save = button("Save the name", async () => {
    const name = input.value;
    const saved = await call("Saving", "Saving the name", async (restow) => {
      await open.handle.set("name", name);
      return restow.openSession(open.id);
    });
    if (!saved) return;
    store.set({ open: { ...open, name, handle: saved } });
    tell(`Saved. Only the manifest was written; the revision is now ${saved.revision}.`);
    await Promise.resolve();
    byId("new-name").focus();
  });
  return h("form", { class: "inline", on: { submit: (event) => { event.preventDefault(); save.click(); } } },
    h("label", { for: "new-name" }, "Name"), input, save);
}

function view(open) {
  if (!open.handle) {
    const body = open.body ?? null;
    return [h("p", { class: "hint" }, open.why), body !== null && h("div", { data: { raw: "" } }, valueView(body, "Body of the session"))];
  }
  const { handle } = open;
  const places = handle.places.map((place) => (place.kind === "array" ? arrayView(handle, place) : partView(handle, place)));
  const omitted = new Set(handle.places.map((place) => place.path[0]));
  const rest = Object.fromEntries(Object.entries(handle.metadata).filter(([key]) => !omitted.has(key) || key === "video"));
  return [
    terms([["id", idText(handle.id)], ["revision", count(handle.revision)], ["kept apart", plural(handle.places.length, "array or part", "arrays and parts")]], { class: "terms short" }),
    !Array.isArray(handle.metadata) && renameForm(open),
    h("h3", {}, "Chunks and parts"),
    h("p", { class: "hint" }, places.length > 0 ? "Nothing of these has been loaded yet. Open one to load it." : "This session is small: everything is in its metadata."),
    h("div", { class: "folds", id: "places" }, places),
    h("h3", {}, "Metadata"),
    h("p", { class: "hint" }, `Loaded at once, without chunks and parts: ${count(jsonText(rest).length)} characters.`),
    h("div", { class: "folds" }, metadataView(rest)),
  ];
}

export function mountReader() {
  const close = button("Close", () => {
    store.set({ open: null });
    byId("sessions-heading").focus();
  }, { idle: false, class: "quiet" });
  byId("reader-close").append(close);
  store.watch(["open"], ({ open }) => {
    byId("reader").hidden = !open;
    if (!open) return fill(byId("reader-body"));
    setText(byId("reader-name"), open.name);
    fill(byId("reader-body"), view(open));
  });
}
