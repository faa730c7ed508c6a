// `restow/check` beside `checkMigrationNeeded`: wherever that says "yes", it says "yes" or "maybe".

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { at } from "../../scripts/lib/paths.mjs";
import { agentsTexts } from "../../www/samples/agents.js";
import { TENANT } from "../../www/samples/keys.js";
import { accountText, streakTexts } from "../../www/samples/streak.js";
import { start } from "./blank.mjs";
import { scenario } from "./support.mjs";

let browser;
before(async () => {
  browser = await start();
});
after(() => browser?.stop());

/** Runs in the page: both answers for a configuration; fails where the cheap one denies what the exact one says. */
const install = () => {
  globalThis.both = async (config) => {
    const [{ open }, { mayNeedMigration }] = await Promise.all([import("/restow/index.js"), import("/restow/check.js")]);
    const cheap = await mayNeedMigration(config);
    const restow = await open({ autoCleanup: false, ...config });
    const exact = await restow.checkMigrationNeeded();
    restow.close();
    if (exact === "yes" && cheap === "no") throw new Error(`"no" where a run would move something: ${JSON.stringify(config)}`);
    return `${cheap} ${exact}`;
  };
};

async function fresh() {
  const page = await browser.fresh();
  await page.evaluate(install);
  return page;
}

test("each kind of source: before, with sessions, migrated, put back", async () => {
  const page = await fresh();
  const names = await page.evaluate(async () => Object.keys((await import("/kinds.js")).kinds));
  const found = {};
  for (const name of names) {
    const fresh = await browser.fresh();
    await fresh.evaluate(install);
    found[name] = await fresh.evaluate(async (name) => {
      const { kinds } = await import("/kinds.js");
      const { restowOver } = await import("/storage.js");
      const { source, plant } = kinds[name];
      const config = { sources: [source], layout: { label: "name", arrays: [{ path: "items", chunk: 10 }], parts: ["summary"] } };
      const before = await both(config);
      const created = (await indexedDB.databases()).length;
      await plant();
      const planted = await both(config);
      const restow = await restowOver([source]);
      await restow.migrateAllSessions();
      const migrated = await both(config);
      await restow.rollbackSessionMigration("b", null, { confirm: true });
      restow.close();
      return [before, created, planted, migrated, await both(config)];
    }, name);
    await fresh.close();
  }
  const each = (planted, migrated) => ["no no", 0, planted, migrated, "maybe no"];
  assert.deepEqual(found, {
    "a record each": each("yes yes", "no no"),
    "an array in a wrapper": each("maybe yes", "maybe no"),
    "a map that is the record": each("maybe yes", "maybe no"),
    "an array, emptied, with a checksum": each("maybe yes", "maybe no"),
    "a zipped array with a checksum": each("maybe yes", "maybe no"),
    // A damaged one is in quarantine, and its key is there still.
    "a key of localStorage each": each("yes yes", "maybe no"),
    "an array inside a text of localStorage": each("maybe yes", "maybe no"),
    "a map that is a text of localStorage": each("maybe yes", "maybe no"),
  });
  await page.close();
});

test("it loads one small file, reads no record, and creates nothing", async () => {
  await browser.fresh();
  const page = await browser.another(() => {
    globalThis.touched = new Set();
    for (const [type, names] of [[IDBObjectStore, ["get", "getAll", "openCursor", "put", "add", "delete"]], [Storage, ["getItem", "setItem", "removeItem"]]]) {
      for (const name of names) {
        const { [name]: own } = type.prototype;
        type.prototype[name] = function (...given) {
          touched.add(name);
          return own.apply(this, given);
        };
      }
    }
  });
  const requested = [];
  page.on("request", (request) => requested.push(new URL(request.url()).pathname));
  const answers = await page.evaluate(async () => {
    const { mayNeedMigration } = await import("/restow/check.js");
    const sources = [{ database: "app", store: "docs", prefix: "d/" }, { kind: "localStorage", prefix: "doc:" }];
    const nothing = await mayNeedMigration(sources);
    const databases = await indexedDB.databases();
    // A browser that does not list databases: it opens, and what that would create goes again.
    IDBFactory.prototype.databases = undefined;
    const unlisted = await mayNeedMigration(sources);
    delete IDBFactory.prototype.databases;
    const invalid = [await mayNeedMigration({ preset: "nonesuch" }), await mayNeedMigration(null), await mayNeedMigration({})];
    Object.defineProperty(window, "localStorage", { get() { throw new DOMException("denied", "SecurityError"); } });
    return { nothing, unlisted, invalid, denied: await mayNeedMigration(sources), databases: databases.length, touched: [...touched] };
  });
  assert.deepEqual(answers, { nothing: "no", unlisted: "no", invalid: ["maybe", "maybe", "maybe"], denied: "maybe", databases: 0, touched: [] });
  assert.deepEqual(requested, ["/restow/check.js"]);
  await page.close();
});

