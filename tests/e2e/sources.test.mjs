// Where sessions may lie, in a real browser: every kind of source, and several of them together.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { start, testOfPage } from "./blank.mjs";
import { kinds } from "./blank/kinds.js";

let browser;
before(async () => {
  browser = await start();
});
after(() => browser?.stop());

/** Runs in the page: two sessions of one kind of source through all that may happen to them. */
async function story(kind) {
  const { kinds } = await import("/kinds.js");
  const { everything, restowOver, session } = await import("/storage.js");
  const { source, plant, read, left, back } = kinds[kind];
  const facts = {};
  let restow = await restowOver([source]);
  facts.none = [await restow.checkMigrationNeeded(), (await restow.getMigrationStatus()).total];
  await plant();
  facts.needed = await restow.checkMigrationNeeded();
  const before = await everything();
  const rehearsal = await restow.migrateAllSessions({ dryRun: true });
  facts.rehearsed = [rehearsal.migrated, (await everything()) === before, (await indexedDB.databases()).some(({ name }) => name === "restow")];
  const result = await restow.migrateAllSessions();
  facts.moved = [result.migrated, result.errors.length, ...result.sessions.filter(({ outcome }) => outcome === "migrated").map((row) => `${row.sessionId} from ${row.source}`).sort()];
  for (const id of ["a", "b"]) await restow.verifyDataIntegrity(session(id), await restow.loadFullSession(id));
  facts.verified = [(await restow.verifySession("a")).ok, (await restow.verifySession("b")).ok];
  facts.left = [await read(), await left()];
  facts.after = [await restow.checkMigrationNeeded(), (await restow.migrateAllSessions()).migrated, (await read()) === facts.left[0]];
  const { restoredTo } = await restow.rollbackSessionMigration("b", null, { confirm: true });
  facts.restoredTo = restoredTo;
  facts.back = [await read(), await back()];
  await restow.verifyDataIntegrity(session("b"), await restow.loadFullSession("b"));
  facts.settled = [await restow.checkMigrationNeeded(), (await restow.migrateAllSessions()).migrated, await restow.isSessionChunked("a"), await restow.isSessionChunked("b")];
  restow.close();
  return { facts, name: restoredTo };
}

for (const kind of Object.keys(kinds)) {
  test(`${kind}: sessions are moved, neighbours stay, one goes back to its place`, async () => {
    const page = await browser.fresh();
    const { facts, name } = await page.evaluate(story, kind);
    const { left, back, ...rest } = facts;
    assert.equal(left[0], left[1], "what is left");
    assert.equal(back[0], back[1], "what is there once one is back");
    assert.deepEqual(rest, {
      none: ["no", 0],
      needed: "yes",
      rehearsed: [2, true, false],
      moved: [2, 0, `a from ${name}`, `b from ${name}`],
      verified: [true, true],
      after: ["no", 0, true],
      restoredTo: name,
      settled: ["no", 0, true, false],
    });
    await page.close();
  });
}

test("a session in several sources comes from the first; its copies are told of and left alone", async () => {
  const page = await browser.fresh();
  const found = await page.evaluate(async () => {
    const { get, put, restowOver, session } = await import("/storage.js");
    await put(["docs/a", session("a")], ["docs", [session("a", { name: "Older" }), session("b")]]);
    localStorage.setItem("doc:b", JSON.stringify(session("b", { name: "Oldest" })));
    const sources = [{ database: "app", store: "docs", prefix: "docs/" }, { name: "many", database: "app", store: "docs", key: "docs" }, { kind: "localStorage", prefix: "doc:" }];
    const restow = await restowOver(sources);
    const told = ({ warnings }) => warnings.map(({ code, message }) => `${code}: ${message}`);
    const listed = (await restow.listSessions()).map((row) => [row.id, row.source, ...told(row)]);
    const { total, sessions } = await restow.migrateAllSessions();
    const rows = sessions.map((row) => [row.sessionId, row.source, ...told(row)]);
    // Months later a stale tab writes a copy into a place above the one that it came from.
    await put(["docs/b", session("b", { name: "Stale" })]);
    const again = await restow.migrateAllSessions();
    const names = [(await restow.loadFullSession("a")).name, (await restow.loadFullSession("b")).name];
    const status = await restow.getMigrationStatus();
    return {
      listed, total, rows, again: again.migrated, later: told(again.sessions.find(({ sessionId }) => sessionId === "b")).length, names,
      diverged: status.diverged, needed: await restow.checkMigrationNeeded(),
      copies: [(await get("docs")).map(({ name }) => name), JSON.parse(localStorage.getItem("doc:b")).name, (await get("docs/b")).name],
    };
  });
  const rows = [
    ["a", "app/docs/docs", "AlsoIn: lies in many as well; that copy is left alone"],
    ["b", "many", "AlsoIn: lies in localStorage/doc: as well; that copy is left alone"],
  ];
  assert.deepEqual(found, {
    listed: rows, total: 2, rows, again: 0, later: 2, names: ["Session a", "Session b"], diverged: 0, needed: "no",
    copies: [["Older"], "Oldest", "Stale"],
  });
  await page.close();
});

