// One attempt: databases of its own, a call that is disturbed in a worker, and what is left of it.

import { open } from "/restow/index.js";
import { difference, picture, same, wherever } from "./oracle.js";
import { kinds, texts } from "./kinds.js";
import { each, within } from "./report.js";
import { allowedBodies, configOf, plantedLater } from "./scenarios.js";
import { drop, dump, put } from "./storage.js";

/** Longer than any wait of the package's own may take. */
const LIMIT_MS = 75_000;

/** A death, and all that is looked at after it. */
const ATTEMPT_LIMIT_MS = 2 * LIMIT_MS;

const DROP_LIMIT_MS = 2_000;
const LOCKS_LIMIT_MS = 3_000;

export const isWebKit = navigator.vendor.startsWith("Apple");

let attempts = 0;
let module;

/** Databases that nobody has used yet. */
export function newNames() {
  attempts += 1;
  return { app: `app-${attempts}`, own: `restow-${attempts}` };
}

/**
 * Takes away what an attempt has used. WebKit may hold a database for ever for a worker that was ended just after it
 * closed its connection; as nobody uses a name twice, it is left then.
 */
export async function dropAll({ app, own }) {
  texts.drop(app);
  await within(DROP_LIMIT_MS, Promise.all([drop(app), drop(own)]));
}

/** What the application has, wherever it keeps it. */
export const dumpApp = ({ kind }, { app }) => (kinds[kind].local ? texts.dump(app) : dump(app));

/** The application writes. */
const putApp = ({ kind }, { app }, records) => (kinds[kind].local ? texts.put(app, records) : put(app, records));

/** The application writes one session, as it is at work. */
export async function edit(scenario, names, id, body) {
  const { docs } = await dumpApp(scenario, names);
  await putApp(scenario, names, await kinds[scenario.kind].edit(docs, id, body, names.app));
}

/** What the application has stored, and what was done before the call. */
export async function prepared(scenario, names) {
  const { kind, ids, prepare } = scenario;
  await putApp(scenario, names, await kinds[kind].plant(ids.map((id) => kinds[kind].body(id)), names.app));
  if (scenario.preparedAt) {
    // Long ago: a worker can have a clock of its own.
    const { value } = await inWorker({ name: scenario.name, names, call: "prepare", clock: scenario.preparedAt });
    if (value?.outcome?.error) throw new Error(`the preparation of ${scenario.name} failed: ${JSON.stringify(value.outcome)}`);
  } else if (prepare) {
    const restow = await open(configOf(scenario, names, "prepare"));
    await prepare(restow, names);
    restow.close();
  }
  for (const [id, body] of plantedLater(scenario)) await edit(scenario, names, id, body);
  await scenario.spoil?.(names);
}

/** Runs the call in a worker of its own. A worker that dies is ended at once. */
export function inWorker(message) {
  let worker;
  const work = (async () => {
    module ??= await WebAssembly.compileStreaming(fetch("/restow/restow_bg.wasm"));
    worker = new Worker(`/worker.js${location.search}`, { type: "module" });
    return new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => reject(new Error(`the worker failed: ${event.message}`));
      worker.postMessage({ ...message, module });
    });
  })();
  return within(LIMIT_MS, work).finally(() => worker?.terminate());
}

let frames = 0;

/** The same in a frame, where there is localStorage. */
export function inFrame(message) {
  const frame = document.createElement("iframe");
  frames += 1;
  const number = frames;
  let listener;
  const work = (async () => {
    module ??= await WebAssembly.compileStreaming(fetch("/restow/restow_bg.wasm"));
    return new Promise((resolve) => {
      listener = ({ data }) => {
        if (data.frame !== number) return;
        if (data.ready) frame.contentWindow.postMessage({ ...message, module, frame: number }, "*");
        else resolve(data);
      };
      addEventListener("message", listener);
      frame.src = `/frame.html${location.search}#${number}`;
      document.body.append(frame);
    });
  })();
  return within(LIMIT_MS, work).finally(() => {
    removeEventListener("message", listener);
    frame.remove();
  });
}

