// Every kind of fault at every point where it can happen: a typed error or a retry, and never a hang.

import { faults } from "./faults.js";
import { dropAll, each, endsWell, inWorker, isWhole, newNames, prepared, undisturbed, watched } from "./lab.js";
import { spread } from "./random.js";
import { Tally, reportRow } from "./report.js";
import { scenarioNamed } from "./scenarios.js";

const DISTURBED = ["batch, rows", "batch, array", "batch, zipped", "first load", "append", "rollback", "rollback into a container", "conflict resolved for source", "delete from chunks", "originals removed", "newer layout", "clean-up"];

/** What a call that met a fault may end with: an error of ours, or a result that tells. */
export function faultTold({ outcome, unhandled }) {
  if (unhandled) return `a promise was rejected and no one heard of it: ${JSON.stringify(unhandled)}`;
  const { error, value } = outcome;
  if (error && (error.name !== "RestowError" || typeof error.code !== "string")) return `an error without a code: ${JSON.stringify(error)}`;
  if (value?.success === true && value.errors?.length > 0) return `success with errors: ${value.errors}`;
  return null;
}

async function attempt(scenario, wanted, kind, at, tally) {
  const names = newNames();
  const name = `${scenario.name}, ${kind} at ${at}`;
  await watched(tally, name, async (step) => {
    await prepared(scenario, names);
    step("the call");
    const { late, value } = await inWorker({ name: scenario.name, names, fault: { kind, at } });
    if (late) return tally.count("hung", name);
    if (value.fired) tally.point();
    const untold = faultTold(value);
    if (untold) tally.count("undetected", `${name}: ${untold}`);
    const how = value.fired ?? "no fault";
    step(`the look after ${how}`);
    await isWhole(scenario, names, tally, how);
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
    return faults[kind].fits({ phase, op, transaction });
  }).map(([at]) => at);

/** Each fault at each point of each scenario, or at so many of each. */
export async function faulty({ points: most = Infinity, some = Infinity, only }) {
  const ends = new Map();
  for (const name of spread(DISTURBED, some)) ends.set(name, await undisturbed(scenarioNamed(name)));
  for (const kind of Object.keys(faults).filter((one) => !only || one === only)) {
    const tally = new Tally(`fault: ${kind}`);
    for (const [name, { wanted, points }] of ends) {
      await each(spread(fitting(kind, points), most), (at) => attempt(scenarioNamed(name), wanted, kind, at, tally));
    }
    await reportRow(tally);
  }
}
