// The engine in a worker: where it differs from the engine in the page, and that it differs nowhere else.
// What both have in common is shown by worker-*.test.mjs, which run the tests of the page through a worker.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { plant, start } from "./blank.mjs";

let browser;
before(async () => {
  browser = await start();
});
after(() => browser?.stop());

const records = Array.from({ length: 12 }, (_, index) => [`s${index}`, { id: `s${index}`, name: `Session ${index}`, items: Array.from({ length: 25 }, (_, item) => ({ item })) }]);

/** Runs in the page: opens Restow over one store, in a worker unless it says otherwise. */
const opened = `async (more = {}) => {
  const { open } = await import("/restow/index.js");
  return open({
    sources: [{ database: "app", store: "docs" }],
    layout: { label: "name", arrays: [{ path: "items", chunk: 10 }], parts: ["summary"] },
    worker: true,
    ...more,
  });
}`;

/** A page with sessions; `init` runs before anything else of it. Notes what is requested and printed. */
async function pageWith(init = () => {}) {
  const first = await browser.fresh();
  await first.evaluate(plant, { database: "app", store: "docs", keyPath: "id", records });
  const page = await browser.another(init);
  await first.close();
  page.requested = [];
  page.printed = [];
  page.on("request", (request) => page.requested.push({ name: new URL(request.url()).pathname, frame: request.resourceType() }));
  page.on("console", (message) => page.printed.push(`${message.type()} ${message.text()}`));
  await page.evaluate(`globalThis.opened = ${opened}`);
  return page;
}

test("the page loads two small scripts, and the engine not at all", async () => {
  const page = await pageWith(() => {
    globalThis.modules = 0;
    for (const name of ["compile", "compileStreaming", "instantiate", "instantiateStreaming", "Module"]) {
      const { [name]: own } = WebAssembly;
      WebAssembly[name] = function (...given) {
        globalThis.modules += 1;
        return new.target ? new own(...given) : own.apply(this, given);
      };
    }
  });
  const found = await page.evaluate(async () => {
    const restow = await opened();
    const result = await restow.migrateAllSessions();
    const loaded = performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname);
    return { worker: restow.worker, migrated: result.migrated, modules, loaded, session: (await restow.loadFullSession("s3")).items.length };
  });
  assert.deepEqual(found.worker, { active: true, note: null });
  assert.deepEqual([found.migrated, found.session], [12, 25]);
  // What the worker's script imports is counted here as well, once; its module is not.
  assert.deepEqual(found.loaded.filter((name) => name.startsWith("/restow/")).sort(), ["/restow/index.js", "/restow/remote.js", "/restow/restow.js", "/restow/worker.js"]);
  assert.equal(found.modules, 0);
  assert.deepEqual(page.printed, []);
  await page.close();
});

