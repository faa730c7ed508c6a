// The whole story, as someone who sees the page for the first time would live it.

import assert from "node:assert/strict";
import { changedSessions, scenario } from "./support.mjs";

const LONG = "Why does <b>bold</b> & “quoted” text break the title?";

scenario("samples, a rehearsal that writes nothing, a migration that loses nothing", async ({ page, plant, press, figures, rows, databases, application, texts, expected }) => {
  await plant("small");
  const [before, textsBefore] = [await application(), await texts()];
  assert.deepEqual(await figures(), { Sessions: "16", Chunked: "0", "To migrate": "11", Diverged: "0", Quarantined: "5", Done: "0 %" });
  assert.match(await page.textContent("#elsewhere"), /^1 more session was chunked by the application itself/);

  await press("#rehearse");
  assert.deepEqual(await databases(), ["taskerino-db"], "a rehearsal creates no database");
  assert.deepEqual([await application(), await texts()], [before, textsBefore], "a rehearsal changes no row and no text");
  assert.match(await page.textContent("#report-title"), /what would be done/);
  assert.match(await page.textContent("#report-sentence"), /^11 of 16 sessions would be migrated, 5 would be quarantined; it took .+ Nothing was written\.$/);
  const rehearsed = await rows("report");
  assert.equal(rehearsed.length, 16);
  for (const { outcome } of rehearsed) assert.match(outcome, /^Would be (migrated|quarantined)$/);

  await press("#migrate");
  assert.deepEqual(await figures(), { Sessions: "16", Chunked: "11", "To migrate": "0", Diverged: "0", Quarantined: "5", Done: "69 %" });
  assert.match(await page.textContent("#report-sentence"), /^11 of 16 sessions were migrated, 5 quarantined;.+Backups are kept for 30 days\.$/);
  assert.match(await page.textContent("#report-figures"), /left at the peak of the run/);

  const shown = await rows("sessions");
  const reported = await rows("report");
  const words = { row: "IndexedDB, rows", collection: "IndexedDB, one row", draft: "localStorage, keys", state: "localStorage, one key" };
  for (const { id, place, expected: outcome, code } of await expected("small")) {
    const row = shown.find(({ session }) => session.includes(String(id)));
    const line = reported.find(({ session }) => session.includes(String(id)));
    assert.equal(row?.state, outcome === "migrated" ? "Chunked" : "Quarantined", `state of ${id}`);
    assert.equal(line?.outcome, outcome === "migrated" ? "Migrated" : "Quarantined", `outcome of ${id}`);
    for (const told of [row, line]) assert.ok(told.source.startsWith(words[place]), `${id} is told to be from ${told.source}`);
    if (code) assert.ok(row.session.includes(code) && line.session.includes(code), `${id} shows ${code}`);
  }
  assert.deepEqual(await changedSessions(page, "small"), [], "what was migrated is what was planted");

  const after = await application();
  const moved = (await expected("small")).filter((row) => row.expected === "migrated").map(({ id }) => `sessions/${id}`);
  for (const key of moved) assert.ok(!(key in after), `${key} has left its source`);
  for (const key of Object.keys(before).filter((key) => !moved.includes(key) && key !== "sessions")) assert.equal(after[key], before[key], `${key} is untouched`);
  const [rowBefore, rowAfter] = [before, after].map((rows) => JSON.parse(rows.sessions));
  assert.ok(rowAfter.data.startsWith("GZIP_V1:") && rowAfter.data.length < rowBefore.data.length, "the row of many is shorter, and zipped still");
  const textsAfter = await texts();
  const parts = textsBefore["taskerino-v3-state"].split(/(?<="sessions": )\[\s*\{.*\}\s*\](?=  ,)/s);
  assert.equal(textsAfter["taskerino-v3-state"], parts.join("[]"), "of the state only its sessions are gone");

  const copy = shown.find(({ session }) => session.includes("client/acme"));
  assert.match(copy.session, /In another source too: lies in localStorage\/taskerino-draft: as well; that copy is left alone/);
  assert.ok("taskerino-draft:client/acme/2025-09-02" in textsAfter);

  assert.equal((await rows("backups")).length, 11);
  assert.match((await rows("backups"))[0].remaining, /^30 days/);
  assert.equal((await rows("decisions")).length, 5, "five in quarantine, with their reasons");
  assert.equal((await rows("audit")).filter(({ what }) => /migrat/i.test(what)).length, 10, "the newest ten are shown");
  assert.equal((await rows("storage")).length, 3 + Object.keys(textsBefore).length);
  assert.match((await rows("storage")).find(({ key }) => key?.startsWith("taskerino-v3-state")).now, /^\d{3} characters$/);
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
  assert.equal((await figures()).Chunked, "11", "nothing happens without consent");

  await page.click(action("Launch day, later", "rollback"));
  await page.waitForSelector("dialog .preview dd");
  await page.click('dialog [data-answer="yes"]');
  await page.check('dialog input[value="keep"]');
  await page.click('dialog [data-answer="yes"]');
  await page.waitForFunction(() => document.querySelector("#news").textContent.includes("is back"));
  await idle();
  const key = "sessions/🚀-launch-day";
  assert.equal((await application())[key], before[key], "its row is as it was found");
  assert.ok((await rows("backups")).length >= 12, "the edits have a backup of their own");
  assert.match((await rows("sessions")).find(({ session }) => session.startsWith("Launch day\n")).state, /To migrate\s+Rolled back/);

  await press("#migrate");
  assert.equal((await figures()).Chunked, "10", "what was rolled back is left alone");
  await press(action("Launch day", "migrate"));
  assert.equal((await figures()).Chunked, "11");
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
  assert.equal((await rows("backups")).length, 11, "no backup has expired yet");
});

