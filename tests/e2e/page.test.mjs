// The whole story, as someone who sees the page for the first time would live it.

import assert from "node:assert/strict";
import { changedSessions, scenario } from "./support.mjs";

const LONG = "Why does <b>bold</b> & “quoted” text break the title?";

scenario("samples, a rehearsal that writes nothing, a migration that loses nothing", async ({ page, plant, press, figures, rows, databases, application, expected }) => {
  await plant("small");
  const before = await application();
  assert.deepEqual(await figures(), { Sessions: "9", Chunked: "0", "To migrate": "6", Diverged: "0", Quarantined: "3", Done: "0 %" });
  assert.match(await page.textContent("#elsewhere"), /^1 more session was chunked by the application itself/);

  await press("#rehearse");
  assert.deepEqual(await databases(), ["taskerino-db"], "a rehearsal creates no database");
  assert.deepEqual(await application(), before, "a rehearsal changes no row");
  assert.match(await page.textContent("#report-title"), /what would be done/);
  assert.match(await page.textContent("#report-sentence"), /^6 of 9 sessions would be migrated, 3 would be quarantined; it took .+ Nothing was written\.$/);
  const rehearsed = await rows("report");
  assert.equal(rehearsed.length, 9);
  for (const { outcome } of rehearsed) assert.match(outcome, /^Would be (migrated|quarantined)$/);

  await press("#migrate");
  assert.deepEqual(await figures(), { Sessions: "9", Chunked: "6", "To migrate": "0", Diverged: "0", Quarantined: "3", Done: "67 %" });
  assert.match(await page.textContent("#report-sentence"), /^6 of 9 sessions were migrated, 3 quarantined;.+Backups are kept for 30 days\.$/);
  assert.match(await page.textContent("#report-figures"), /left at the peak of the run/);

  const shown = await rows("sessions");
  const reported = await rows("report");
  for (const { id, expected: outcome, code } of await expected("small")) {
    const row = shown.find(({ session }) => session.includes(String(id)));
    const line = reported.find(({ session }) => session.includes(String(id)));
    assert.equal(row?.state, outcome === "migrated" ? "Chunked" : "Quarantined", `state of ${id}`);
    assert.equal(line?.outcome, outcome === "migrated" ? "Migrated" : "Quarantined", `outcome of ${id}`);
    if (code) assert.ok(row.session.includes(code) && line.session.includes(code), `${id} shows ${code}`);
  }
  assert.deepEqual(await changedSessions(page, "small"), [], "what was migrated is what was planted");

  const after = await application();
  const moved = (await expected("small")).filter((row) => row.expected === "migrated").map(({ id }) => `sessions/${id}`);
  for (const key of moved) assert.ok(!(key in after), `${key} has left its source`);
  for (const key of Object.keys(before).filter((key) => !moved.includes(key))) assert.equal(after[key], before[key], `${key} is untouched`);

  assert.equal((await rows("backups")).length, 6);
  assert.match((await rows("backups"))[0].remaining, /^30 days/);
  assert.equal((await rows("decisions")).length, 3, "three in quarantine, with their reasons");
  assert.equal((await rows("audit")).filter(({ what }) => /migrat/i.test(what)).length, 6);
  assert.equal((await rows("storage")).length, 3);
});

scenario("a session is read piece by piece: a late chunk loads alone", async ({ page, plant, press, action }) => {
  await plant("small");
  await press("#migrate");
  // Notes what the page reads through the handle.
  await page.evaluate(() => {
    const { instance } = globalThis.restowDemo;
    const open = instance.openSession.bind(instance);
    globalThis.reads = [];
    instance.openSession = async (id) => {
      const handle = await open(id);
      const read = handle.read.bind(handle);
      return new Proxy(handle, {
        get(target, key) {
          if (key === "read") return (path, range) => (globalThis.reads.push([path.join("."), range?.from ?? null, range?.to ?? null]), read(path, range));
          const value = Reflect.get(target, key, target);
          return typeof value === "function" ? value.bind(target) : value;
        },
      });
    };
  });
  await press(action(LONG, "open"));
  assert.equal(await page.textContent("#reader-name"), LONG);
  assert.equal(await page.evaluate(() => document.activeElement.id), "reader-heading");
  await page.click('[data-place="screenshots"] > summary');
  assert.deepEqual(await page.evaluate(() => globalThis.reads), [], "nothing is loaded before it is looked at");

  await page.click('[data-range="screenshots 100-101"] > summary');
  await page.waitForSelector('[data-range="screenshots 100-101"][data-state="loaded"]');
  assert.deepEqual(await page.evaluate(() => globalThis.reads), [["screenshots", 100, 101]]);
  await page.click('[data-range="screenshots 100-101"] .items summary');
  const shown = await page.textContent('[data-range="screenshots 100-101"] pre');
  const planted = await page.evaluate((name) => {
    const { samplePlan } = globalThis.restowDemo;
    return samplePlan("small").map((row) => row.make()).find((body) => body.name === name).screenshots[100].id;
  }, LONG);
  assert.ok(shown.includes(planted), "the last screenshot is the one that was planted");

  await page.click('[data-place="summary"] > summary');
  await page.waitForSelector('[data-place="summary"] pre');
  assert.deepEqual((await page.evaluate(() => globalThis.reads)).at(-1), ["summary", null, null]);
});