test("progress, cancelling and errors cross", async () => {
  const page = await pageWith();
  const found = await page.evaluate(async () => {
    const { isRestowError } = await import("/restow/index.js");
    const restow = await opened();
    const controller = new AbortController();
    const events = [];
    const onProgress = (message, percent, event) => {
      events.push([typeof message, percent, event.message === message, event.done]);
      if (event.done >= 3) controller.abort();
    };
    const first = await restow.migrateAllSessions({ onProgress, signal: controller.signal });
    const aborted = await restow.migrateAllSessions({ signal: AbortSignal.abort() });
    // Any object that says whether it is aborted will do, as it does in the page.
    const plain = { aborted: false };
    const second = await restow.migrateAllSessions({ signal: plain, onProgress: (_message, _percent, { done }) => (plain.aborted = done >= 1) });
    const thrown = [];
    const { error } = console;
    console.error = (one) => thrown.push(one.message);
    const third = await restow.migrateAllSessions({ onProgress: () => { throw new Error("of a progress bar"); } });
    console.error = error;
    const told = async (call) => {
      const caught = await call.then(() => null, (reason) => reason);
      const { name, code, sessionId, retryable, preview } = caught;
      return { isError: caught instanceof Error, isRestow: isRestowError(caught), keys: Object.keys(caught).sort().join(), name, code, sessionId, retryable, preview, message: caught.message };
    };
    const errors = {
      preview: await told(restow.rollbackSessionMigration("s1", null, { confirm: false })),
      missing: await told(restow.migrateSessionToChunked("nobody")),
      callback: await told(restow.migrateAllSessions({ onProgress: 5 })),
      signal: await told(restow.migrateAllSessions({ signal: "now" })),
      argument: await told(restow.isSessionChunked({})),
      config: await told(opened({ sources: "none" })),
      function: await told(opened({ backupRetentionDays: () => 30 })),
    };
    restow.close();
    errors.closed = await told(restow.getMigrationStatus());
    // The same, told by the engine in the page.
    const here = await opened({ worker: false });
    const same = {
      preview: await told(here.rollbackSessionMigration("s1", null, { confirm: false })),
      missing: await told(here.migrateSessionToChunked("nobody")),
      callback: await told(here.migrateAllSessions({ onProgress: 5 })),
      signal: await told(here.migrateAllSessions({ signal: "now" })),
      argument: await told(here.isSessionChunked({})),
      config: await told(opened({ worker: false, sources: "none" })),
      function: await told(opened({ worker: false, backupRetentionDays: () => 30 })),
    };
    here.close();
    same.closed = await told(here.getMigrationStatus());
    return { events, first: [first.cancelled, first.migrated], aborted: [aborted.cancelled, aborted.migrated], second: second.cancelled, third: [third.cancelled, third.success], thrown: new Set(thrown).size, errors, same };
  });
  assert.ok(found.events.length >= 4 && found.events.every(([type, , same]) => type === "string" && same), JSON.stringify(found.events));
  assert.equal(found.first[0], true);
  assert.ok(found.first[1] >= 3 && found.first[1] < 12, `stopped after ${found.first[1]}`);
  assert.deepEqual([found.aborted, found.second, found.third, found.thrown], [[true, 0], true, [false, true], 1]);
  assert.deepEqual(found.errors, found.same);
  assert.equal(found.errors.preview.code, "ConfirmationRequired");
  assert.equal(found.errors.closed.code, "Closed");
  await page.close();
});

test("handles work as they do in the page", async () => {
  const page = await pageWith();
  const story = async (worker) => {
    const restow = await opened({ worker, database: `restow-${worker}`, originals: "keep" });
    const handle = await restow.openSession("s1");
    const facts = { id: handle.id, revision: [handle.revision], metadata: handle.metadata, places: handle.places.map(({ bytes, ...place }) => place) };
    handle.metadata.name = "a copy";
    facts.name = handle.metadata.name;
    facts.range = await handle.read("items", { from: 8, to: 12 });
    facts.length = await handle.append("items", [{ when: new Date(5) }, -0]);
    await handle.setItem("items", 2, { item: NaN });
    await handle.set("name", "Renamed");
    await handle.set("summary", { text: "new", map: new Map([[1, 2]]) });
    facts.revision.push(handle.revision);
    facts.after = [handle.metadata.name, handle.places[0].length];
    facts.items = [];
    for await (const item of handle.items("items", { from: 20 })) facts.items.push(item);
    facts.pieces = [];
    for await (const { path, from } of handle) facts.pieces.push(`${path.join(".")}@${from}`);
    const other = await restow.openSession("s1");
    await other.append("items", [1]);
    facts.stale = await handle.append("items", [2]).catch(({ code, sessionId }) => `${code} ${sessionId}`);
    facts.range = [facts.range, await handle.read("items", { from: -1 }).catch(({ code }) => code), await handle.read("nowhere").catch(({ code }) => code)];
    facts.nobody = await restow.openSession("nobody");
    restow.close();
    facts.closed = await handle.read("items").catch(({ code }) => code);
    return JSON.stringify(facts);
  };
  const there = await page.evaluate(story, true);
  assert.equal(there, await page.evaluate(story, false));
  assert.match(there, /"stale":"StaleHandle s1"/);
  await page.close();
});

