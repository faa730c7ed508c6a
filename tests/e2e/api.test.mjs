// The public package in a real browser: fidelity, handles, the application's own database.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { inWorker, plant, start, testOfPage } from "./blank.mjs";

let browser;
before(async () => {
  browser = await start();
});
after(() => browser?.stop());

/** Runs in the page: opens Restow over one store of sessions. */
const opened = `async (more = {}) => {
  const { open } = await import("/restow/index.js");
  return open({
    sources: [{ database: "app", store: "docs" }],
    layout: { label: "name", arrays: [{ path: "items", chunk: 10 }, { path: "video.chunks", chunk: 3 }], parts: ["summary"] },
    ...more,
  });
}`;

async function pageWith(records, options = { keyPath: "id" }) {
  const page = await browser.fresh();
  await page.evaluate(plant, { database: "app", store: "docs", records, others: ["notes"], ...options });
  await page.evaluate(`globalThis.opened = ${opened}`);
  return page;
}

test("every type of value survives migration, edits around it, and rollback", async () => {
  const page = await pageWith([]);
  const found = await page.evaluate(async () => {
    const sparse = [1, , undefined, null];
    sparse.length = 9;
    const extra = Object.assign([1, 2, 3], { note: "an extra property" });
    const shared = { both: "places" };
    const loop = { name: "loop" };
    loop.self = loop;
    const odd = {};
    Object.defineProperty(odd, "__proto__", { value: { polluted: true }, enumerable: true, configurable: true, writable: true });
    odd.constructor = "not a function";
    const values = {
      date: new Date(1e12), noDate: new Date(NaN), regexp: /a+/giu,
      map: new Map([["k", { v: 1 }], [{ deep: true }, new Set([1, "2"])]]), set: new Set([1, [2]]),
      big: 2n ** 70n, negativeZero: -0, nan: NaN, infinity: -Infinity, undef: undefined, nil: null,
      buffer: new Uint8Array([1, 2, 3]).buffer, typed: new Float32Array([1.5, -2]), view: new DataView(new ArrayBuffer(4), 1, 2),
      blob: new Blob(["blob"], { type: "text/plain" }), file: new File(["file"], "name.txt", { type: "text/css", lastModified: 5 }),
      image: new ImageData(new Uint8ClampedArray([1, 2, 3, 4]), 1, 1),
      error: new RangeError("out of range", { cause: { code: 7 } }),
      boxed: [Object(true), Object(5), Object("text"), Object(9n)],
      lone: "a\ud800b", ["\udc00key"]: 1, sparse, extra, odd, loop, twice: [shared, shared],
      z: 1, a: 2, 10: "number-like key", "": "empty key",
    };
    const body = { id: "all", name: "All", items: [], video: { title: "t", chunks: [] }, summary: { values }, last: 1 };
    for (let index = 0; index < 25; index++) body.items.push({ index, when: new Date(index) });
    body.items.push(values.date, sparse, structuredClone(values.map), -0);
    body.items.length += 4;
    body.items.note = new Date(7);
    for (let index = 0; index < 7; index++) body.video.chunks.push(new Uint8Array([index]));
    const db = await new Promise((resolve) => {
      const request = indexedDB.open("app");
      request.onsuccess = () => resolve(request.result);
    });
    const store = (mode) => db.transaction("docs", mode).objectStore("docs");
    const wait = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    delete values.date; // It is in `items` as well, and one object in two pieces can't be split.
    values.sparse = sparse.slice();
    await wait(store("readwrite").put(body));
    const original = await wait(store("readonly").get("all"));

    const restow = await opened();
    const row = await restow.migrateSessionToChunked("all");
    const loaded = await restow.loadFullSession("all");
    const gone = await wait(store("readonly").get("all"));
    await restow.verifyDataIntegrity(original, loaded);
    const inside = loaded.summary.values;
    const facts = {
      outcome: row.outcome, code: row.code, reason: row.reason, counts: row.counts, gone: gone === undefined,
      keys: JSON.stringify(Object.keys(loaded)) === JSON.stringify(Object.keys(original)),
      valueKeys: JSON.stringify(Object.keys(inside)) === JSON.stringify(Object.keys(original.summary.values)),
      negativeZero: Object.is(inside.negativeZero, -0) && Object.is(loaded.items[28], -0), nan: Number.isNaN(inside.nan),
      undef: "undef" in inside && inside.undef === undefined, hole: !(1 in inside.sparse) && inside.sparse.length === 9,
      tail: loaded.items.length === 33 && !(32 in loaded.items), note: loaded.items.note.getTime() === 7,
      loop: inside.loop.self === inside.loop, shared: inside.twice[0] === inside.twice[1],
      proto: Object.hasOwn(inside.odd, "__proto__") && Object.getPrototypeOf(inside.odd) === Object.prototype && {}.polluted === undefined,
      blob: await inside.blob.text(), file: [await inside.file.text(), inside.file.name, inside.file.lastModified],
      error: [inside.error.name, inside.error.message], image: [inside.image.width, ...inside.image.data],
      lone: inside.lone === "a\ud800b" && "\udc00key" in inside, big: inside.big === 2n ** 70n,
      boxed: inside.boxed.map((value) => Object.prototype.toString.call(value)),
    };
    await restow.rollbackSessionMigration("all", null, { confirm: true });
    const back = await wait(store("readonly").get("all"));
    await restow.verifyDataIntegrity(original, back);
    let caught;
    try {
      await restow.verifyDataIntegrity(original, { ...back, name: "Other" });
    } catch (error) {
      caught = { code: error.code, message: error.message };
    }
    db.close();
    return { facts, caught };
  });
  assert.deepEqual(found.facts, {
    outcome: "migrated", code: null, reason: null, counts: { items: 33, "video.chunks": 7 }, gone: true,
    keys: true, valueKeys: true, negativeZero: true, nan: true, undef: true, hole: true, tail: true, note: true,
    loop: true, shared: true, proto: true, blob: "blob", file: ["file", "name.txt", 5], error: ["RangeError", "out of range"],
    image: [1, 1, 2, 3, 4], lone: true, big: true,
    boxed: ["[object Boolean]", "[object Number]", "[object String]", "[object BigInt]"],
  });
  assert.equal(found.caught.code, "IntegrityMismatch");
  assert.match(found.caught.message, /- .+ \(name\)\n\s+Expected: "All", Actual: "Other"/);
  await page.close();
});