test("on a server it can be imported, and says that it can't tell", async () => {
  const { mayNeedMigration } = await import(`${at("dist", "check.js")}`);
  assert.equal(await mayNeedMigration({ preset: "taskerino" }), "maybe");
});

test("any key on its own: what looks like a row of the application's does so to both", async () => {
  const page = await fresh();
  const answers = await page.evaluate(async () => {
    const foreign = { chunkedMetadata: "/metadata", suffixes: ["/summary", "/x"], numbered: ["/shots/chunk-", "-"] };
    const config = { sources: [{ kind: "localStorage", prefix: "d/", foreign }], layout: {} };
    const parts = ["a", "/metadata", "/summary", "/x", "/shots/chunk-", "-", "001", "9", ".compressed", ".backup-", "\ud800", "ü", "length", "/"];
    let seed = 7;
    const random = (below) => ((seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) >>> 8) % below;
    const answers = {};
    for (let round = 0; round < 200; round++) {
      const rest = Array.from({ length: 1 + random(4) }, () => parts[random(parts.length)]).join("");
      localStorage.clear();
      localStorage.setItem(`${random(8) ? "d/" : ""}${rest}`, JSON.stringify({ id: rest }));
      const answer = await both(config);
      answers[answer] = (answers[answer] ?? 0) + 1;
    }
    localStorage.clear();
    return answers;
  });
  assert.deepEqual(Object.keys(answers).filter((answer) => !["yes yes", "no no", "yes no"].includes(answer)), []);
  assert.ok(answers["yes yes"] > 50 && answers["no no"] > 50, JSON.stringify(answers));
  await page.close();
});

test("any key of a preset's registry on its own is one that it knows", async () => {
  const literals = (file) => [...readFileSync(at(...file), "utf8").matchAll(/"([\w{}-]+)"/g)].map(([, text]) => text);
  const agents = literals(["src", "domain", "state", "presets", "agents.rs"]).map((text) => text.replace("{tenant}", TENANT).replace(/\{.*?\}/g, "7"));
  const streak = literals(["src", "domain", "state", "presets", "streak.rs"]);
  assert.ok(agents.length > 60 && streak.length > 6);
  const page = await fresh();
  for (const [config, keys] of [[{ preset: "agents", tenantId: TENANT }, agents], [{ preset: "streak" }, streak]]) {
    const asked = await page.evaluate(async ([config, keys]) => {
      const asked = [];
      for (const key of new Set(keys)) {
        localStorage.clear();
        localStorage.setItem(key, "[]");
        if ((await both(config)) === "maybe yes") asked.push(key);
      }
      localStorage.clear();
      return asked;
    }, [config, keys]);
    assert.ok(asked.length >= (config.preset === "agents" ? 20 : 3), asked.join());
  }
  await page.close();
});

