// localStorage as a source: what other tabs write meanwhile, what turns up again, and its denial.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { start } from "./blank.mjs";

let browser;
before(async () => {
  browser = await start();
});
after(() => browser?.stop());

const sources = {
  "inside one text": { kind: "localStorage", key: "state", path: "docs" },
  "a key each": { kind: "localStorage", prefix: "doc:" },
};

/**
 * Runs in a page: the code of the application before it knew Restow, with all in memory since it was
 * loaded. It knows both ways to store, and saves in the way that its storage is kept.
 */
async function oldApplication(source) {
  const { session } = await import("/storage.js");
  const ids = ["s1", "s2", "s3", "s4", "s5", "s6"];
  const state = source.key ? JSON.parse(localStorage.getItem("state") ?? "null") : null;
  const application = { saves: 0, docs: state?.docs ?? ids.map((id) => session(id)) };
  application.save = () => {
    application.saves += 1;
    if (source.key) localStorage.setItem("state", JSON.stringify({ saves: application.saves, docs: application.docs }));
    else for (const doc of application.docs) localStorage.setItem(`doc:${doc.id}`, JSON.stringify(doc));
  };
  application.edit = () => {
    application.docs[1].name = "Edited in the other tab";
    if (application.docs.length === ids.length) application.docs.push(session("s7"));
    application.save();
  };
  globalThis.application = application;
}

/** Two tabs of one browser: `a` is the new release, `b` has the old one open since before. */
async function twoTabs(source) {
  const a = await browser.fresh();
  await a.evaluate(oldApplication, source);
  await a.evaluate(() => globalThis.application.save());
  const b = await browser.another();
  await b.evaluate(oldApplication, source);
  await a.evaluate(async (source) => {
    const { restowOver } = await import("/storage.js");
    globalThis.restow = await restowOver([source]);
  }, source);
  return { a, b };
}

/** Runs in the page: what became of each session, and what lies in localStorage. */
async function outcome(source) {
  const { session } = await import("/storage.js");
  const { restow } = globalThis;
  const rows = await restow.listSessions();
  const names = {};
  for (const { id, state } of rows) {
    const loaded = await restow.loadFullSession(id);
    const { name, ...rest } = loaded;
    const { name: _, ...planted } = session(id);
    restow.verifyDataIntegrity(planted, rest);
    names[id] = state === "diverged" ? `${name}, and another` : name;
  }
  const text = source.key ? localStorage.getItem("state") : Object.keys(localStorage).map((key) => localStorage.getItem(key)).join();
  return { names, text, saves: source.key ? JSON.parse(text).saves : null };
}

const named = (names) => Object.fromEntries(Object.entries(names).filter(([id]) => id !== "s2"));
const others = Object.fromEntries(["s1", "s3", "s4", "s5", "s6", "s7"].map((id) => [id, `Session ${id}`]));