scenario("everything is checked, and a chunk that is missing is put back", async ({ page, plant, press, idle, rows }) => {
  await plant("small");
  await press("#migrate");
  await press("#check");
  assert.match(await page.textContent("#check-sentence"), /^Everything is whole: 11 sessions and 11 backups read, [\d,]+ digests compared\.$/);
  assert.equal(await page.isVisible("#problems"), false);
  await page.evaluate(async () => {
    const wait = (request) => new Promise((resolve, reject) => ((request.onsuccess = () => resolve(request.result)), (request.onerror = () => reject(request.error))));
    const database = await wait(indexedDB.open("restow"));
    const chunks = database.transaction("chunks", "readwrite").objectStore("chunks");
    await wait(chunks.delete((await wait(chunks.getAllKeys()))[0]));
    database.close();
  });
  await press("#check");
  assert.match(await page.textContent("#check-sentence"), /: 1 problem\.$/);
  assert.equal((await page.$$("#problems-table tbody tr")).length, 1);
  await page.click("#repair");
  await page.waitForSelector("dialog .preview");
  await page.click('dialog [data-answer="yes"]');
  await page.waitForFunction(() => document.querySelector("#check-sentence").textContent.startsWith("Everything is whole"));
  await idle();
  assert.equal(await page.isVisible("#problems"), false);
  assert.equal((await rows("audit"))[0].what, "Repaired");
  assert.deepEqual(await changedSessions(page, "small"), []);
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
    assert.deepEqual([(await figures()).Diverged, (await figures()).Chunked], ["0", "11"]);
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
  assert.deepEqual([result.migrated, result.quarantined], [11, 5]);
  // Coming back from the developer tools gives the window its focus.
  await page.evaluate(() => dispatchEvent(new Event("focus")));
  await page.waitForFunction(() => document.querySelector('[data-figure="Chunked"] dd').textContent === "11");
  assert.equal((await figures())["To migrate"], "0");
});

scenario("start over deletes the demo, and asks first", async ({ page, plant, press, idle, databases, texts, news }) => {
  await plant("small");
  await press("#migrate");
  await page.click("#start-over");
  await page.click('dialog [data-answer="no"]');
  assert.deepEqual(await databases(), ["restow", "taskerino-db"]);
  await page.click("#start-over");
  await page.click('dialog [data-answer="yes"]');
  await page.waitForFunction(() => document.querySelector("#news").textContent.includes("empty again"));
  await idle();
  assert.deepEqual([await databases(), await texts()], [[], {}]);
  assert.match(await page.textContent("#figures-sentence"), /^No sessions yet/);
  await plant("small");
  assert.match(await news(), /16 sessions planted/);
});
