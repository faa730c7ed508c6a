// Chat histories by the public package in a real browser: keys that name their tenant, each with a list
// of messages.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { start } from "./blank.mjs";

const TENANT = "a1b2c3d4-e5f6-4a8b-9c0d-1e2f3a4b5c6d";
const OTHER = "f1234567-89ab-4cde-f012-3456789abcde";
const CHAT = `chat_session_${TENANT}_agent-grc-analyst-${TENANT}`;
const MODAL = `agent_chat_${TENANT}_agent_1`;
const GLOBAL = `chat_session_${TENANT}_global`;

let browser;
before(async () => {
  browser = await start();
});
after(() => browser?.stop());

/** Messages as the application writes them. */
const messages = (count, from = 0) =>
  Array.from({ length: count }, (_, at) => at + from).map((at) =>
    at % 2 === 0
      ? { id: `m${at}`, type: "user", content: `Frage ${at} é😀`, timestamp: "2025-01-31T08:00:00.000Z" }
      : { id: `m${at}`, type: "agent", content: "An answer", timestamp: "2025-01-31T08:00:01.000Z", response: { confidence: 0.5, unknown: [null] }, isLoading: false });

const texts = {
  [CHAT]: JSON.stringify(messages(7)),
  [MODAL]: ` ${JSON.stringify(messages(2), null, 2)}\n`,
  [GLOBAL]: '{"selectedAgent":"agent_1","lastUpdated":"2025-01-31"}',
  [`chat_session_${OTHER}_agent_1`]: '[{"type":"user","content":"THEIRS"}]',
  [`agent_chat_${OTHER}_${TENANT}`]: '[{"type":"user","content":"THEIRS"}]',
  [`agent_metrics_${TENANT}`]: "{}",
  chat_session_7: '[{"type":"agent","content":"whose?"}]',
  auth_token: "SECRET-TOKEN",
  chat_session_: "[]",
  library: "unknown",
};
const left = Object.keys(texts).filter((key) => ![CHAT, MODAL].includes(key));

/** Runs in the page: opens Restow, and notes from then on which keys are read, written and removed. */
const opened = `async (more = {}, source = {}) => {
  const { open } = await import("/restow/index.js");
  globalThis.touched ??= [];
  for (const name of ["getItem", "setItem", "removeItem"]) {
    const original = Storage.prototype[name];
    if (original.isSpy) continue;
    Storage.prototype[name] = function (key, ...rest) {
      touched.push(key);
      return original.call(this, key, ...rest);
    };
    Storage.prototype[name].isSpy = true;
  }
  return open({
    sources: [{ kind: "localStorage", registry: "agents", classes: ["chat", "chat-modal", "chat-without-tenant"], tenantId: "${TENANT}", ...source }],
    layout: { id: null, arrays: [{ path: [], chunk: 3 }] },
    autoCleanup: false,
    ...more,
  });
}`;

async function pageWith(texts) {
  const page = await browser.fresh();
  await page.evaluate((texts) => {
    for (const [key, text] of Object.entries(texts)) localStorage.setItem(key, text);
  }, texts);
  await page.evaluate(`globalThis.opened = ${opened}`);
  return page;
}

test("chats are chunked by messages, with every message as it was, and rolled back to the unit", async () => {
  const page = await pageWith(texts);
  const found = await page.evaluate(async ([chat, modal]) => {
    const restow = await opened();
    const needed = [await restow.checkMigrationNeeded()];
    const rehearsal = await restow.migrateAllSessions({ dryRun: true });
    const untouched = { ...localStorage };
    const batch = await restow.migrateAllSessions();
    needed.push(await restow.checkMigrationNeeded());
    const between = Object.keys(localStorage).sort();
    const whole = await restow.loadFullSession(chat);
    const isList = Array.isArray(whole);
    const sessions = await restow.listSessions();
    const status = await restow.getMigrationStatus();
    const checks = [await restow.verifySession(chat), await restow.verifySession(modal)];
    const databases = (await indexedDB.databases()).map(({ name }) => name);
    await restow.rollbackSessionMigration(modal, null, { confirm: true });
    const back = localStorage.getItem(modal);
    restow.close();
    return { needed, rehearsal, untouched, batch, between, whole, isList, sessions, status, checks, databases, back };
  }, [CHAT, MODAL]);
  await page.close();
  assert.deepEqual(found.needed, ["yes", "no"]);
  assert.deepEqual(found.rehearsal.sessions.map(({ sessionId, chunks, counts }) => [sessionId, chunks, counts]).toSorted(), [[MODAL, 1, { "": 2 }], [CHAT, 3, { "": 7 }]]);
  assert.deepEqual(found.untouched, texts);
  assert.deepEqual([found.batch.success, found.batch.migrated, found.batch.total], [true, 2, 2]);
  assert.deepEqual(found.between, left.toSorted());
  assert.equal(found.isList, true);
  assert.equal(JSON.stringify(found.whole), texts[CHAT]);
  assert.deepEqual(found.whole.map(({ type }) => type), ["user", "agent", "user", "agent", "user", "agent", "user"]);
  assert.deepEqual(found.sessions.map(({ id, state, chunks }) => [id, state, chunks]), [[MODAL, "chunked", 1], [CHAT, "chunked", 3]]);
  assert.deepEqual([found.status.total, found.status.chunked, found.status.percentage], [2, 2, 100]);
  assert.ok(found.checks.every(({ ok }) => ok));
  assert.deepEqual(found.databases, [`restow/${TENANT}`]);
  assert.equal(found.back, texts[MODAL]);
});