scenario("a session that was edited is rolled back, its edits kept, and migrated again", async ({ page, plant, press, idle, action, figures, rows, application, news }) => {
  await plant("small");
  const before = await application();
  await press("#migrate");
  await press(action("Launch day", "open"));
  await page.fill("#new-name", "Launch day, later");
  await press("#reader-body form button");
  assert.match(await news(), /revision is now/);
  assert.ok((await rows("sessions")).some(({ session }) => session.startsWith("Launch day, later")));

  await page.click(action("Launch day, later", "rollback"));
  await page.waitForSelector("dialog[open]");
  assert.equal(await page.evaluate(() => document.activeElement.dataset.answer), "no", "the careful answer has the focus");
  await page.keyboard.press("Escape");
  await page.waitForSelector("dialog", { state: "detached" });
  assert.equal((await figures()).Chunked, "6", "nothing happens without consent");

  await page.click(action("Launch day, later", "rollback"));
  await page.waitForSelector("dialog .preview dd");
  await page.click('dialog [data-answer="yes"]');
  await page.check('dialog input[value="keep"]');
  await page.click('dialog [data-answer="yes"]');
  await page.waitForFunction(() => document.querySelector("#news").textContent.includes("is back"));
  await idle();
  const key = "sessions/🚀-launch-day";
  assert.equal((await application())[key], before[key], "its row is as it was found");
  assert.ok((await rows("backups")).length >= 7, "the edits have a backup of their own");
  assert.match((await rows("sessions")).find(({ session }) => session.startsWith("Launch day\n")).state, /To migrate\s+Rolled back/);

  await press("#migrate");
  assert.equal((await figures()).Chunked, "5", "what was rolled back is left alone");
  await press(action("Launch day", "migrate"));
  assert.equal((await figures()).Chunked, "6");
  assert.deepEqual(await changedSessions(page, "small"), []);
});

scenario("a verification, a session in quarantine, a clean-up", async ({ page, plant, press, idle, action, rows, news }) => {
  await plant("small");
  await press("#migrate");
  await press(action("Launch day", "verify"));
  assert.match(await news(), /“Launch day” is whole: \d+ pieces/);

  await press('#sessions tr:has-text("NotAnObject") [data-action="open"]');
  assert.match(await page.textContent("#reader-body"), /in quarantine/);
  assert.match(await page.textContent("#reader-body [data-raw]"), /saved while the disk was full/);

  await page.click("#clean-up");
  await page.waitForSelector("dialog[open]");
  await page.click('dialog [data-answer="yes"]');
  await page.waitForFunction(() => document.querySelector("#news").textContent.includes("No backup was removed"));
  await idle();
  assert.equal((await rows("backups")).length, 6, "no backup has expired yet");
});

for (const [keep, description] of [["chunks", /^(?!Saved by a tab)/], ["source", /^Saved by a tab that had slept/]]) {
  scenario(`a diverged session: keep the ${keep}`, async ({ page, plant, press, idle, figures }) => {
    await plant("small");
    await press("#migrate");
    await press("#simulate");
    assert.equal((await figures()).Diverged, "1");
    await page.click('[data-action="decide"]');
    await page.check(`dialog input[value="${keep}"]`);
    await page.click('dialog [data-answer="yes"]');
    await page.waitForSelector("dialog .preview");
    await page.click('dialog [data-answer="yes"]');
    await page.waitForFunction(() => document.querySelector("#news").textContent.includes("one side again"));
    await idle();
    assert.deepEqual([(await figures()).Diverged, (await figures()).Chunked], ["0", "6"]);
    const kept = await page.evaluate(async () => {
      const { instance } = globalThis.restowDemo;
      const { id } = (await instance.readAudit({ limit: 1 }))[0];
      return (await instance.loadFullSession(id)).description;
    });
    assert.match(kept, description);
  });
}

scenario("the console's functions are there, and the page follows them", async ({ page, plant, figures }) => {
  await plant("small");
  for (const name of ["runChunkedMigration", "showMigrationStatus", "migrateSingleSession", "rollbackSession", "cleanupBackups"]) {
    assert.equal(await page.evaluate((name) => typeof globalThis[name], name), "function", name);
  }
  const result = await page.evaluate(() => globalThis.runChunkedMigration());
  assert.deepEqual([result.migrated, result.quarantined], [6, 3]);
  // Coming back from the developer tools gives the window its focus.
  await page.evaluate(() => dispatchEvent(new Event("focus")));
  await page.waitForFunction(() => document.querySelector('[data-figure="Chunked"] dd').textContent === "6");
  assert.equal((await figures())["To migrate"], "0");
});

scenario("start over deletes the demo, and asks first", async ({ page, plant, press, idle, databases, news }) => {
  await plant("small");
  await press("#migrate");
  await page.click("#start-over");
  await page.click('dialog [data-answer="no"]');
  assert.deepEqual(await databases(), ["restow", "taskerino-db"]);
  await page.click("#start-over");
  await page.click('dialog [data-answer="yes"]');
  await page.waitForFunction(() => document.querySelector("#news").textContent.includes("empty again"));
  await idle();
  assert.deepEqual(await databases(), []);
  assert.match(await page.textContent("#figures-sentence"), /^No sessions yet/);
  await plant("small");
  assert.match(await news(), /9 sessions planted/);
});
