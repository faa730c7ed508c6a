// Runs that are stopped midway, and a page that never stands still meanwhile.

import assert from "node:assert/strict";
import { changedSessions, measureGaps, migrateUntilMidway, scenario } from "./support.mjs";

/** Longer than this, and people feel that the page hangs. */
const LONGEST_GAP_MS = 500;

/** Every session with a row of its own that can be migrated lies in one place: there, or in chunks. */
async function assertOnePlaceEach({ page, application, expected }) {
  const there = await application();
  for (const { id } of (await expected("medium")).filter((row) => row.place === "row" && row.expected === "migrated")) {
    const chunked = await page.evaluate((id) => globalThis.restowDemo.instance.isSessionChunked(id), id);
    assert.equal(chunked, !(`sessions/${id}` in there), `${id} is in one place`);
  }
}

scenario("a run is cancelled and carried on; the page never stands still, nor chatters", async (eyes) => {
  const { page, plant, press, idle, figures, rows } = eyes;
  const stopPlanting = await measureGaps(page);
  await plant("medium");
  const planting = await stopPlanting();
  assert.ok(planting < LONGEST_GAP_MS, `the page stood still for ${Math.round(planting)} ms while samples were made`);
  await page.evaluate(() => {
    globalThis.spoken = [];
    new MutationObserver(() => globalThis.spoken.push(document.querySelector("#spoken").textContent)).observe(document.querySelector("#spoken"), { childList: true, characterData: true, subtree: true });
  });

  const stopFirst = await measureGaps(page);
  await migrateUntilMidway(page);
  assert.equal(await page.getAttribute("#main", "aria-busy"), "true");
  await page.click("#cancel");
  await idle();
  const first = await stopFirst();
  const halfway = Number((await figures()).Chunked);
  assert.ok(halfway >= 4 && halfway < 29, `${halfway} of 29 were migrated before it was cancelled`);
  assert.match(await page.textContent("#report-title"), /cancelled/);
  await assertOnePlaceEach(eyes);
  assert.match(await page.textContent("#figures-sentence"), /carries on where it stopped/);

  const stopSecond = await measureGaps(page);
  await press("#migrate");
  const gap = Math.max(first, await stopSecond());
  assert.ok(gap < LONGEST_GAP_MS, `the page stood still for ${Math.round(gap)} ms`);
  assert.deepEqual(await figures(), { Sessions: "37", Chunked: "29", "To migrate": "0", Diverged: "0", Quarantined: "8", Done: "78 %" });
  const spoken = await page.evaluate(() => globalThis.spoken);
  assert.ok(spoken.length <= 14, `two runs said ${spoken.length} things: ${spoken.join(" | ")}`);
  assert.deepEqual(await changedSessions(page, "medium"), []);

  const codes = (await eyes.expected("medium")).filter((row) => row.code).map((row) => row.code).sort();
  await page.click("#sessions .more");
  const shown = await rows("sessions");
  assert.equal(shown.length, 37);
  const found = shown.filter(({ state }) => state === "Quarantined").map(({ session }) => codes.find((code) => session.includes(code))).sort();
  assert.deepEqual(found, codes, "each kind of damage is told by its code");
});

scenario("the page is reloaded in the middle of a run, and the run is finished", async (eyes) => {
  const { page, plant, press, figures, rows } = eyes;
  await plant("medium");
  await migrateUntilMidway(page);
  await page.reload();
  await page.waitForSelector('#main[data-state="ready"]');
  const { Chunked, "To migrate": left } = await figures();
  assert.ok(Number(Chunked) >= 3 && Number(left) >= 1, `${Chunked} chunked, ${left} left`);

  await press("#migrate");
  assert.deepEqual([(await figures()).Chunked, (await figures())["To migrate"]], ["29", "0"]);
  await assertOnePlaceEach(eyes);
  assert.deepEqual(await changedSessions(page, "medium"), []);
  assert.equal(await page.evaluate(async () => (await globalThis.restowDemo.instance.listBackups()).length) >= 29, true);
  assert.equal((await rows("report")).every(({ outcome }) => ["Migrated", "Skipped", "Quarantined"].includes(outcome)), true);
});

scenario("making samples can be cancelled", async ({ page, idle, figures, news }) => {
  await page.click('[data-plant="large"]');
  await page.waitForFunction(() => Number(document.querySelector("#job-count").textContent.split(" of ")[0]) >= 3);
  await page.click("#cancel");
  await idle();
  assert.match(await news(), /was cancelled/);
  const { Sessions } = await figures();
  assert.ok(Number(Sessions) >= 3 && Number(Sessions) < 146, `${Sessions} sessions were planted`);
});