test("what can't be split without losing something is quarantined, and can still be read", async () => {
  const page = await pageWith([]);
  const rows = await page.evaluate(async () => {
    const shared = { id: 1 };
    const around = { id: "cycle", items: [{}] };
    around.items[0].owner = around;
    const buffer = new ArrayBuffer(4);
    const bodies = [
      { id: "shared", items: [shared, ...Array(10).fill(0), shared] },
      around,
      { id: "buffer", items: [new Uint8Array(buffer), ...Array(10).fill(0), new Uint8Array(buffer)] },
      { id: "inside", items: [{ a: shared, b: shared }] },
      { id: "key", items: [await crypto.subtle.generateKey({ name: "AES-GCM", length: 128 }, false, ["encrypt"])] },
    ];
    const db = await new Promise((resolve) => {
      const request = indexedDB.open("app");
      request.onsuccess = () => resolve(request.result);
    });
    await new Promise((resolve) => {
      const transaction = db.transaction("docs", "readwrite");
      for (const body of bodies) transaction.objectStore("docs").put(body);
      transaction.oncomplete = resolve;
    });
    db.close();
    const restow = await opened();
    const result = await restow.migrateAllSessions();
    const read = await restow.loadFullSession("cycle");
    const listed = await restow.listQuarantine();
    return {
      rows: Object.fromEntries(result.sessions.map((row) => [row.sessionId, row.code ?? row.outcome])),
      success: result.success, read: read.items[0].owner === read, listed: listed.map((row) => row.id).sort(),
      secret: JSON.stringify([result, listed]).includes("AES"),
    };
  });
  assert.deepEqual(rows, {
    rows: { shared: "SharedObject", cycle: "SharedObject", buffer: "SharedObject", inside: "migrated", key: "UnsupportedValue" },
    success: true, read: true, listed: ["buffer", "cycle", "key", "shared"], secret: false,
  });
  await page.close();
});