test("keys of others are neither read nor written nor removed, whatever is called", async () => {
  const page = await pageWith(texts);
  const found = await page.evaluate(async ([ids, chat]) => {
    const restow = await opened();
    const code = (call) => call.then((value) => value, (error) => error.code);
    await restow.checkMigrationNeeded();
    await restow.getMigrationStatus();
    await restow.listSessions();
    await restow.migrateAllSessions({ dryRun: true });
    const answers = [];
    for (const id of ids) {
      answers.push([
        await code(restow.loadFullSession(id)),
        await code(restow.openSession(id)),
        await code(restow.isSessionChunked(id)),
        await code(restow.migrateSessionToChunked(id)),
        await code(restow.deleteSession(id, { confirm: true })),
        await code(restow.rollbackSessionMigration(id, null, { confirm: true })),
      ]);
    }
    await restow.migrateAllSessions();
    await restow.loadFullSession(chat);
    await restow.listQuarantine();
    await restow.removeOriginals({ confirm: true });
    await restow.getMigrationStatus();
    restow.close();
    return { answers, touched };
  }, [left, CHAT]);
  const after = await page.evaluate(() => ({ ...localStorage }));
  await page.close();
  for (const answer of found.answers) assert.deepEqual(answer, [null, null, false, "NotFound", false, "BackupNotFound"]);
  assert.deepEqual([...new Set(found.touched)].sort(), [MODAL, CHAT]);
  assert.deepEqual(after, Object.fromEntries(left.map((key) => [key, texts[key]])));
});

test("a chat without a tenant moves only when it is claimed by name", async () => {
  const page = await pageWith(texts);
  const found = await page.evaluate(async (tenantId) => {
    let restow = await opened();
    const { offered, left } = await restow.captureState({ registry: "agents", tenantId, dryRun: true });
    const before = [await restow.loadFullSession("chat_session_7"), localStorage.getItem("chat_session_7")];
    restow.close();
    restow = await opened({}, { claim: ["chat_session_7", "auth_token", "library"] });
    const claimed = await restow.loadFullSession("chat_session_7");
    const batch = await restow.migrateAllSessions();
    restow.close();
    return { offered, left, before, claimed, batch, after: { ...localStorage } };
  }, TENANT);
  await page.close();
  assert.deepEqual(found.offered, [{ key: "chat_session_7", class: "chat-without-tenant", parts: { id: "7" } }]);
  const others = left.filter((key) => key.includes(OTHER) || ["auth_token", "library", "chat_session_"].includes(key));
  assert.deepEqual(found.left.map(({ key }) => key).toSorted(), others.toSorted());
  assert.deepEqual(found.before, [null, texts.chat_session_7]);
  assert.deepEqual(found.claimed, [{ type: "agent", content: "whose?" }]);
  assert.equal(found.batch.migrated, 2);
  assert.deepEqual(Object.keys(found.after).toSorted(), left.filter((key) => key !== "chat_session_7").toSorted());
});

