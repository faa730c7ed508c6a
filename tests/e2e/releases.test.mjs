// One release of an application after the other: an older one that comes back, and a newer layout.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { start } from "./blank.mjs";

let browser;
before(async () => {
  browser = await start();
});
after(() => browser?.stop());

/** Runs in the page: three sessions in three kinds of places, and the sources that tell of them. */
async function plantThree() {
  const { put, session } = await import("/storage.js");
  await put(["docs/row", session("row")], ["docs", { list: [session("member")], note: "stays" }]);
  localStorage.setItem("state", `{ "theme": "dark", "docs": [ ${JSON.stringify(session("text"))} ] }`);
  globalThis.sources = [
    { database: "app", store: "docs", prefix: "docs/" },
    { name: "many", database: "app", store: "docs", key: "docs", path: "list" },
    { kind: "localStorage", key: "state", path: "docs" },
  ];
}

test("with originals kept, an older release goes on working, and its changes are not lost later", async () => {
  const page = await browser.fresh();
  await page.evaluate(plantThree);
  const found = await page.evaluate(async () => {
    const { everything, get, put, restowOver } = await import("/storage.js");
    const before = await everything();
    const newer = await restowOver(globalThis.sources, { originals: "keep" });
    const facts = { migrated: (await newer.migrateAllSessions()).migrated, untouched: (await everything()) === before };
    facts.needed = await newer.checkMigrationNeeded();
    newer.close();

    // The older release knows nothing of Restow. It reads its sessions, and writes some of them.
    const old = {
      row: await get("docs/row"),
      member: (await get("docs")).list[0],
      text: JSON.parse(localStorage.getItem("state")).docs[0],
    };
    facts.old = Object.values(old).map(({ name, items }) => `${name}, ${items.length} items`);
    await put(["docs/row", { ...old.row, name: "Changed by the older release" }]);
    localStorage.setItem("state", JSON.stringify({ theme: "light", docs: [{ ...old.text, name: "Changed there as well" }] }));

    const back = await restowOver(globalThis.sources);
    const { diverged, chunked } = await back.getMigrationStatus();
    facts.status = { diverged, chunked };
    facts.removed = await back.removeOriginals({ confirm: true });
    for (const id of facts.removed.diverged) await back.resolveConflict(id, "source", { confirm: true });
    facts.names = [];
    for (const id of ["row", "member", "text"]) facts.names.push((await back.loadFullSession(id)).name);
    facts.left = [await get("docs/row"), await get("docs"), localStorage.getItem("state")];
    facts.last = [(await back.getMigrationStatus()).percentage, await back.checkMigrationNeeded()];
    return facts;
  });
  assert.deepEqual(found, {
    migrated: 3, untouched: true, needed: "no",
    old: ["Session row, 25 items", "Session member, 25 items", "Session text, 25 items"],
    status: { diverged: 2, chunked: 1 },
    removed: { removed: ["member"], diverged: ["row", "text"], state: null, errors: [] },
    names: ["Changed by the older release", "Session member", "Changed there as well"],
    left: [undefined, { list: [], note: "stays" }, '{"theme":"light","docs":[]}'],
    last: [100, "no"],
  });
  await page.close();
});

test("a newer layout is rehearsed, then every session is brought to it and is still what it was", async () => {
  const page = await browser.fresh();
  await page.evaluate(plantThree);
  const found = await page.evaluate(async () => {
    const { everything, restowOver, session } = await import("/storage.js");
    const first = await restowOver(globalThis.sources);
    await first.migrateAllSessions();
    const handle = await first.openSession("member");
    await handle.append("items", [{ index: 25, text: "appended under the first layout" }]);
    first.close();

    const layout = { version: 2, label: "name", arrays: [{ path: "items", chunk: 4 }] };
    const second = await restowOver(globalThis.sources, { layout });
    const facts = { needed: await second.checkMigrationNeeded(), status: await second.getMigrationStatus() };
    const [before, backups] = [await everything(), (await second.listBackups()).length];
    const told = ({ sessions }) => sessions.map((row) => `${row.sessionId} ${row.outcome} from ${row.fromLayout}, ${row.chunks}`).sort();
    const rehearsal = await second.migrateAllSessions({ dryRun: true });
    facts.rehearsal = { rows: told(rehearsal), relaid: rehearsal.relaid, needed: await second.checkMigrationNeeded() };
    const events = [];
    const result = await second.migrateAllSessions({ onProgress: (message, percent, { source }) => events.push(`${message} ${source}`) });
    facts.result = { rows: told(result), migrated: result.migrated, relaid: result.relaid, success: result.success };
    facts.events = events.filter((text) => text.startsWith("Renewing")).length;
    facts.untouched = (await everything()) === before;
    facts.after = await second.checkMigrationNeeded();
    const places = (await second.openSession("row")).places.map(({ path, chunk }) => `${path.join(".")} ${chunk}`);
    facts.places = places;
    for (const id of ["row", "text"]) await second.verifyDataIntegrity(session(id), await second.loadFullSession(id));
    const edited = session("member");
    edited.items.push({ index: 25, text: "appended under the first layout" });
    await second.verifyDataIntegrity(edited, await second.loadFullSession("member"));
    facts.verified = (await Promise.all(["row", "member", "text"].map((id) => second.verifySession(id)))).every(({ ok }) => ok);
    const kept = await second.listBackups();
    facts.backups = [kept.length - backups, kept.filter(({ reason }) => reason === "layout").length];
    facts.again = (await second.migrateAllSessions()).migrated;
    second.close();

    // An older release with its older layout still reads them, and leaves them as they are.
    const older = await restowOver(globalThis.sources);
    facts.older = [await older.checkMigrationNeeded(), (await older.migrateAllSessions()).migrated];
    await older.verifyDataIntegrity(session("text"), await older.loadFullSession("text"));
    return facts;
  });
  const { status, ...rest } = found;
  assert.deepEqual([status.chunked, status.percentage], [3, 100]);
  assert.deepEqual(rest, {
    needed: "yes",
    rehearsal: { rows: ["member migrated from 1, 7", "row migrated from 1, 7", "text migrated from 1, 7"], relaid: 3, needed: "yes" },
    result: { rows: ["member migrated from 1, 7", "row migrated from 1, 7", "text migrated from 1, 7"], migrated: 3, relaid: 3, success: true },
    events: 3, untouched: true, after: "no", places: ["items 4"], verified: true, backups: [3, 3], again: 0, older: ["no", 0],
  });
  await page.close();
});

test("a layout that was changed without a new version changes nothing, and is told of", async () => {
  const page = await browser.fresh();
  await page.evaluate(plantThree);
  const found = await page.evaluate(async () => {
    const { restowOver } = await import("/storage.js");
    const first = await restowOver(globalThis.sources);
    await first.migrateAllSessions();
    first.close();
    const second = await restowOver(globalThis.sources, { layout: { label: "name", arrays: [{ path: "items", chunk: 4 }] } });
    const { migrated, sessions } = await second.migrateAllSessions();
    return { needed: await second.checkMigrationNeeded(), migrated, warnings: sessions.map(({ warnings }) => warnings.map(({ code }) => code).join()) };
  });
  assert.deepEqual(found, { needed: "no", migrated: 0, warnings: ["LayoutChanged", "LayoutChanged", "LayoutChanged"] });
  await page.close();
});