test("the application's database stays open, usable and unchanged in its shape", async () => {
  const records = Array.from({ length: 30 }, (_, index) => [`s${index}`, { id: `s${index}`, items: [index] }]);
  const page = await pageWith(records);
  const found = await page.evaluate(async () => {
    const db = await new Promise((resolve) => {
      const request = indexedDB.open("app");
      request.onsuccess = () => resolve(request.result);
    });
    let asked = 0;
    db.onversionchange = () => asked++;
    const write = (key) => new Promise((resolve, reject) => {
      const transaction = db.transaction("notes", "readwrite");
      transaction.objectStore("notes").put({ id: key, note: "by the application" });
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    const before = (await indexedDB.databases()).map(({ name }) => name);
    const restow = await opened();
    await restow.getMigrationStatus();
    await restow.migrateAllSessions({ dryRun: true });
    const looked = (await indexedDB.databases()).map(({ name }) => name);
    let writes = 0;
    const result = await restow.migrateAllSessions({ onProgress: () => write(`own-${writes++}`) });
    await write("own-last");
    const stores = [...db.objectStoreNames];
    const version = db.version;
    db.close();
    const elsewhere = await opened({ sources: [{ database: "nonesuch", store: "docs" }], database: "other" });
    const none = await elsewhere.getMigrationStatus();
    const after = (await indexedDB.databases()).map(({ name }) => name).sort();
    return { before, looked, asked, stores, version, migrated: result.migrated, errors: result.errors, none: none.total, after };
  });
  assert.deepEqual(found, {
    before: ["app"], looked: ["app"], asked: 0, stores: ["docs", "notes"], version: 1, migrated: 30, errors: [], none: 0, after: ["app", "restow"],
  });
  await page.close();
});

/** Writes as the page sees them; those of a worker it does not see. */
const seen = (writes) => (inWorker ? "" : writes);

test("a handle reads ranges, iterates, and writes only what changed", async () => {
  const items = Array.from({ length: 35 }, (_, index) => ({ index }));
  const page = await pageWith([["s", { id: "s", name: "S", items, summary: { text: "x" }, video: { chunks: [1, 2, 3, 4] } }]]);
  const found = await page.evaluate(async () => {
    const restow = await opened();
    const handle = await restow.openSession("s");
    const facts = { id: handle.id, metadata: JSON.stringify(handle.metadata), revision: handle.revision };
    facts.range = (await handle.read("items", { from: 8, to: 12 })).map(({ index }) => index);
    facts.end = (await handle.read("items", { from: 33 })).length;
    facts.item = (await handle.read(["items", 34])).index;
    facts.part = (await handle.read("summary.text"));
    facts.nothing = await handle.read("nothing.there");
    facts.streamed = 0;
    for await (const item of handle.items("items", { from: 5 })) facts.streamed += item.index;
    facts.pieces = [];
    for await (const { path, from } of handle) facts.pieces.push(`${path.join(".")}@${from}`);

    const db = await new Promise((resolve) => {
      const request = indexedDB.open("restow");
      request.onsuccess = () => resolve(request.result);
    });
    const puts = [];
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (value, ...key) {
      puts.push(this.name === "chunks" ? `${value.path.join(".")}#${value.index}` : this.name);
      return put.call(this, value, ...key);
    };
    const writes = async (call) => {
      puts.length = 0;
      await call();
      return puts.filter((name) => name.includes("#")).join(" ");
    };
    facts.append = await writes(() => handle.append("items", Array.from({ length: 7 }, (_, index) => ({ index: 35 + index }))));
    facts.setItem = await writes(() => handle.setItem("items", 3, { index: "changed" }));
    facts.set = await writes(() => handle.set("summary.text", "y"));
    facts.name = await writes(() => handle.set("name", "Renamed"));
    facts.nested = await writes(() => handle.set("items.41.index", "deep"));
    IDBObjectStore.prototype.put = put;
    facts.moved = handle.revision - facts.revision;
    delete facts.revision;

    const other = await restow.openSession("s");
    await other.set("name", "By another");
    const code = (call) => call().then(() => "none", (error) => `${error.code} ${error.sessionId}`);
    facts.stale = await code(() => handle.set("name", "Too late"));
    facts.outside = await code(() => other.setItem("items", 99, 1));
    facts.identity = await code(() => other.set("id", "t"));
    facts.badPath = await code(() => other.read(5));
    const session = await restow.loadFullSession("s");
    facts.session = [session.name, session.items.length, session.items[3].index, session.items[41].index, session.summary.text];
    facts.verified = (await restow.verifySession("s")).ok;
    facts.label = (await restow.listSessions())[0].label;
    db.close();
    return facts;
  });
  assert.deepEqual(found, {
    id: "s", metadata: '{"id":"s","name":"S","items":[],"summary":null,"video":{"chunks":[]}}',
    range: [8, 9, 10, 11], end: 2, item: 34, part: "x", nothing: undefined, streamed: 585,
    pieces: ["items@0", "items@10", "items@20", "items@30", "video.chunks@0", "video.chunks@3", "summary@null"],
    append: seen("items#3 items#4"), setItem: seen("items#0"), set: seen("summary#0"), name: "", nested: seen("items#4"), moved: 5,
    stale: "StaleHandle s", outside: "InvalidPath s", identity: "InvalidPath s", badPath: "InvalidArgument s",
    session: ["By another", 42, "changed", "deep", "y"], verified: true, label: "By another",
  });
  await page.close();
});

test("a configuration or an argument that is wrong is refused by name", async () => {
  const page = await pageWith([]);
  const codes = await page.evaluate(async () => {
    const { open, isRestowError } = await import("/restow/index.js");
    const caught = async (call) => {
      try {
        await call();
        return "nothing";
      } catch (error) {
        return isRestowError(error) ? `${error.code}: ${error.message}` : String(error);
      }
    };
    const restow = await opened();
    const found = [
      await caught(() => open({ preset: "nonesuch" })),
      await caught(() => opened({ layout: { arrays: [{ path: "items", chunk: 0 }] } })),
      await caught(() => opened({ skipBackup: true })),
      await caught(() => restow.migrateSessionToChunked({})),
      await caught(() => restow.migrateAllSessions({ backupRetentionDays: 0 })),
      await caught(() => restow.migrateSessionToChunked("nobody")),
      await caught(() => restow.deleteSession("nobody", {})),
      await caught(() => restow.createSession({ name: "no id" })),
      await caught(() => restow.createSession({ id: 1, act: () => 1 })),
    ];
    restow.close();
    found.push(await caught(() => restow.getMigrationStatus()));
    return found.map((text) => text.split("\n")[0]);
  });
  for (const [index, part] of [
    "InvalidConfig: configuration: `preset` must be one of: taskerino",
    "InvalidConfig: configuration: `layout.arrays[0].chunk` must be a whole number from 1",
    "InvalidConfig: configuration: `skipBackup` is not known",
    "InvalidArgument: `id` must be text or a number",
    "InvalidArgument: `backupRetentionDays` must be a whole number from 1",
    "NotFound: there is no session nobody",
    "ConfirmationRequired: deleteSession needs `confirm: true`",
    "InvalidArgument: `body` must be an object whose `id` is text or a number",
    "UnsupportedValue: ",
    "Closed: ",
  ].entries()) {
    assert.ok(codes[index].startsWith(part), `${codes[index]} does not begin with ${part}`);
  }
  await page.close();
});

test("sessions are created, deleted with a backup, and brought back", async () => {
  const page = await pageWith([["old", { id: "old", items: [1] }]]);
  const found = await page.evaluate(async () => {
    const restow = await opened();
    const id = await restow.createSession({ id: 7, name: "New", items: [1, 2], when: new Date(5) });
    const again = await restow.createSession({ id: 7 }).catch((error) => error.code);
    const taken = await restow.createSession({ id: "old" }).catch((error) => error.code);
    const created = await restow.loadFullSession(7);
    await restow.deleteSession(7, { confirm: true });
    await restow.deleteSession("old", { confirm: true });
    const gone = [await restow.loadFullSession(7), await restow.loadFullSession("old"), await restow.deleteSession(7, { confirm: true })];
    const backups = await restow.listBackups();
    for (const { id, path } of backups) await restow.rollbackSessionMigration(id, path, { confirm: true });
    const back = [await restow.loadFullSession(7), await restow.loadFullSession("old")];
    const audit = (await restow.readAudit()).map(({ action, id }) => `${action} ${id}`);
    return { id, again, taken, when: created.when.getTime(), gone, back: [back[0].items.length, back[1].items.length], audit: audit.slice(0, 3) };
  });
  assert.deepEqual(found, {
    id: 7, again: "AlreadyExists", taken: "AlreadyExists", when: 5, gone: [null, null, false], back: [2, 1],
    audit: ["create 7", "delete 7", "delete old"],
  });
  await page.close();
});

testOfPage("backups go by themselves once they have had their time, unless that is turned off", async () => {
  const page = await pageWith([["s", { id: "s", items: [1, 2, 3] }]]);
  const days = (count) => {
    const { now } = Date;
    Date.now = () => now() + count * 24 * 60 * 60 * 1000;
  };
  const left = (config) => page.evaluate(async (config) => {
    const restow = await opened(config);
    const until = performance.now() + 12_000;
    let backups = await restow.listBackups();
    // The page is idle soon; where nothing is to go, a while shows that nothing goes.
    const patience = config.autoCleanup === false || backups[0].remainingDays > 0 ? performance.now() + 1500 : until;
    while (backups.length > 0 && performance.now() < patience) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      backups = await restow.listBackups();
    }
    restow.close();
    return backups.length;
  }, config);
  await page.evaluate(async () => {
    const restow = await opened();
    await restow.migrateAllSessions();
    restow.close();
  });
  assert.equal(await left({}), 1, "its time has not come");
  await page.evaluate(days, 31);
  assert.equal(await left({ autoCleanup: false }), 1, "it was turned off");
  assert.equal(await left({}), 0, "its time has come");
  const after = await page.evaluate(async () => {
    const restow = await opened();
    return { session: (await restow.loadFullSession("s")).items.length, audit: (await restow.readAudit()).at(-1).action };
  });
  assert.deepEqual(after, { session: 3, audit: "cleanup" });
  await page.close();
});

testOfPage("where storage is full, nothing is lost and the session can still be read", async () => {
  const page = await pageWith([["s", { id: "s", items: Array.from({ length: 30 }, (_, index) => ({ index })) }]]);
  const found = await page.evaluate(async () => {
    const restow = await opened();
    // What Chromium does when something no longer fits: no request fails, the transaction is undone.
    const { add } = IDBObjectStore.prototype;
    const error = Object.getOwnPropertyDescriptor(IDBTransaction.prototype, "error");
    IDBObjectStore.prototype.add = function (...args) {
      const request = add.apply(this, args);
      request.onsuccess = () => this.transaction.abort();
      return request;
    };
    Object.defineProperty(IDBTransaction.prototype, "error", { ...error, get: () => new DOMException("full", "QuotaExceededError") });
    const read = await restow.loadFullSession("s");
    const full = await restow.migrateAllSessions();
    IDBObjectStore.prototype.add = add;
    Object.defineProperty(IDBTransaction.prototype, "error", error);
    const chunked = await restow.isSessionChunked("s");
    const room = await restow.migrateAllSessions();
    return {
      read: read.items.length, chunked, success: full.success, code: full.errors[0]?.code,
      migrated: room.migrated, loaded: (await restow.loadFullSession("s")).items.length,
    };
  });
  assert.deepEqual(found, { read: 30, chunked: false, success: false, code: "QuotaExceeded", migrated: 1, loaded: 30 });
  await page.close();
});