test("a handle reads, iterates and writes messages, and a new chat has the id that it is given", async () => {
  const page = await pageWith(texts);
  const found = await page.evaluate(async ([chat, added]) => {
    const restow = await opened();
    const handle = await restow.openSession(chat);
    const ranges = [await handle.read([], { from: 2, to: 4 }), await handle.read("", { from: 6 }), await handle.read("3.type"), (await handle.read([])).length];
    const iterated = [];
    for (const path of ["", []]) {
      const ids = [];
      for await (const { id } of handle.items(path, { from: 1 })) ids.push(id);
      iterated.push(ids.join());
    }
    const pieces = [];
    for await (const { path, from, value } of handle) pieces.push([path, from, value.length]);
    const { places, metadata } = handle;
    const length = await handle.append([], added);
    await handle.setItem("", 0, { ...added[0], type: "user" });
    await handle.set("1.error", "late");
    const edited = await restow.loadFullSession(chat);
    const made = await restow.createSession(added, { id: "chat_session_new" });
    const loaded = await restow.loadFullSession(made);
    const code = (call) => call.then(() => "nothing", ({ code, message }) => `${code} ${message}`);
    const refused = [await code(restow.createSession(added)), await code(restow.createSession(added, { id: made })), await code(restow.createSession(added, { id: {} })), await code(handle.setItem([], 99, {}))];
    restow.close();
    return { ranges, iterated, pieces, places, metadata, length, edited, loaded, refused };
  }, [CHAT, messages(2, 7)]);
  await page.close();
  const all = messages(9);
  assert.deepEqual(found.ranges, [all.slice(2, 4), all.slice(6, 7), "agent", 7]);
  assert.deepEqual(found.iterated, Array(2).fill("m1,m2,m3,m4,m5,m6"));
  assert.deepEqual(found.pieces, [[[], 0, 3], [[], 3, 3], [[], 6, 1]]);
  assert.deepEqual([found.places.length, found.places[0].path, found.places[0].length, found.metadata], [1, [], 7, []]);
  assert.equal(found.length, 9);
  const wanted = [{ ...all[7], type: "user" }, { ...all[1], error: "late" }, ...all.slice(2)];
  assert.deepEqual(found.edited, wanted);
  assert.deepEqual(found.loaded, messages(2, 7));
  for (const [index, begin] of ["InvalidArgument `id`", "AlreadyExists", "InvalidArgument `id`", "InvalidPath"].entries()) {
    assert.ok(found.refused[index].startsWith(begin), found.refused[index]);
  }
});

test("what was chunked can be read without Restow, as the format says", async () => {
  const page = await pageWith(texts);
  const found = await page.evaluate(async ([chat, tenant]) => {
    const restow = await opened();
    await restow.migrateAllSessions();
    restow.close();
    const wait = (r) => new Promise((ok, no) => { r.onsuccess = () => ok(r.result); r.onerror = () => no(r.error); });
    const db = await wait(indexedDB.open(`restow/${tenant}`));
    const get = (store, key) => wait(db.transaction(store).objectStore(store).get(key));
    const { generation, skeleton, layout } = await get("manifests", chat);
    const list = await get("lists", [chat, generation]);
    const at = (path) => path.reduce((value, key) => value[key], skeleton);
    for (const { path, chunks } of list.arrays) {
      const array = at(path);
      for (const [index, { len }] of chunks.entries()) {
        const from = array.length;
        array.length += len;
        (await get("chunks", [chat, generation, path, index])).data.forEach((item, offset) => { array[from + offset] = item; });
      }
    }
    db.close();
    return { layout, skeleton };
  }, [CHAT, TENANT]);
  await page.close();
  assert.deepEqual(found.layout, { version: 1, id: null, label: null, arrays: [{ path: [], chunk: 3 }], parts: [] });
  assert.deepEqual(found.skeleton, messages(7));
});

test("each tenant has its own, and what is wrong with a source is named", async () => {
  const page = await pageWith(texts);
  const found = await page.evaluate(async (other) => {
    const mine = await opened();
    await mine.migrateAllSessions();
    const theirs = await opened({}, { tenantId: other });
    const before = (await theirs.listSessions()).map(({ id, state }) => [id, state]);
    const backups = (await theirs.listBackups()).length;
    mine.close();
    theirs.close();
    const message = (call) => call.then(() => "nothing", ({ code, message }) => `${code} ${message}`);
    const wrong = [
      await message(opened({}, { tenantId: undefined })),
      await message(opened({}, { classes: ["auth-token"] })),
      await message(opened({}, { classes: undefined })),
      await message(opened({}, { prefix: "chat_" })),
      await message(opened({ layout: { id: "id", arrays: [{ path: "", chunk: 3 }] } })),
      await message(opened({ layout: { arrays: [{ path: "", chunk: 3 }], parts: ["x"] } })),
    ];
    return { before, backups, wrong };
  }, OTHER);
  await page.close();
  assert.deepEqual(found.before, [[`agent_chat_${OTHER}_${TENANT}`, "legacy"], [`chat_session_${OTHER}_agent_1`, "legacy"]]);
  assert.equal(found.backups, 0);
  const fields = ["sources[0].tenantId", "sources[0].classes[0]", "sources[0].classes", "sources[0].prefix", "layout.arrays[0].path", "layout.arrays[0].path"];
  for (const [index, field] of fields.entries()) assert.ok(found.wrong[index].startsWith(`InvalidConfig configuration: \`${field}\``), found.wrong[index]);
});