/** Waits until the browser has noticed that a context has ended: WebKit takes a while to give its locks up. */
async function locksGivenUp({ own }) {
  for (const start = performance.now(); performance.now() - start < LOCKS_LIMIT_MS; ) {
    const { held } = (await navigator.locks?.query()) ?? { held: [] };
    if (!held.some(({ name }) => name.startsWith(`restow:${own}:`))) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The run after: once more the call, or what finishes it. What it refuses is told by its state. */
export async function runAgain(scenario, names) {
  await locksGivenUp(names);
  const restow = await open(configOf(scenario, names));
  const result = await (scenario.again ?? scenario.call)(restow, names).catch((error) => ({ refused: error }));
  restow.close();
  // A rollback to localStorage is at its end when a start a minute later has found the text.
  if (scenario.settle) await inFrame({ name: scenario.name, names, call: "settle", clock: 2 * 60_000 });
  return result;
}

/** All that is stored, in a form that can be compared. */
export const look = async (scenario, names) => picture(await dumpApp(scenario, names), names.own, names.app);

/** The end that an undisturbed call has, and the points on its way. */
export async function undisturbed(scenario, inContext = inWorker) {
  const names = newNames();
  await prepared(scenario, names);
  const { value } = await inContext({ name: scenario.name, names });
  if (!value || value.outcome?.error) throw new Error(`${scenario.name} fails undisturbed: ${JSON.stringify(value?.outcome)}`);
  await runAgain(scenario, names);
  // The databases stay: the Blobs of the picture lie there.
  const wanted = await look(scenario, names);
  return { wanted, points: value.points };
}

const idsOf = ({ ids, extraIds = [] }) => [...ids, ...extraIds];

/** A refusal that damage may lead to: it names the place, and is no shorter session. */
export const isRefusal = ({ code, message }) => code === "MalformedRecord" || (code === "Damaged" && / at /.test(message));

/** Every session is whole where it lies, by the oracle. */
export async function isWhole(scenario, names, tally, how) {
  const state = { own: await dump(names.own), app: await dumpApp(scenario, names) };
  for (const id of idsOf(scenario).filter((one) => !scenario.damaged?.includes(one))) {
    const found = await wherever(state, scenario.kind, id, allowedBodies(scenario, id));
    if (typeof found === "object") tally.count(found.kind, `${scenario.name}, ${how}: ${found.what}`);
  }
}

/** What was damaged is read by the package as it was, or refused. */
export async function isNeverShorter(scenario, names, tally, how) {
  const restow = await open(configOf(scenario, names));
  for (const id of scenario.damaged) {
    try {
      const body = (await restow.loadFullSession(id)) ?? undefined;
      const equal = await Promise.all(allowedBodies(scenario, id).map((one) => same(one, body)));
      if (body !== undefined && !equal.includes(null)) tally.count("torn", `${scenario.name}, ${how}: ${id} is read with a difference at ${equal[0]}`);
    } catch (error) {
      if (!isRefusal(error)) tally.count("undetected", `${scenario.name}, ${how}: ${id} fails with ${error.code}: ${error.message}`);
    }
  }
  restow.close();
}

/** Every session can be read by the package as it may be, and what rules passes its check. */
export async function isReadable(scenario, names, tally, how) {
  const restow = await open(configOf(scenario, names));
  try {
    for (const id of idsOf(scenario)) {
      const body = (await restow.loadFullSession(id)) ?? undefined;
      const equal = await Promise.all(allowedBodies(scenario, id).map((one) => same(one, body)));
      if (!equal.includes(null)) tally.count(body === undefined ? "lost" : "torn", `${scenario.name}, ${how}: ${id} loads with a difference at ${equal[0]}`);
      if (!(await restow.isSessionChunked(id))) continue;
      const { ok, problems } = await restow.verifySession(id);
      if (!ok) tally.count("torn", `${scenario.name}, ${how}: ${id} is damaged, ${JSON.stringify(problems)}`);
    }
  } finally {
    restow.close();
  }
}

/**
 * A run whose capture fails does the rest all the same, so a later one captures what the application has by
 * then. That every text is in some snapshot is looked at by itself.
 */
const compared = ({ capturesVary }, seen) => (capturesVary && seen.backups ? { ...seen, backups: seen.backups.filter(([, reason]) => reason !== "capture") } : seen);

/** One more run ends where the undisturbed one did. */
export async function endsWell(scenario, names, wanted, tally, how) {
  const { refused } = (await runAgain(scenario, names)) ?? {};
  // WebKit may keep a transaction of a worker that has ended until its page is closed: all that is left to
  // see here is that the package says so, and that everything can be read.
  if (isWebKit && refused?.code === "Timeout") return isReadable(scenario, names, tally, how);
  const where = await difference(compared(scenario, await look(scenario, names)), compared(scenario, wanted));
  if (where) tally.count("torn", `${scenario.name}, ${how}: not the undisturbed end, ${where}`);
  return isReadable(scenario, names, tally, how);
}

/** An attempt under a watch: whatever waits too long has hung, whatever throws was not foreseen. */
export async function watched(tally, how, work, limit = ATTEMPT_LIMIT_MS) {
  let step = "its preparation";
  try {
    const { late } = await within(limit, work((next) => (step = next)));
    if (late) tally.count("hung", `${how}, in ${step}`);
  } catch (error) {
    tally.count("undetected", `${how}: ${error?.code ?? error?.name}: ${error?.message}`);
  }
}

export { each };