test("a wrapper whose checksum can't be renewed is left as it is, and its originals are kept", async () => {
  const page = await browser.fresh();
  const found = await page.evaluate(async () => {
    const { everything, put, restowOver, session } = await import("/storage.js");
    await put(["docs", { data: [session("a"), session("b")], checksum: "of some rule" }]);
    const before = await everything();
    const restow = await restowOver([{ database: "app", store: "docs", key: "docs", body: "data" }]);
    const { migrated, success, sessions } = await restow.migrateAllSessions();
    return {
      migrated, success, codes: sessions.map(({ warnings }) => warnings.map(({ code }) => code).join()),
      untouched: (await everything()) === before, needed: await restow.checkMigrationNeeded(), again: (await restow.migrateAllSessions()).migrated,
    };
  });
  assert.deepEqual(found, { migrated: 2, success: true, codes: ["ContainerKept", "ContainerKept"], untouched: true, needed: "no", again: 0 });
  await page.close();
});

test("what is no collection of sessions is listed as a whole and left alone", async () => {
  const page = await browser.fresh();
  const found = await page.evaluate(async () => {
    const { everything, put, restowOver } = await import("/storage.js");
    await put(["docs", { data: 5 }]);
    localStorage.setItem("state", '{ "docs": [ {"id":1}, ');
    localStorage.setItem("doc:cut", '{"id":"cut","items":[');
    const before = await everything();
    const restow = await restowOver([
      { database: "app", store: "docs", key: "docs", body: "data" },
      { kind: "localStorage", prefix: "doc:" },
      { kind: "localStorage", key: "state", path: "docs" },
    ]);
    const result = await restow.migrateAllSessions();
    return {
      success: result.success, codes: result.sessions.map(({ outcome, code, source }) => `${outcome} ${code} ${source}`).sort(),
      untouched: (await everything()) === before, listed: (await restow.listQuarantine()).length, needed: await restow.checkMigrationNeeded(),
    };
  });
  assert.deepEqual(found, {
    success: true,
    codes: ["quarantined JsonInvalid localStorage/doc:", "quarantined JsonInvalid localStorage/state", "quarantined NoSessionsThere app/docs/docs (one record)"],
    untouched: true, listed: 3, needed: "no",
  });
  await page.close();
});

/** Runs in the page: thirty sessions in one record and thirty in one text, each among others. */
async function plantMany() {
  const { put, session } = await import("/storage.js");
  const thirty = (kind) => Array.from({ length: 30 }, (_, index) => session(`${kind}${index}`));
  await put(["docs", { list: [null, ...thirty("m")], note: "stays" }]);
  localStorage.setItem("state", `{ "count" : 12345678901234567890, "docs": [ ${[...thirty("t").map((one) => JSON.stringify(one)), '{"id":1e400}'].join(" , ")} ] }`);
}

/** Runs in the page: what lies where, and whether every session is there and as it was. */
async function settledMany() {
  const { get, session } = await import("/storage.js");
  const { restow } = globalThis;
  for (const kind of ["m", "t"]) {
    for (let index = 0; index < 30; index++) await restow.verifyDataIntegrity(session(`${kind}${index}`), await restow.loadFullSession(`${kind}${index}`));
  }
  const { chunked, quarantined, diverged } = await restow.getMigrationStatus();
  const backups = new Set((await restow.listBackups()).map(({ id }) => id)).size;
  return { chunked, quarantined, diverged, backups, needed: await restow.checkMigrationNeeded(), left: [JSON.stringify(await get("docs")), localStorage.getItem("state")] };
}

