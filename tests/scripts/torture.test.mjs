import assert from "node:assert/strict";
import { test } from "node:test";
import { merged, printed, renewed, summed } from "../../scripts/torture/table.mjs";
import { twinRows } from "../../scripts/torture/twin.mjs";
import { partsOf } from "../../scripts/torture/parts.mjs";
import { random, spread } from "../torture/random.js";

const row = (engine, part, scenario, tried, more = {}) => ({ engine, part, scenario, tried, lost: 0, torn: 0, undetected: 0, hung: 0, ms: 1000, ...more });

test("what the twin prints becomes one row for each name, with every death counted", () => {
  const output = [
    "test dying::one ... migrate: Tally { deaths: 10, disks: 3, second: 20 }",
    "migrate: Tally { deaths: 1, disks: 3, second: 2 }",
    "rollback, three deaths: Tally { deaths: 4, disks: 1, second: 5 } third: 6",
    "Tally { deaths: 7, disks: 1, second: 0 }",
    "ok",
  ].join("\n");
  const found = twinRows(output).map(({ scenario, tried }) => [scenario, tried]);
  assert.deepEqual(found, [["process ended: migrate", 33], ["process ended: rollback, three deaths", 15], ["process ended: limited sessions", 7]]);
  assert.deepEqual(twinRows("test result: ok. 3 passed"), []);
});

test("rows are summed by what stands before the colon, and a failure is never summed away", () => {
  const rows = [row("chromium", "dying", "worker ended: a", 5), row("chromium", "dying", "worker ended: b", 7, { torn: 1 }), row("firefox", "dying", "worker ended: a", 2)];
  assert.deepEqual(summed(rows).map(({ engine, scenario, tried, torn }) => [engine, scenario, tried, torn]), [["chromium", "worker ended", 12, 1], ["firefox", "worker ended", 2, 0]]);
  assert.match(printed(rows), /chromium +worker ended: b +7 +0 +1/);
});

test("a part that was run again takes the place of its older rows, and of no others", () => {
  const older = [row("chromium", "dying", "worker ended: a", 5), row("firefox", "dying", "worker ended: a", 2)];
  const newer = [row("chromium", "dying", "worker ended: c", 9)];
  assert.deepEqual(merged(older, newer).map(({ engine, scenario }) => `${engine} ${scenario}`), ["firefox worker ended: a", "chromium worker ended: c"]);
});

test("only the generated section of the document changes", () => {
  const document = "# Before\n<!-- written by npm run torture -->\nold\n<!-- end -->\nafter\n";
  const found = renewed(document, [row("webkit", "tabs", "tabs: two", 1_234)]);
  assert.match(found, /^# Before\n<!-- written by npm run torture -->\n/);
  assert.match(found, /\| webkit \| tabs: two \| 1,234 \| 0 \| 0 \| 0 \| 0 \| 1\.0 \|/);
  assert.match(found, /\n<!-- end -->\nafter\n$/);
  assert.doesNotMatch(found, /old/);
});

test("every engine goes through everything, and only Chromium is killed", () => {
  assert.ok(partsOf("chromium").includes("kill") && !partsOf("firefox").includes("kill"));
  assert.deepEqual(partsOf("webkit"), partsOf("firefox"));
  assert.deepEqual(partsOf("twin"), ["twin"]);
});

test("what is drawn is the same for the same seed, and points are spread from the first to the last", () => {
  const draw = (seed) => Array.from({ length: 5 }, random(seed).next);
  assert.deepEqual(draw(7), draw(7));
  assert.notDeepEqual(draw(7), draw(8));
  assert.deepEqual(spread([0, 1, 2, 3, 4, 5, 6, 7, 8], 3), [0, 4, 8]);
  assert.deepEqual(spread([1, 2], 5), [1, 2]);
  assert.deepEqual(spread([1, 2, 3], 1), [1]);
});
