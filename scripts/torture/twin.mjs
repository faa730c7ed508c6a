// The deaths on the memory twin, as its tests count them.

import { run } from "../lib/run.mjs";
import { Problem } from "../lib/log.mjs";

const TALLY = /^(?:test \S+ \.\.\. )?(.*?):? ?Tally \{ deaths: (\d+), disks: (\d+), second: (\d+) \}(?: third: (\d+))?/;

/** Rows from what the tests print. A death that loses anything fails its test, and then there is no row. */
export function twinRows(output) {
  const rows = new Map();
  for (const line of output.split("\n")) {
    const found = line.match(TALLY);
    if (!found) continue;
    const [, name, deaths, , second, third = 0] = found;
    const scenario = `process ended: ${name || "limited sessions"}`;
    const row = rows.get(scenario) ?? { scenario, tried: 0, lost: 0, torn: 0, undetected: 0, hung: 0, ms: 0, findings: [] };
    row.tried += Number(deaths) + Number(second) + Number(third);
    rows.set(scenario, row);
  }
  return [...rows.values()];
}

/** Runs every test of the engine in which someone dies. */
export async function twin(onRow) {
  const start = performance.now();
  const { code, output } = await run("cargo", ["test", "--locked", "--test", "engine", "--", "--nocapture", "--test-threads=1", "death", "deaths", "dying"]);
  const rows = twinRows(output);
  if (rows.length === 0) throw new Problem(`the twin counted nothing:\n${output.slice(-2_000)}`);
  if (code !== 0) {
    const failed = [...output.matchAll(/^test (\S+) \.\.\. FAILED|^    (\S+)$/gm)].map(([, one, other]) => one ?? other);
    onRow({ scenario: "process ended: tests that failed", tried: 0, lost: failed.length || 1, torn: 0, undetected: 0, hung: 0, ms: 0, findings: failed });
  }
  const ms = (performance.now() - start) / rows.length;
  for (const row of rows) onRow({ ...row, ms });
}
