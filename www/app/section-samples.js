/** Sample data, one's own file, and starting over. */
import { SIZES, clearSamples, plantFile, plantSamples, plantState } from "../samples.js";
import { APPLICATIONS, CONFIG } from "./config.js";
import { wire } from "./controls.js";
import { ask } from "./dialog.js";
import { byId } from "./dom.js";
import { bytes, plural } from "./format.js";
import { connect } from "./instance.js";
import { runJob } from "./jobs.js";
import { tell, tellError } from "./notices.js";
import { store } from "./store.js";

const told = (rows) => {
  const refused = rows.filter((row) => row.expected === "quarantined").length;
  return `${plural(rows.length, "session")} planted${refused ? `, ${refused} of them damaged on purpose` : ""}. Next: rehearse, or migrate.`;
};

/** Opens Restow for another application, if it is not open for that one. */
async function openFor(config) {
  const { preset } = store.get().config;
  if (preset === config.preset) return;
  store.set({ config, report: null, open: null, storageBefore: null });
  await connect();
}

async function plant(size) {
  const rows = await runJob({ kind: "plant", label: `Making ${size} sample data`, doing: "Making sample data", cancellable: true }, async ({ signal, progress }) => {
    const planted = await plantSamples(size, { signal, onProgress: (done, total) => progress({ done, total, detail: "sessions written" }) });
    await openFor(CONFIG);
    return planted;
  });
  if (rows) tell(told(rows));
}

/** Plants the state of another application, and opens Restow with its preset. */
export async function plantApplication(name, options) {
  const keys = await runJob({ kind: "plant", label: "Making sample data", doing: "Making sample data" }, async () => {
    const planted = await plantState(name, options);
    await openFor(APPLICATIONS[name]);
    return planted;
  });
  if (keys) tell(`${plural(keys.length, "key")} of localStorage planted, and Restow opened with the preset “${name}”. Next: rehearse, or migrate.`);
  return keys;
}

async function plantOwn(input) {
  const file = input.files[0];
  if (!file) return;
  const rows = await runJob({ kind: "plant", label: `Reading ${file.name}`, doing: `Reading “${file.name}”` }, async () => {
    const planted = await plantFile(await file.text());
    await openFor(CONFIG);
    return planted;
  });
  input.value = "";
  if (rows) tell(told(rows));
}

/** Deletes what the demo has made and opens Restow anew. */
export async function startOver() {
  store.get().restow?.close();
  store.set({ restow: null, config: CONFIG, report: null, open: null, storageBefore: null });
  try {
    await clearSamples();
  } finally {
    await connect();
  }
}

async function confirmStartOver() {
  const yes = await ask({
    title: "Start over?",
    text: "This deletes the demo’s databases “taskerino-db”, “restow” and what begins with “restow/” in this browser, with every session, chunk and backup in them, and what the demo has put into localStorage.",
    yes: "Delete the demo",
    danger: true,
  });
  if (!yes) return;
  const done = await runJob({ kind: "clear", label: "Clearing the demo", doing: "Starting over" }, async () => {
    await startOver();
    return true;
  });
  if (done) tell("The demo is empty again.");
}

export function mountSamples() {
  for (const element of document.querySelectorAll("[data-plant]")) {
    const size = SIZES[element.dataset.plant];
    element.querySelector(".hint").textContent = `${plural(size.sessions, "session")}, ${bytes(size.bytes)}`;
    wire(element, () => plant(element.dataset.plant));
  }
  for (const element of document.querySelectorAll("[data-application]")) wire(element, () => plantApplication(element.dataset.application));
  const input = byId("file");
  wire(byId("choose-file"), () => input.click());
  input.addEventListener("change", () => plantOwn(input).catch((error) => tellError("Reading the file", error)));
  wire(byId("start-over"), confirmStartOver);
  wire(byId("refresh"), () => runJob({ kind: "refresh", label: "Reading what is stored now", doing: "Refreshing" }, async () => true));
}
