// The script of the worker in which `open({ …, worker: true })` runs the engine. It does what messages
// ask for, and asks the page for what a worker lacks: localStorage, the console, callbacks.

import init, { SessionHandle, open } from "./restow.js";

let restow;
let closing = false;
let running = 0;
/** Open handles by the numbers that the page knows them by. */
const handles = new Map();
let lastHandle = 0;
/** What stands for the signal of a call. */
const signals = new Map();
/** What the page was asked and has not answered. */
const asked = new Map();
let lastAsk = 0;

/** What of an error crosses; what its browser does not let cross is named. */
function told(error) {
  const { message, name, code, retryable, sessionId, cause, preview, shortage } = error ?? {};
  if (name !== "RestowError") return { message: String(error), fields: { code: "Browser", retryable: false } };
  const fields = Object.entries({ code, retryable, sessionId, cause, preview, shortage });
  return { message, fields: Object.fromEntries(fields.filter(([, value]) => value !== undefined)) };
}

/** Answers a call. What can't cross is an error, and a cause that can't is named. */
function answer(reply) {
  try {
    postMessage(reply);
  } catch ({ name, message: reason }) {
    const { message, fields } = reply.error ?? told(new Error(`the answer can't be sent to the page (${name})`));
    postMessage({ call: reply.call, error: { message, fields: { ...fields, cause: { name, message: reason } } } });
  }
}

/** What a handle tells without being asked. */
function shown(handle) {
  try {
    const { id, metadata, revision, places } = handle;
    return { id, metadata, revision, places };
  } catch {
    // It was closed meanwhile.
    return undefined;
  }
}

/** The options of a call with a callback and a signal that stand for those of the page. */
function watched(options, call, { signal }) {
  const onProgress = (...given) => postMessage({ progress: call, given });
  if (signal === undefined) return { ...options, onProgress };
  const own = { aborted: signal };
  signals.set(call, own);
  return { ...options, onProgress, signal: own };
}

async function run({ call, on, method, given, watch }) {
  running += 1;
  const target = on === "console" ? globalThis : on === undefined ? restow : handles.get(on);
  const state = () => (typeof on === "number" ? shown(target) : undefined);
  try {
    if (watch) given[watch.at] = watched(given[watch.at], call, watch);
    const value = await target[method](...given);
    if (value instanceof SessionHandle) {
      handles.set(++lastHandle, value);
      answer({ call, handle: lastHandle, state: shown(value) });
    } else {
      answer({ call, value, state: state() });
    }
  } catch (error) {
    answer({ call, error: told(error), state: state() });
  } finally {
    signals.delete(call);
    running -= 1;
    end();
  }
}

/** Ends the worker, once it is closed and nothing is under way. */
function end() {
  if (closing && running === 0) close();
}

/** A range of keys can't cross. */
const sendable = ([method, store, argument]) =>
  argument instanceof IDBKeyRange
    ? ["deleteRange", store, [argument.lower, argument.upper, argument.lowerOpen, argument.upperOpen]]
    : [method, store, argument];

function ask(what, ...given) {
  return new Promise((resolve, reject) => {
    asked.set(++lastAsk, { resolve, reject });
    postMessage({ ask: lastAsk, what, given });
  });
}

/** localStorage, as the page has it. */
const page = {
  keys: () => ask("keys"),
  read: (key) => ask("read", key),
  swap: ({ batch, ...request }) => ask("swap", { ...request, batch: batch && { ...batch, ops: batch.ops.map(sendable) } }),
  settle: () => ask("settle"),
};

function answered({ reply, value, error }) {
  const waiting = asked.get(reply);
  asked.delete(reply);
  if (!error) return waiting?.resolve(value);
  waiting?.reject({ kind: error.kind, cause: new DOMException(error.message, error.name) });
}

// What the engine prints is for whoever looks at the page.
for (const level of ["log", "error"]) {
  console[level] = (...given) => postMessage({ print: level, given: given.map(String) });
}

onmessage = ({ data }) => {
  if ("reply" in data) return answered(data);
  if ("method" in data) return void run(data);
  if ("abort" in data) {
    const signal = signals.get(data.abort);
    if (signal) signal.aborted = true;
    return;
  }
  if ("free" in data) {
    handles.get(data.free)?.free();
    handles.delete(data.free);
    return;
  }
  if ("open" in data) {
    try {
      restow = open(data.open, page);
      postMessage({ opened: true });
    } catch (error) {
      postMessage({ opened: false, error: told(error) });
    }
    return;
  }
  restow?.close();
  closing = true;
  end();
};

init().then(
  () => postMessage({ ready: true }),
  (cause) => postMessage({ ready: false, reason: String(cause?.message ?? cause) }),
);
