// One call of one scenario, in a context of its own that dies or meets a fault at one point.

import { abortAll, install, repeats } from "./hooks.js";
import { faults } from "./faults.js";
import { configOf, scenarioNamed } from "./scenarios.js";

let dead = false;

/**
 * Ends this context: nothing that is queued runs any more, transactions are undone, and what still
 * runs of the script comes to no storage. A loop that never ends would not do: browsers give it two
 * seconds before they end it.
 */
function die(what) {
  dead = true;
  postMessage({ died: what });
  abortAll();
  close();
  throw new Error("dead");
}

/** An error in a form that can be posted. */
const told = (error) => ({ name: error?.name, code: error?.code, message: String(error?.message ?? error), retryable: error?.retryable });

function withoutLocks() {
  Object.defineProperty(navigator, "locks", { value: undefined });
}

function shiftClock(ms) {
  const now = Date.now.bind(Date);
  Date.now = () => now() + ms;
}

onmessage = async ({ data }) => {
  const { name, names, module, fault, call = "call", locks = true } = data;
  const scenario = scenarioNamed(name);
  const points = [];
  let armed = fault !== undefined;
  let fired = null;
  if (!locks) withoutLocks();
  if (data.clock) shiftClock(data.clock);
  install((point) => {
    if (dead) throw new Error("dead");
    if (repeats(point)) return undefined;
    const index = points.length;
    points.push(`${point.phase} ${point.op}`);
    if (!armed || index < fault.at) return undefined;
    if (fault.kind === "death") die(`${points[index]}, point ${index}`);
    const { fits, instead } = faults[fault.kind];
    if (!fits(point)) return undefined;
    armed = false;
    fired = `${fault.kind} at ${points[index]}, point ${index}`;
    return { instead: (send) => instead(send, point) };
  });
  // Compiled once by the page. The package's own entry finds it loaded.
  const glue = await import("/restow/restow.js");
  await glue.default({ module_or_path: module });
  const { open } = await import("/restow/index.js");
  let outcome;
  try {
    const restow = await open(configOf(scenario, names, call));
    const value = await (scenario[call] ?? scenario.call)(restow);
    outcome = { value: value && { success: value.success, errors: value.errors?.map(({ code }) => code), codes: value.sessions?.map(({ code }) => code) } };
    restow.close();
  } catch (error) {
    outcome = { error: told(error) };
  }
  postMessage({ points, fired, outcome });
};

addEventListener("unhandledrejection", (event) => postMessage({ unhandled: told(event.reason) }));
