// `npm test`: runs every check, one line each, and counts what passed. All of them run, whatever
// fails. `--only host,wasm` runs some of them. Two at once: compilers and browsers wait a lot.

import { parseArgs } from "node:util";
import { Problem, duration, line, main } from "./lib/log.mjs";
import { pooled } from "./lib/pool.mjs";
import { groups, stepsOf } from "./lib/steps.mjs";

function chosenGroups() {
  try {
    const { values } = parseArgs({ options: { only: { type: "string" } } });
    const chosen = values.only?.split(",") ?? groups;
    const unknown = chosen.filter((group) => !groups.includes(group));
    if (unknown.length > 0) throw new Error(`There is no group ${unknown.join(", ")}.`);
    return chosen;
  } catch (error) {
    throw new Problem(`${error.message}\nnpm test [-- --only ${groups.join(",")}]`);
  }
}

await main(async () => {
  const start = performance.now();
  const chosen = stepsOf(chosenGroups());
  console.log("Checks of Restow");
  const total = { passed: 0, failed: 0 };
  await pooled(chosen, 2, async ({ name, check }) => {
    const { passed, failed, notes, output, ms } = await check();
    total.passed += passed;
    total.failed += failed;
    const remark = [`${passed} passed, ${failed} failed`, ...notes].join("; ");
    line(failed === 0 ? "ok" : "FAILED", name, remark, ms);
    if (failed > 0) console.log(`\n${output.trimEnd()}\n`);
  });
  console.log(`\nDone in ${duration(performance.now() - start)}.`);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 ? 0 : 1;
});
