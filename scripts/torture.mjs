// `npm run torture`: does to Restow what browsers do to storage, counts, and writes the figures into
// docs/RELIABILITY.md. `--engine chromium --part dying` runs less; `--short` runs a little of all.

import { parseArgs } from "node:util";
import { ensurePackage } from "./lib/build.mjs";
import { programs } from "./lib/engines.mjs";
import { Problem, duration, line, main } from "./lib/log.mjs";
import { engines } from "./lib/open.mjs";
import { ensurePrograms } from "./lib/programs.mjs";
import { everyPart, partsOf, runPart } from "./torture/parts.mjs";
import { bad, printed, publish, summed } from "./torture/table.mjs";

const everyEngine = ["twin", ...engines];

function options() {
  const usage = `npm run torture [-- --engine ${everyEngine.join(",")} --part ${everyPart.join(",")} --short --seed 1 --points 50 --sessions 100]`;
  const text = { type: "string" };
  try {
    const { values } = parseArgs({ options: { engine: text, part: text, short: { type: "boolean", default: false }, seed: text, points: text, sessions: text } });
    const among = (chosen, all) => {
      const list = chosen?.split(",") ?? all;
      const unknown = list.filter((one) => !all.includes(one));
      if (unknown.length > 0) throw new Error(`There is no ${unknown.join(", ")}.`);
      return list;
    };
    const number = (value) => (value === undefined ? undefined : Number(value));
    return {
      chosenEngines: among(values.engine, values.short ? engines : everyEngine), chosenParts: among(values.part, everyPart),
      short: values.short, seed: number(values.seed), points: number(values.points), sessions: number(values.sessions),
    };
  } catch (error) {
    throw new Problem(`${error.message}\n${usage}`);
  }
}

const needs = { chromium: ["chromium"], ...programs };

/** A part that fails as a whole is a row that hung or went undetected, not the end of the others. */
async function part(wanted, rows, checks) {
  const { engine, part: name } = wanted;
  const start = performance.now();
  let found = 0;
  const hear = (row) => {
    if (row.type === "check") return checks.push({ ...row, engine });
    found += bad(row);
    line(bad(row) === 0 ? "…" : "FAILED", `  ${row.scenario}`, `${row.tried} tried`, row.ms);
    rows.push({ ...row, engine, part: name });
    return undefined;
  };
  try {
    await runPart(wanted, hear);
  } catch (error) {
    hear({ scenario: name, tried: 0, lost: 0, torn: 0, undetected: 1, hung: 0, ms: 0, findings: [String(error?.message)] });
  }
  line(found === 0 ? "ok" : "FAILED", `${engine}, ${name}`, "", performance.now() - start);
}

await main(async () => {
  const { chosenEngines, chosenParts, ...more } = options();
  const start = performance.now();
  console.log("Torture of Restow");
  if (chosenEngines.some((engine) => engine !== "twin")) await ensurePackage();
  const [rows, checks] = [[], []];
  for (const engine of chosenEngines) {
    if (needs[engine]) await ensurePrograms(engine, needs[engine]);
    for (const name of partsOf(engine, more.short).filter((one) => chosenParts.includes(one))) await part({ engine, part: name, ...more }, rows, checks);
  }
  console.log(`\n${printed(more.short ? summed(rows) : rows)}\n`);
  for (const { engine, scenario, findings } of rows.filter(bad)) console.log(`${engine}, ${scenario}\n  ${findings.join("\n  ")}`);
  const missed = checks.filter(({ ok }) => !ok);
  for (const { engine, name, found, wanted } of missed) console.log(`${engine}: the harness counted ${found} for "${name}" instead of ${wanted}`);
  // Less than a whole run has nothing to publish.
  if (!more.short && more.points === undefined && more.sessions === undefined) publish(rows);
  const failed = rows.filter(bad).length + missed.length;
  console.log(`Done in ${duration(performance.now() - start)}.`);
  console.log(`${rows.length + checks.length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});