for (const [kind, source] of Object.entries(sources)) {
  test(`another tab edits and adds a session while they are moved, ${kind}: neither is lost`, async () => {
    const { a, b } = await twoTabs(source);
    await a.exposeFunction("otherTabEdits", () => b.evaluate(() => globalThis.application.edit()));
    const success = await a.evaluate(async () => {
      let edited;
      const onProgress = (message, percent, event) => {
        if (event.sessionId === "s3") edited ??= globalThis.otherTabEdits();
      };
      const result = await globalThis.restow.migrateAllSessions({ onProgress });
      await edited;
      return result.success;
    });
    assert.equal(success, true);
    await a.evaluate(() => globalThis.restow.migrateAllSessions());
    const { names, text, saves } = await a.evaluate(outcome, source);
    assert.deepEqual(named(names), others);
    const kept = names.s2 === "Edited in the other tab" || (names.s2.endsWith("and another") && text.includes("Edited in the other tab"));
    assert.ok(kept, `what the other tab wrote is gone: ${names.s2}`);
    if (source.key) assert.equal(saves, 1, "the rest of what it wrote is there");
    await b.close();
    await a.close();
  });

  test(`another tab saves all the time while they are moved, ${kind}: nothing is lost, and in the end all is moved`, async () => {
    const { a, b } = await twoTabs(source);
    await b.evaluate(() => {
      globalThis.timer = setInterval(globalThis.application.save, 3);
    });
    const first = await a.evaluate(() => globalThis.restow.migrateAllSessions());
    const saved = await b.evaluate(async () => {
      clearInterval(globalThis.timer);
      globalThis.application.edit();
      return globalThis.application.saves;
    });
    assert.deepEqual(first.errors, []);
    assert.ok(saved > 3, `the other tab saved ${saved} times`);
    // Until what the other tab wrote last has come to this one.
    await a.waitForFunction(() => Object.values(localStorage).join().includes("Edited in the other tab"));
    await a.evaluate(() => globalThis.restow.migrateAllSessions());
    // What was written during the run was moved once more; what came after it is a conflict.
    await a.evaluate(async () => {
      const { restow } = globalThis;
      const rows = await restow.listSessions();
      for (const { id } of rows.filter(({ state }) => state === "diverged")) await restow.resolveConflict(id, "source", { confirm: true });
      await restow.migrateAllSessions();
    });
    const { names, text, saves } = await a.evaluate(outcome, source);
    assert.deepEqual(names, { ...others, s2: "Edited in the other tab" });
    assert.equal(text.includes('"items"'), false, "nothing is left in localStorage");
    if (source.key) assert.equal(saves, saved, "the rest of what it wrote is there");
    await b.close();
    await a.close();
  });

  test(`an older copy that another tab saves right after the run, ${kind}, is a conflict and no update`, async () => {
    const { a, b } = await twoTabs(source);
    await a.evaluate(() => globalThis.restow.migrateAllSessions());
    await b.evaluate(() => {
      globalThis.application.docs[1].name = "An older name";
      globalThis.application.save();
    });
    await a.waitForFunction(() => Object.values(localStorage).join().includes("An older name"));
    const found = await a.evaluate(async () => {
      const { sessions } = await globalThis.restow.migrateAllSessions();
      const name = (await globalThis.restow.loadFullSession("s2")).name;
      return [sessions.filter(({ code }) => code === "Diverged").map(({ sessionId }) => sessionId), name, Object.values(localStorage).join().includes("An older name")];
    });
    assert.deepEqual(found, [["s2"], "Session s2", true]);
    await b.close();
    await a.close();
  });

  test(`the old text turns up again after the run, ${kind}: the same goes again, another is a conflict`, async () => {
    const { a, b } = await twoTabs(source);
    await b.close();
    const found = await a.evaluate(async (source) => {
      const { restow, application } = globalThis;
      const before = JSON.stringify({ ...localStorage });
      const clean = JSON.stringify((await restow.migrateAllSessions()).errors);
      const emptied = JSON.stringify({ ...localStorage });
      for (const [key, text] of Object.entries(JSON.parse(before))) localStorage.setItem(key, text);
      const facts = { clean, needed: await restow.checkMigrationNeeded() };
      const again = await restow.migrateAllSessions();
      facts.again = [again.migrated, again.skipped, JSON.stringify({ ...localStorage }) === emptied];

      application.edit();
      const edited = await restow.migrateAllSessions();
      facts.conflict = edited.sessions.filter(({ code }) => code === "Diverged").map(({ sessionId }) => sessionId);
      facts.waiting = await restow.checkMigrationNeeded();
      facts.both = [(await restow.loadFullSession("s2")).name, Object.values(localStorage).join().includes("Edited in the other tab")];
      await restow.resolveConflict("s2", "chunks", { confirm: true });
      facts.chunks = [(await restow.loadFullSession("s2")).name, Object.values(localStorage).join().includes("Edited in the other tab")];
      application.save();
      await restow.resolveConflict("s2", "source", { confirm: true });
      facts.source = [(await restow.loadFullSession("s2")).name, (await restow.getMigrationStatus()).diverged];
      facts.backups = (await restow.listBackups("s2")).map(({ reason }) => reason).sort();
      const last = await restow.migrateAllSessions();
      facts.last = [last.errors.length, (await restow.getMigrationStatus()).chunked, await restow.checkMigrationNeeded()];
      return facts;
    }, source);
    assert.deepEqual(found, {
      clean: "[]", needed: "yes", again: [0, 6, true], conflict: ["s2"], waiting: "no", both: ["Session s2", true],
      chunks: ["Session s2", false], source: ["Edited in the other tab", 0],
      backups: ["conflict", "conflict", "migration", "migration"], last: [0, 7, "no"],
    });
    await a.close();
  });
}

