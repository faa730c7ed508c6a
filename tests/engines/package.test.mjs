// The package in Firefox and WebKit, as an application uses it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "./support.mjs";

for (const engine of ["firefox", "webkit"]) {
  for (const worker of [false, true]) test(`the package in ${engine}${worker ? ", in a worker" : ""}: two kinds of sources, every value as it was`, { timeout: 120_000 }, async (t) => {
    const page = await open(t, engine, "app");
    const found = await page.call((worker) => globalThis.twoKindsOfSources(worker), worker);
    assert.deepEqual(found, {
      worker: { active: worker, note: null }, phases: true, appended: 121, items: 2, nobody: "NotFound",
      errors: [], migrated: 2, rows: [null, null], same: true, percentage: 100,
      draft: '{"id":"d1","title":"Draft","pages":[1,2,3]}', left: null, back: true, picture: "picture",
    });
  });

  test(`restow/check in ${engine}: nothing, sessions, migrated`, { timeout: 120_000 }, async (t) => {
    const page = await open(t, engine, "app");
    assert.deepEqual(await page.call(() => globalThis.check()), { answers: ["no", "yes", "no", "yes", "no"], created: [] });
  });
}

test("a record with Blobs of others stays as it is in WebKit, and its sessions move all the same", { timeout: 120_000 }, async (t) => {
  const kept = { migrated: 2, errors: [], left: ["d1", null, "d2"], warnings: [["ContainerKept"], ["ContainerKept"]], pictures: ["picture"], rolledBack: "d1" };
  const page = await open(t, "webkit", "app");
  assert.deepEqual(await page.call(() => globalThis.oneRecordWithBlobs()), kept);
  const other = await open(t, "firefox", "app");
  assert.deepEqual(await other.call(() => globalThis.oneRecordWithBlobs()), { ...kept, left: [null], warnings: [[], []] });
});
