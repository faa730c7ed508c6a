// The context in which a call runs is ended at every request in turn; then another one goes on.

import { mendingScenarios } from "./mends.js";
import { stateScenarios } from "./states.js";
import { keepsTexts } from "./keeping.js";
import { dropAll, dumpApp, each, endsWell, inFrame, inWorker, isNeverShorter, isWhole, newNames, prepared, undisturbed, watched } from "./lab.js";
import { random, spread } from "./random.js";
import { Tally, reportRow } from "./report.js";
import { localScenarios, scenarioNamed, scenarios } from "./scenarios.js";

/** Lets the call die, once for each message; resolves to how, or to `null` where it came to its end. */
async function deaths(scenario, names, tally, deathsAt, inContext) {
  const how = [];
  for (const [index, at] of deathsAt.entries()) {
    const call = index === 0 ? "call" : "again";
    const { late, value } = await inContext({ name: scenario.name, names, call, fault: { kind: "death", at } });
    if (late) {
      tally.count("hung", `${scenario.name}, to die at ${at}`);
      return null;
    }
    if (value.died === undefined) return how.length > 0 ? how.join("; then ") : null;
    how.push(value.died);
  }
  return how.join("; then ");
}

async function attempt(scenario, wanted, deathsAt, tally, inContext = inWorker) {
  const names = newNames();
  await watched(tally, `${scenario.name}, deaths at ${deathsAt}`, async (step) => {
    await prepared(scenario, names);
    const before = scenario.keepsTexts && (await dumpApp(scenario, names));
    step("the call");
    const how = await deaths(scenario, names, tally, deathsAt, inContext);
    if (how !== null) tally.point();
    step(`the look after ${how}`);
    await isWhole(scenario, names, tally, how);
    if (scenario.keepsTexts) await keepsTexts(scenario, names, before, wanted.app, tally, how);
    if (scenario.damaged) await isNeverShorter(scenario, names, tally, how);
    step(`the run after ${how}`);
    await endsWell(scenario, names, wanted, tally, how);
    step(`the deletion after ${how}`);
    await dropAll(names);
  });
}

/** Each point of each scenario, or so many of each, spread evenly. */
const dyingOver = (list, title, inContext) => async ({ points: most = Infinity, some = Infinity, only }) => {
  for (const scenario of spread(list.filter(({ name }) => !only || name === only), some)) {
    const tally = new Tally(`${title}: ${scenario.name}`);
    const { wanted, points } = await undisturbed(scenario, inContext);
    await each(spread([...points.keys()], most), (at) => attempt(scenario, wanted, [at], tally, inContext));
    await reportRow(tally);
  }
};

export const dying = dyingOver(scenarios, "worker ended", inWorker);

/** The same for localStorage, in frames that are taken away. */
export const dyingFrames = dyingOver(localScenarios, "frame removed", inFrame);

/** The same for state beside sessions. */
export const dyingStates = dyingOver(stateScenarios, "frame removed", inFrame);

/** The same in the midst of a repair. */
export const dyingMends = dyingOver(mendingScenarios, "worker ended in repair", inWorker);

const RECOVERIES = ["batch, rows", "batch, array", "rollback", "first load", "newer layout", "conflict resolved for source"];

/** Deaths during the recovery from a death, and one during the recovery from that. */
export async function recovering({ points: most = 40, some = Infinity, seed = 1 }) {
  for (const name of spread(RECOVERIES, some)) {
    const scenario = scenarioNamed(name);
    const tally = new Tally(`worker ended in recovery: ${name}`);
    const { wanted, points } = await undisturbed(scenario);
    const { below } = random(seed);
    const chosen = Array.from({ length: most }, (_, index) => {
      const twice = [below(points.length), below(points.length)];
      return index % 2 === 0 ? twice : [...twice, below(points.length)];
    });
    await each(chosen, (deathsAt) => attempt(scenario, wanted, deathsAt, tally));
    await reportRow(tally);
  }
}
