// `npm run bench`: measures Restow and its peers on the same data, and writes the figures into
// docs/BENCHMARKS.md. `--quick` takes some minutes; `--engine chromium --workload 1mb --rounds 3` runs less.

import { parseArgs } from "node:util";
import { inRounds } from "./bench/batches.mjs";
import { publish } from "./bench/document.mjs";
import { goalsOf, packageGoals } from "./bench/goals.mjs";
import { browserName, machine, versions } from "./bench/machine.mjs";
import { buildPage, openPage } from "./bench/page.mjs";
import { profileOf } from "./bench/profile.mjs";
import { single, singles } from "./bench/singles.mjs";
import { packageSizes } from "./bench/sizes.mjs";
import { batchTable, goalsTable } from "./bench/tables.mjs";
import { everyWorkload, roundsOf, runs } from "./bench/workloads.mjs";
import { ensurePackage } from "./lib/build.mjs";
import { programs } from "./lib/engines.mjs";
import { Problem, duration, main } from "./lib/log.mjs";
import { ensurePrograms } from "./lib/programs.mjs";

const everyEngine = ["chromium", "firefox"];

function options() {
  const usage = `npm run bench [-- --quick --engine ${everyEngine.join(",")} --workload ${everyWorkload.join(",")} --rounds 5 --profile]`;
  const [text, flag] = [{ type: "string" }, { type: "boolean", default: false }];
  try {
    const { values } = parseArgs({ options: { quick: flag, profile: flag, engine: text, workload: text, rounds: text } });
    const among = (chosen, all) => {
      const list = chosen?.split(",") ?? all;
      const unknown = list.filter((one) => !all.includes(one));
      if (unknown.length > 0) throw new Error(`There is no ${unknown.join(", ")}.`);
      return list;
    };
    const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
    if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0)) throw new Error("--rounds takes a number from 1 on.");
    return { kind: values.quick ? "quick" : "whole", profile: values.profile, engines: among(values.engine, everyEngine), workloads: among(values.workload, everyWorkload), rounds };
  } catch (error) {
    throw new Problem(`${error.message}\n${usage}`);
  }
}

/** Everything that was chosen, in one engine; each workload in a browser of its own. */
async function inEngine(engine, folder, run, chosen) {
  const found = { batches: {} };
  const inPage = async (work) => {
    const page = await openPage(engine, folder);
    try {
      found.version ??= browserName(await page.ask({ name: "about" }));
      return await work(page);
    } finally {
      await page.close();
    }
  };
  for (const name of chosen) {
    if (name in singles) found[name] = await inPage((page) => single(name, page, run));
    else found.batches[name] = await inPage((page) => inRounds(page, { workload: run.batches[name], rounds: roundsOf(run, run.batches[name]) }));
  }
  return found;
}

await main(async () => {
  const { kind, profile, engines, workloads, rounds } = options();
  const run = { ...runs[kind], rounds: rounds ?? runs[kind].rounds };
  const start = performance.now();
  console.log(`Benchmark of Restow${kind === "quick" ? ", a quick run" : ""}`);
  await ensurePackage();
  const folder = await buildPage({ minify: !profile });
  const results = { kind, rounds: run.rounds, machine: machine(), versions: versions(), sizes: packageSizes(), engines: {} };
  try {
    if (profile) {
      await ensurePrograms("chromium", ["chromium"]);
      console.log(await profileOf(folder.path, run.batches["1mb"]));
      return 0;
    }
    for (const engine of engines) {
      await ensurePrograms(engine, programs[engine] ?? [engine]);
      console.log(`\n${engine}`);
      results.engines[engine] = await inEngine(engine, folder.path, run, workloads);
      // Less than everything of an engine has nothing to publish.
      if (workloads.length === everyWorkload.length) publish(results, run);
    }
  } finally {
    await folder.remove();
  }
  for (const { version, batches, ...rest } of Object.values(results.engines)) {
    for (const batch of Object.values(batches)) console.log(`\n${version}, ${batch.workload}\n${batchTable(batch)}`);
    console.log(`\n${version}\n${goalsTable(goalsOf({ batches, ...rest }, run))}`);
  }
  console.log(`\n${goalsTable(packageGoals(results.sizes))}`);
  console.log(`\nDone in ${duration(performance.now() - start)}.`);
  return Object.values(results.engines).some(({ batches }) => Object.values(batches).some(({ failed }) => "restow" in failed)) ? 1 : 0;
});