test("state and chats, from nothing to carried and back", async () => {
  const page = await fresh();
  const answers = {};
  for (const [name, config, texts] of [["streak", { preset: "streak" }, streakTexts()], ["agents", { preset: "agents", tenantId: TENANT }, agentsTexts()]]) {
    answers[name] = await page.evaluate(async ([config, texts, account]) => {
      const { open } = await import("/restow/index.js");
      localStorage.clear();
      const found = [await both(config)];
      for (const [key, text] of texts) localStorage.setItem(key, text);
      found.push(await both(config));
      const restow = await open({ ...config, autoCleanup: false });
      await restow.migrateAllSessions();
      found.push(await both(config));
      localStorage.setItem(...account);
      found.push(await both(config));
      await restow.migrateAllSessions();
      found.push(await both(config));
      await restow.removeOriginals({ confirm: true });
      restow.close();
      localStorage.clear();
      found.push(await both(config));
      return found;
    }, [config, texts, accountText()]);
  }
  assert.deepEqual(answers, {
    streak: ["no no", "maybe yes", "maybe no", "maybe yes", "maybe no", "no no"],
    agents: ["no no", "maybe yes", "maybe no", "maybe no", "maybe no", "no no"],
  });
  await page.close();
});

scenario("the page's samples, at every step of their way", async ({ page, plant, press, action }) => {
  await page.evaluate(install);
  const ask = () => page.evaluate(async () => {
    const { CONFIG, NEWER_LAYOUT } = await import("/app/config.js");
    const sources = CONFIG.sources;
    return { page: await both(CONFIG), preset: await both({ preset: "taskerino" }), rows: await both({ ...CONFIG, sources: sources.slice(0, 1) }), newer: await both({ ...CONFIG, layout: NEWER_LAYOUT }) };
  });
  const steps = { nothing: await ask() };
  await plant("small");
  steps.planted = await ask();
  await press("#rehearse");
  steps.rehearsed = await ask();
  await press("#migrate");
  steps.migrated = await ask();
  await page.evaluate(async () => {
    const { instance } = globalThis.restowDemo;
    const [backup] = await instance.listBackups();
    await instance.rollbackSessionMigration(backup.id, backup.path, { confirm: true });
  });
  steps.back = await ask();
  assert.deepEqual(steps, {
    nothing: { page: "no no", preset: "no no", rows: "no no", newer: "no no" },
    planted: { page: "yes yes", preset: "yes yes", rows: "yes yes", newer: "yes yes" },
    rehearsed: { page: "yes yes", preset: "yes yes", rows: "yes yes", newer: "yes yes" },
    migrated: { page: "maybe no", preset: "maybe no", rows: "maybe no", newer: "maybe yes" },
    back: { page: "maybe no", preset: "maybe no", rows: "maybe no", newer: "maybe yes" },
  });
});

test("a source that is empty again is told from one that never was, and a torn session is not forgotten", async () => {
  const page = await fresh();
  const found = await page.evaluate(async () => {
    const { put, session } = await import("/storage.js");
    const { open } = await import("/restow/index.js");
    const { mayNeedMigration } = await import("/restow/check.js");
    const config = { sources: [{ database: "app", store: "docs" }], layout: { arrays: [{ path: "items", chunk: 5 }] } };
    await put(["a", session("a")]);
    const restow = await open(config);
    await restow.migrateAllSessions();
    restow.close();
    const answers = [await mayNeedMigration(config), await mayNeedMigration({ ...config, layout: { ...config.layout, version: 2 } })];
    // As a death in the middle leaves it: a line about what is in flight.
    const db = await new Promise((resolve) => {
      const request = indexedDB.open("restow");
      request.onsuccess = () => resolve(request.result);
    });
    await new Promise((resolve) => {
      const transaction = db.transaction("journal", "readwrite");
      transaction.objectStore("journal").put({ id: "a" });
      transaction.oncomplete = resolve;
    });
    answers.push(await mayNeedMigration(config));
    // It keeps no connection: whoever deletes the database is not blocked.
    db.close();
    await new Promise((resolve, reject) => {
      const request = indexedDB.deleteDatabase("restow");
      request.onsuccess = resolve;
      request.onblocked = () => reject(new Error("blocked"));
    });
    return [...answers, await mayNeedMigration(config)];
  });
  assert.deepEqual(found, ["no", "maybe", "maybe", "no"]);
  await page.close();
});
