// One call of one scenario, in a context of its own that dies or meets a fault at one point: a
// worker, or a frame where localStorage is concerned.

import { abortAll, install, repeats } from "./hooks.js";
import { everyFault } from "./faults.js";
import { configOf, scenarioNamed } from "./scenarios.js";

let dead = false;

/**
 * Ends this context: nothing that is queued runs any more, transactions are undone, and what still
 * runs of the script comes to no storage. A loop that never ends would not do: browsers give it two
 * seconds before they end it.
 */
function die(what, { say, end }) {
  dead = true;
  say({ died: what });
  abortAll();
  end();
  throw new Error("dead");
}

/** An error in a form that can be posted. */
const told = (error) => ({ name: error?.name, code: error?.code, message: String(error?.message ?? error), retryable: error?.retryable });

/** What a context may have to do without. */
const without = {
  locks: () => Object.defineProperty(navigator, "locks", { value: undefined }),
  indexedDB: () => Object.defineProperty(globalThis, "indexedDB", { value: undefined }),
  storage() {
    IDBFactory.prototype.open = () => {
      throw new DOMException("denied here", "SecurityError");
    };
  },
};

function shiftClock(ms) {
  const now = Date.now.bind(Date);
  Date.now = () => now() + ms;
}

/** Runs the call that a message asks for. `context` says things, and can be ended. */
export async function perform(data, context) {
  const { name, names, module, fault, call = "call", lacks = [], waits = 0, plant } = data;
  const scenario = scenarioNamed(name);
  const points = [];
  let armed = fault !== undefined;
  let fired = null;
  addEventListener("unhandledrejection", ({ reason }) => dead || context.say({ unhandled: told(reason) }));
  for (const lack of lacks) without[lack]();
  if (data.clock) shiftClock(data.clock);
  install((point) => {
    if (dead) throw new Error("dead");
    if (repeats(point)) return undefined;
    const index = points.length;
    points.push(`${point.phase} ${point.op}`);
    if (!armed || index < fault.at) return undefined;
    if (fault.kind === "death") die(`${points[index]}, point ${index}`, context);
    const { fits, instead, lasts } = everyFault[fault.kind];
    if (!fits(point)) return undefined;
    armed = lasts === true;
    fired ??= `${fault.kind} at ${points[index]}, point ${index}`;
    return { instead: (send) => instead(send, point) };
  });
  // Compiled once by the page. The package's own entry finds it loaded.
  const glue = await import("/restow/restow.js");
  await glue.default({ module_or_path: module });
  const { open } = await import("/restow/index.js");
  if (waits > 0) await new Promise((resolve) => setTimeout(resolve, waits));
  // What the harness has to see, planted by its own test.
  if (plant?.unhandled) Promise.reject(new Error("planted"));
  if (plant?.unhandled) await new Promise((resolve) => setTimeout(resolve, 50));
  if (plant?.untyped) return context.say({ points, fired, outcome: { error: told(new TypeError("planted")) } });
  let outcome;
  try {
    const restow = await open(configOf(scenario, names, call));
    const value = await (scenario[call] ?? scenario.call)(restow, names);
    outcome = { value: value && { success: value.success, errors: value.errors?.map(({ code }) => code), failed: value.failed?.map(({ code }) => code), rows: value.sessions?.map(({ sessionId, outcome, code }) => ({ sessionId, outcome, code })) } };
    restow.close();
  } catch (error) {
    outcome = { error: told(error) };
  }
  context.say({ points, fired, outcome });
}
