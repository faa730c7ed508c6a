// The benchmark itself: every peer does its work, strictly, and is checked.

import assert from "node:assert/strict";
import { test } from "node:test";
import { inRounds } from "../../scripts/bench/batches.mjs";
import { buildPage, openPage } from "../../scripts/bench/page.mjs";
import { peers, runs } from "../../scripts/bench/workloads.mjs";

test("every peer migrates the same data, commits strictly, and is checked", { timeout: 120_000 }, async (t) => {
  const folder = await buildPage();
  t.after(folder.remove);
  const page = await openPage("chromium", folder.path);
  t.after(page.close);
  const { rounds, batches } = runs.smoke;
  const found = await inRounds(page, { workload: batches["50kb"], rounds });
  assert.deepEqual(found.failed, {});
  assert.deepEqual(Object.keys(found.ms).sort(), peers.map(({ id }) => id).sort());
  for (const { id } of peers) {
    assert.ok(found.ms[id][0] > 0, `${id} took no time`);
    assert.ok(found.transactions[id].strict > 0, `${id} wrote nothing strictly`);
  }
  // Restow takes leases without waiting for the disk; what is safe is written strictly, by all.
  const relaxed = peers.filter(({ id }) => found.transactions[id].other > 0).map(({ id }) => id);
  assert.deepEqual(relaxed, ["restow", "floor"]);
  assert.deepEqual(found.transactions.floor, found.transactions.restow);
  // What the first round would not pass is told.
  await assert.rejects(page.ask({ name: "batch", peer: "nobody", workload: batches["50kb"], checked: true }), /TypeError/);
});