test("what would not cross whole is met by the engine in the page, with the same end", async () => {
  const page = await pageWith();
  const story = async (worker) => {
    const restow = await opened({ worker, database: `restow-${worker}`, originals: "keep" });
    class Point {
      constructor(x) {
        this.x = x;
      }
      get double() {
        return this.x * 2;
      }
    }
    const tagged = Object.defineProperty({ x: 1 }, Symbol.toStringTag, { value: "Odd" });
    const values = {
      instance: new Point(3), date: new Date(5), nested: new Map([["k", [new Point(4), undefined, -0]]]), hole: [1, , 3], lone: "\ud800", extra: Object.assign([1], { note: 1 }),
      function: () => 1, symbol: Symbol("s"), deep: { in: [{ call() {} }] }, promise: Promise.resolve(), weak: new WeakMap(), tagged, url: new URL("http://a/"),
      getter: { get x() { return 1; } }, proxy: new Proxy({}, {}), window: { window },
    };
    const facts = {};
    for (const [name, value] of Object.entries(values)) {
      const created = await restow.createSession({ id: name, items: [value] }).catch(({ code, message }) => `${code} ${message}`);
      const loaded = created === name ? await restow.loadFullSession(name) : null;
      const kinds = loaded && [Object.prototype.toString.call(loaded.items[0]), loaded.items[0]?.constructor?.name, JSON.stringify(loaded.items[0])];
      const handle = await restow.openSession("s2");
      const { revision } = handle;
      const appended = await handle.append("items", [value]).then((length) => length > 0, ({ code, message }) => `${code} ${message}`);
      // Whichever way it went, the handle goes on.
      const again = await handle.append("items", ["more"]).then(() => true, ({ code }) => code);
      facts[name] = [created, kinds, appended, again, handle.revision - revision];
    }
    const handle = await restow.openSession("s2");
    const other = await restow.openSession("s2");
    await other.append("items", [1]);
    facts.stale = await handle.append("items", [new URL("http://a/")]).catch(({ name, sessionId }) => `${name} ${sessionId}`);
    facts.written = (await restow.openSession("s2")).places[0].length;
    facts.compared = await (async () => restow.verifyDataIntegrity({ a: 1, f: Math.max }, { a: 2, f: Math.max }))().catch(({ code, message }) => `${code} ${message}`);
    restow.close();
    return facts;
  };
  const there = await page.evaluate(story, true);
  const here = await page.evaluate(story, false);
  // Both refuse a stale handle with such a value, one for the first reason and one for the second.
  assert.deepEqual(there, here);
  assert.match(there.function[0], /^UnsupportedValue/);
  assert.equal(there.instance[0], "instance");
  assert.match(there.compared, /^IntegrityMismatch/);
  await page.close();
});

test("the console functions lie on the page's window, and print there", async () => {
  const page = await pageWith();
  const found = await page.evaluate(async () => {
    const restow = await opened({ console: true, limits: [{ path: "name", maxLength: 5 }] });
    const names = ["runChunkedMigration", "showMigrationStatus", "migrateSingleSession", "rollbackSession", "cleanupBackups"].filter((name) => typeof globalThis[name] === "function");
    const events = [];
    const run = await runChunkedMigration({ verbose: true, onProgress: (message) => events.push(message) });
    const unconfirmed = await rollbackSession("s1");
    const refused = await rollbackSession(5n).catch(({ code }) => code);
    restow.close();
    const later = await opened();
    later.installConsole();
    const status = await showMigrationStatus();
    later.close();
    return { names: names.length, run: run.migrated, events: events.length, unconfirmed, refused, status: status.chunked, closed: await showMigrationStatus().catch(({ code }) => code) };
  });
  assert.deepEqual({ ...found, events: found.events > 12 }, { names: 5, run: 12, events: true, unconfirmed: undefined, refused: "InvalidArgument", status: 12, closed: "Closed" });
  assert.ok(page.printed.some((line) => line.startsWith("log ") && line.includes("Migrating session 12/12: Session")), page.printed.join("\n"));
  assert.deepEqual(page.printed.filter((line) => !line.startsWith("log ")), []);
  await page.close();
});

const NOTES = {
  "there are none": [() => delete globalThis.Worker, /has none/],
  "starting one throws": [
    () => {
      globalThis.Worker = class {
        constructor() {
          throw new DOMException("refused", "SecurityError");
        }
      };
    },
    /refused to start it \(SecurityError\)/,
  ],
  "modules are not known in them": [
    () => {
      const { Worker } = globalThis;
      globalThis.Worker = class extends Worker {
        constructor(url) {
          super(url);
        }
      };
    },
    /could not be loaded/,
  ],
};

for (const [name, [init, note]] of Object.entries(NOTES)) {
  test(`where ${name}, the engine is in the page, and says so once`, async () => {
    const page = await pageWith(init);
    const found = await page.evaluate(async () => {
      const restow = await opened();
      const { migrated } = await restow.migrateAllSessions();
      const again = await opened();
      const plain = await opened({ worker: false });
      return { worker: restow.worker, again: again.worker, plain: plain.worker, migrated };
    });
    assert.equal(found.migrated, 12);
    assert.equal(found.worker.active, false);
    assert.match(found.worker.note, note);
    assert.deepEqual(found.again, found.worker);
    assert.deepEqual(found.plain, { active: false, note: null });
    assert.deepEqual(page.printed.filter((line) => line.startsWith("warning")), [`warning restow: the engine runs in the page, not in a worker: ${found.worker.note}`]);
    await page.close();
  });
}

