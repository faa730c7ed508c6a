// Every kind of fault at every point where it can happen: a typed error or a retry, and never a hang.

import { everyFault, faults, localFaults } from "./faults.js";
import { keepsTexts } from "./keeping.js";
import { dropAll, dumpApp, each, endsWell, inFrame, inWorker, isWhole, newNames, prepared, undisturbed, watched } from "./lab.js";
import { spread } from "./random.js";
import { Tally, reportRow } from "./report.js";
import { stateScenarios } from "./states.js";
import { localScenarios, scenarioNamed } from "./scenarios.js";

const DISTURBED = ["batch, rows", "batch, array", "batch, zipped", "first load", "append", "rollback", "rollback into a container", "conflict resolved for source", "delete from chunks", "originals removed", "newer layout", "clean-up"];

/** What a call that met a fault may end with: an error of ours, or a result that tells. */
export function faultTold({ outcome, unhandled }) {
  if (unhandled) return `a promise was rejected and no one heard of it: ${JSON.stringify(unhandled)}`;
  const { error, value } = outcome;
  if (error && (error.name !== "RestowError" || typeof error.code !== "string")) return `an error without a code: ${JSON.stringify(error)}`;
  const failures = [...(value?.errors ?? []), ...(value?.failed ?? [])];
  if (value?.success === true && failures.length > 0) return `success with errors: ${failures}`;
  return null;
}

async function attempt(scenario, wanted, kind, at, tally, inContext = inWorker) {
  const names = newNames();
  const name = `${scenario.name}, ${kind} at ${at}`;
  await watched(tally, name, async (step) => {
    await prepared(scenario, names);
    const before = scenario.keepsTexts && (await dumpApp(scenario, names));
    step("the call");
    const { late, value } = await inContext({ name: scenario.name, names, fault: { kind, at } });
    if (late) return tally.count("hung", name);
    if (value.fired) tally.point();
    const untold = faultTold(value);
    if (untold) tally.count("undetected", `${name}: ${untold}`);
    const how = value.fired ?? "no fault";
    step(`the look after ${how}`);
    await isWhole(scenario, names, tally, how);
    if (scenario.keepsTexts) await keepsTexts(scenario, names, before, wanted.app, tally, how);
    step(`the run after ${how}`);
    await endsWell(scenario, names, wanted, tally, how);
    step(`the deletion after ${how}`);
    await dropAll(names);
  });
}

/** Points of a kind of fault: those before which it fits, by the name of the operation. */
const fitting = (kind, points) =>
  [...points.entries()].filter(([, point]) => {
    const [phase, op] = point.split(" ");
    const transaction = op === "open" ? undefined : { mode: "readwrite" };
    return everyFault[kind].fits({ phase, op, transaction });
  }).map(([at]) => at);

/** Each fault at each point of each scenario, or at so many of each. */
export async function faulty({ points: most = Infinity, some = Infinity, only }) {
  await faultyOver(DISTURBED, Object.keys(faults), inWorker, { most, some, only });
}

/** What writes to localStorage, and every call on it refused in turn. */
export async function faultyTexts({ points: most = Infinity, some = Infinity, only }) {
  const names = [...localScenarios, ...stateScenarios].map(({ name }) => name);
  await faultyOver(names, Object.keys(localFaults), inFrame, { most, some, only });
}

async function faultyOver(names, kinds, inContext, { most, some, only }) {
  const ends = new Map();
  for (const name of spread(names, some)) ends.set(name, await undisturbed(scenarioNamed(name), inContext));
  for (const kind of kinds.filter((one) => !only || one === only)) {
    const tally = new Tally(`fault: ${kind}`);
    for (const [name, { wanted, points }] of ends) {
      await each(spread(fitting(kind, points), Math.min(most, everyFault[kind].most ?? Infinity)), (at) => attempt({ ...scenarioNamed(name), capturesVary: true }, wanted, kind, at, tally, inContext));
    }
    await reportRow(tally);
  }
}
