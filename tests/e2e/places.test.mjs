// What the page says of the places in which sessions lie, and of a layout that has changed.

import assert from "node:assert/strict";
import { changedSessions, scenario } from "./support.mjs";

scenario("the configuration that is shown is the one that is used", async ({ page }) => {
  const shown = await page.textContent("#config-code");
  const used = await page.evaluate(async () => (await import("/app/config.js")).CONFIG);
  const [, code] = shown.match(/^const restow = await open\((.*)\);$/s);
  assert.deepEqual(await page.evaluate((code) => new Function(`return ${code}`)(), code), used);
});

scenario("one session of each kind of place is rolled back to where it lay", async ({ page, plant, press, idle, action, rows, application, texts }) => {
  await plant("small");
  const textsBefore = await texts();
  await press("#migrate");
  const zipped = async () => JSON.parse((await application()).sessions).data.length;
  const emptied = await zipped();
  for (const label of ["Tax return, first half", "Still recording", "The very first session", "Launch day"]) {
    await page.click(action(label, "rollback"));
    await page.click('dialog [data-answer="yes"]');
    await page.waitForFunction((label) => document.querySelector("#news").textContent.includes(`“${label}” is back`), label);
    await idle();
  }
  const now = await texts();
  const draft = Object.keys(textsBefore).find((key) => textsBefore[key].includes("Still recording"));
  assert.equal(now[draft], textsBefore[draft]);
  assert.ok(now["taskerino-v3-state"].includes("The very first session"));
  assert.ok((await zipped()) > emptied);
  assert.equal((await rows("sessions")).filter(({ state }) => state.includes("Rolled back")).length, 4);
});

scenario("a newer layout is rehearsed and then every session brought to it", async ({ page, plant, press, figures, rows }) => {
  await plant("small");
  await press("#migrate");
  await page.click("details.aside > summary");
  await press("#raise-version");
  assert.match(await page.textContent("#config-code"), /version: 2/);
  assert.match(await page.textContent("#figures-sentence"), /Migrate still has something to do: a newer layout/);
  await press("#rehearse");
  assert.equal((await rows("report")).filter(({ outcome }) => outcome === "Would be renewed").length, 11);
  await press("#migrate");
  assert.match(await page.textContent("#report-sentence"), /^11 of 16 sessions were migrated, 11 of them to a newer layout, 5 quarantined;/);
  const renewed = (await rows("report")).filter(({ outcome }) => outcome === "Layout renewed");
  assert.equal(renewed.length, 11);
  for (const { session } of renewed) assert.match(session, /It lay under version 1 of the layout\./);
  assert.doesNotMatch(await page.textContent("#figures-sentence"), /Migrate still/);
  assert.deepEqual(await changedSessions(page, "small"), []);
  assert.equal((await figures()).Chunked, "11");
});

/** Runs in the page: the application's row of many with a checksum by a rule of which nobody knows. */
async function spoilChecksum() {
  const { withDatabase, writeRows } = await import("/samples/database.js");
  await withDatabase(async (database) => {
    const request = database.transaction("collections").objectStore("collections").get("sessions");
    const row = await new Promise((resolve) => Object.assign(request, { onsuccess: () => resolve(request.result) }));
    await writeRows(database, [[row.name, row.data, row.timestamp, { checksum: "of another rule" }]]);
  });
}

scenario("an original that has to stay is told of in words, in report and list", async ({ page, plant, press, rows, application }) => {
  await plant("small");
  await page.evaluate(spoilChecksum);
  const before = (await application()).sessions;
  await press("#migrate");
  assert.equal((await application()).sessions, before, "the row is untouched");
  for (const section of ["report", "sessions"]) {
    const { session } = (await rows(section)).find(({ session }) => session.startsWith("The week of the move"));
    assert.match(session, /Record kept: its original stays where it is: its checksum is not what its rule says ContainerKept/);
  }
});

/** Runs before the page's own scripts: localStorage as a browser denies it. */
const denied = () => Object.defineProperty(window, "localStorage", { get() { throw new DOMException("denied here", "SecurityError"); } });

scenario("where localStorage is denied the page says so, and moves what lies elsewhere", {
  async start({ page, url }) {
    await page.goto(url);
    await page.waitForSelector('#main[data-state="ready"]');
    await page.evaluate(() => globalThis.restowDemo.plantSamples("small"));
    await page.addInitScript(denied);
  },
}, async ({ page, press, figures, rows }) => {
  const notes = await page.$$eval("#unreadable p", (all) => all.map((one) => one.textContent));
  assert.equal(notes.length, 2);
  assert.match(notes[1], /^Not counted: localStorage, one key, taskerino-v3-state, can’t be read now\. Storage denied StorageDenied$/);
  assert.equal((await figures()).Sessions, "12");
  await press("#migrate");
  assert.equal((await figures()).Chunked, "8");
  const failed = (await rows("report")).filter(({ outcome }) => outcome === "Failed");
  for (const { session } of failed) assert.match(session, /^The whole source\n/);
  assert.deepEqual(failed.map(({ source }) => source.split("\n").at(-1)).sort(), ["taskerino-draft:…", "taskerino-v3-state"]);
});