for (const file of ["worker.js", "remote.js"]) {
  test(`where ${file} does not arrive, the engine is in the page`, async () => {
    const page = await pageWith();
    await page.route(`**/${file}`, (route) => route.abort());
    const found = await page.evaluate(async () => {
      const restow = await opened();
      return { worker: restow.worker, migrated: (await restow.migrateAllSessions()).migrated };
    });
    assert.deepEqual([found.worker.active, found.migrated], [false, 12]);
    assert.match(found.worker.note, /could not be loaded/);
    await page.close();
  });
}

test("where WebAssembly is refused to it, the engine is in the page", async () => {
  const page = await pageWith();
  await page.route("**/worker.js", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), "content-security-policy": "script-src 'self'" } });
  });
  const found = await page.evaluate(async () => {
    const restow = await opened();
    return { worker: restow.worker, migrated: (await restow.migrateAllSessions()).migrated };
  });
  assert.deepEqual([found.worker.active, found.migrated], [false, 12]);
  assert.match(found.worker.note, /WebAssembly could not be started in it/);
  await page.close();
});

test("a worker that ends leaves no call waiting, and what it was doing is done by the next", async () => {
  const page = await pageWith(() => {
    const { Worker } = globalThis;
    globalThis.workers = [];
    globalThis.Worker = class extends Worker {
      constructor(...given) {
        super(...given);
        workers.push(this);
      }
    };
  });
  const found = await page.evaluate(async () => {
    const restow = await opened();
    let broken = false;
    const onProgress = (_message, _percent, { done }) => {
      if (done < 3 || broken) return;
      broken = true;
      // As if the engine had met its end there.
      workers[0].dispatchEvent(new ErrorEvent("error", { message: "out of memory" }));
    };
    const ended = await restow.migrateAllSessions({ onProgress }).catch(({ code, name, message }) => [code, name, message]);
    const later = await restow.getMigrationStatus().catch(({ code }) => code);
    const next = await opened();
    const result = await next.migrateAllSessions();
    const status = await next.getMigrationStatus();
    const check = await next.verifyAll();
    next.close();
    return { ended, later, success: result.success, chunked: status.chunked, ok: check.ok };
  });
  assert.deepEqual(found, { ended: ["Browser", "RestowError", "the worker has ended: out of memory"], later: "Browser", success: true, chunked: 12, ok: true });
  await page.close();
});

test("closing lets what is under way come to its end", async () => {
  const page = await pageWith();
  const found = await page.evaluate(async () => {
    const restow = await opened();
    const running = restow.migrateAllSessions().then(({ migrated }) => migrated, ({ code }) => code);
    await new Promise((resolve) => setTimeout(resolve, 100));
    restow.close();
    restow.close();
    const ended = await running;
    const next = await opened();
    const { success } = await next.migrateAllSessions();
    const { chunked } = await next.getMigrationStatus();
    return { settled: typeof ended === "number" || ended === "Closed", success, chunked };
  });
  assert.deepEqual(found, { settled: true, success: true, chunked: 12 });
  await page.close();
});

test("two tabs, one in a worker and one not, share the work and never a session", async () => {
  const a = await pageWith();
  const b = await browser.another();
  await b.evaluate(`globalThis.opened = ${opened}`);
  const migrate = (worker) => async () => {
    const restow = await opened({ worker });
    const { success, migrated, errors } = await restow.migrateAllSessions();
    restow.close();
    return { success, migrated, codes: errors.map(({ code }) => code) };
  };
  const [one, two] = await Promise.all([a.evaluate(`(${migrate})(true)()`), b.evaluate(`(${migrate})(false)()`)]);
  assert.ok([...one.codes, ...two.codes].every((code) => code === "Busy"), JSON.stringify([one, two]));
  const after = await a.evaluate(async () => {
    const restow = await opened();
    await restow.migrateAllSessions();
    const { chunked } = await restow.getMigrationStatus();
    return { chunked, ok: (await restow.verifyAll()).ok, moved: (await restow.readAudit({ action: "migrate" })).length };
  });
  assert.deepEqual(after, { chunked: 12, ok: true, moved: 12 });
  await a.close();
  await b.close();
});