const openMany = async () => {
  const { restowOver } = await import("/storage.js");
  globalThis.restow = await restowOver([{ database: "app", store: "docs", key: "docs", path: "list" }, { kind: "localStorage", key: "state", path: "docs" }]);
};

const settled = {
  chunked: 60, quarantined: 2, diverged: 0, backups: 60, needed: "no",
  left: ['{"list":[null],"note":"stays"}', '{ "count" : 12345678901234567890, "docs": [ {"id":1e400} ] }'],
};

for (const at of [7, 45]) {
  test(`a page that goes away at session ${at} of many in one record leaves each of them whole`, async () => {
    const page = await browser.fresh();
    await page.evaluate(plantMany);
    await page.evaluate(openMany);
    await page.evaluate(() => void globalThis.restow.migrateAllSessions({ onProgress: (message, percent, { done }) => (globalThis.done = done) }));
    await page.waitForFunction((at) => globalThis.done >= at, at, { polling: 5 });
    await page.reload();
    await page.evaluate(openMany);
    const between = await page.evaluate(async () => (await globalThis.restow.listSessions()).filter(({ state }) => ["legacy", "chunked"].includes(state)).length);
    assert.equal(between, 60, "no session is missing, and none is there twice");
    const result = await page.evaluate(() => globalThis.restow.migrateAllSessions());
    assert.deepEqual(result.errors, []);
    assert.deepEqual(await page.evaluate(settledMany), settled);
    await page.close();
  });
}

test("a run over many in one record that is cancelled has taken out what it moved, and is carried on", async () => {
  const page = await browser.fresh();
  await page.evaluate(plantMany);
  await page.evaluate(openMany);
  const first = await page.evaluate(async () => {
    const { get } = await import("/storage.js");
    const controller = new AbortController();
    const onProgress = (message, percent, { done }) => done >= 10 && controller.abort();
    const { cancelled, migrated } = await globalThis.restow.migrateAllSessions({ signal: controller.signal, onProgress });
    return { cancelled, migrated, left: (await get("docs")).list.length };
  });
  assert.equal(first.cancelled, true);
  assert.equal(first.left, 31 - first.migrated, "what was moved is not in its record any more");
  await page.evaluate(() => globalThis.restow.migrateAllSessions());
  assert.deepEqual(await page.evaluate(settledMany), settled);
  await page.close();
});

// Read once more to count what is left.
testOfPage("ten thousand sessions in one record: it is read once to move them, and written once", async () => {
  const page = await browser.fresh();
  const found = await page.evaluate(async () => {
    const { get, put, restowOver } = await import("/storage.js");
    await put(["docs", { list: Array.from({ length: 10_000 }, (_, index) => ({ id: index, name: `n${index}` })), note: "stays" }]);
    const restow = await restowOver([{ database: "app", store: "docs", key: "docs", path: "list" }]);
    const calls = { looks: 0, changes: 0, puts: 0 };
    const { get: read, put: write } = IDBObjectStore.prototype;
    const isRecord = (store, key) => store.transaction.db.name === "app" && key === "docs";
    IDBObjectStore.prototype.get = function (key) {
      if (isRecord(this, key)) calls[this.transaction.mode === "readonly" ? "looks" : "changes"] += 1;
      return read.call(this, key);
    };
    IDBObjectStore.prototype.put = function (value, ...key) {
      if (isRecord(this, key[0])) calls.puts += 1;
      return write.call(this, value, ...key);
    };
    const result = await restow.migrateAllSessions();
    Object.assign(IDBObjectStore.prototype, { get: read, put: write });
    const last = await restow.loadFullSession(9_999);
    return { migrated: result.migrated, errors: result.errors.length, ...calls, last: last.name, left: JSON.stringify(await get("docs")) };
  });
  assert.deepEqual(found, { migrated: 10_000, errors: 0, looks: 2, changes: 1, puts: 1, last: "n9999", left: '{"list":[],"note":"stays"}' });
  await page.close();
});