/** Runs before a page's own scripts: localStorage as a browser denies it. */
const denied = () => Object.defineProperty(window, "localStorage", { get() { throw new DOMException("denied here", "SecurityError"); } });

test("where localStorage is denied it is an error of its own, and the other sources go on", async () => {
  const first = await browser.fresh();
  await first.evaluate(async () => {
    const { put, session } = await import("/storage.js");
    await put(["docs/a", session("a")], ["docs", [session("b")]]);
    localStorage.setItem("doc:c", JSON.stringify(session("c")));
  });
  const page = await browser.another(denied);
  const found = await page.evaluate(async () => {
    const { restowOver } = await import("/storage.js");
    const rows = { database: "app", store: "docs", prefix: "docs/" };
    const many = { name: "many", database: "app", store: "docs", key: "docs" };
    const local = { kind: "localStorage", prefix: "doc:" };
    const told = ({ sessions }) => sessions.map((row) => `${row.sessionId} ${row.outcome} ${row.code}`).sort();

    const last = await restowOver([rows, many, local]);
    const facts = { needed: await last.checkMigrationNeeded() };
    const { unreadableSources, percentage, total } = await last.getMigrationStatus();
    const result = await last.migrateAllSessions();
    facts.last = { unreadableSources, percentage, total, rows: told(result), success: result.success, errors: result.errors.map(({ code, retryable }) => `${code} ${retryable}`) };
    facts.unknown = await last.checkMigrationNeeded();
    facts.missing = await last.loadFullSession("c").catch(({ name, code }) => `${name} ${code}`);
    facts.status = (await last.getMigrationStatus()).percentage;
    last.close();
    return facts;
  });
  assert.deepEqual(found, {
    needed: "yes",
    last: {
      unreadableSources: [{ source: "localStorage/doc:", code: "StorageDenied" }], percentage: 0, total: 2,
      rows: ["a migrated null", "b migrated null", "null failed StorageDenied"], success: false, errors: ["StorageDenied false"],
    },
    unknown: "unknown", missing: "RestowError StorageDenied", status: 99,
  });
  await page.close();
  const later = await first.evaluate(async () => {
    const { restowOver } = await import("/storage.js");
    const sources = [{ database: "app", store: "docs", prefix: "docs/" }, { name: "many", database: "app", store: "docs", key: "docs" }, { kind: "localStorage", prefix: "doc:" }];
    const result = await (await restowOver(sources)).migrateAllSessions();
    return [result.success, result.migrated];
  });
  assert.deepEqual(later, [true, 1], "once it is allowed, the rest is moved");
  await first.close();
});

test("a denied source that comes first holds back what it might hold, and that can still be read", async () => {
  const first = await browser.fresh();
  await first.evaluate(async () => {
    const { put, session } = await import("/storage.js");
    await put(["docs/a", session("a")]);
  });
  const page = await browser.another(denied);
  const found = await page.evaluate(async () => {
    const { restowOver } = await import("/storage.js");
    const restow = await restowOver([{ kind: "localStorage", key: "state" }, { database: "app", store: "docs", prefix: "docs/" }]);
    const result = await restow.migrateAllSessions();
    const row = result.sessions.find(({ sessionId }) => sessionId === "a");
    return { code: row.code, outcome: row.outcome, read: (await restow.loadFullSession("a")).name, chunked: await restow.isSessionChunked("a") };
  });
  assert.deepEqual(found, { code: "HigherSourceUnreadable", outcome: "skipped", read: "Session a", chunked: false });
  await page.close();
  await first.close();
});
