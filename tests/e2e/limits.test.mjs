// Limits through the public package, in the zones of people: days are those of the browser's own
// calendar, around changes of the clock too.

import assert from "node:assert/strict";
import { test } from "node:test";
import { plant, start } from "./blank.mjs";

/** Runs in the page: opens Restow over one store of sessions, with limits. */
const opened = `async (limits, more = {}) => {
  const { open } = await import("/restow/index.js");
  return open({
    sources: [{ database: "app", store: "docs" }],
    layout: { label: "name", arrays: [{ path: "items", chunk: 2 }], parts: ["summary"] },
    limits,
    ...more,
  });
}`;

/** A page in a zone, at a moment, with sessions. */
async function pageWith(t, { zone, now, sessions }) {
  const browser = await start({ timezoneId: zone });
  t.after(() => browser.stop());
  const page = await browser.fresh();
  if (now) await page.clock.setFixedTime(new Date(now));
  const records = sessions.map((session) => [session.id, session]);
  await page.evaluate(plant, { database: "app", store: "docs", keyPath: "id", records });
  await page.evaluate(`globalThis.opened = ${opened}`);
  return page;
}

/** Days of a streak, days that are carried over, and the codes that say why. */
const cap = [
  [0, 0, []],
  [29, 29, []],
  [30, 30, []],
  [31, 30, ["StreakCapped"]],
  [365, 30, ["StreakCapped"]],
  [10_000, 30, ["StreakCapped"]],
  [-5, 0, ["StreakMalformed"]],
  [Number.NaN, 0, ["StreakMalformed"]],
  [Number.POSITIVE_INFINITY, 30, ["StreakCapped"]],
  ["many", 0, ["StreakMalformed"]],
  ["45", 30, ["StreakMalformed", "StreakCapped"]],
  [[], 0, ["StreakMalformed"]],
  [3.7, 3, ["StreakMalformed"]],
];

/** Moments, and what day they are where people live. */
const moments = [
  // 2 November 2025 has 25 hours in New York: half past eleven in the evening, and an hour later.
  { zone: "America/New_York", now: "2025-11-03T04:30:00Z", today: "2025-11-02" },
  { zone: "America/New_York", now: "2025-11-03T05:30:00Z", today: "2025-11-03" },
  // 9 March 2025 has 23.
  { zone: "America/New_York", now: "2025-03-10T03:30:00Z", today: "2025-03-09" },
  { zone: "America/New_York", now: "2025-03-10T04:30:00Z", today: "2025-03-10" },
  // In Auckland it is tomorrow already; 28 September 2025 has 23 hours.
  { zone: "Pacific/Auckland", now: "2025-12-10T12:00:00Z", today: "2025-12-11" },
  { zone: "Pacific/Auckland", now: "2025-09-28T10:30:00Z", today: "2025-09-28" },
  { zone: "Pacific/Auckland", now: "2025-09-28T11:30:00Z", today: "2025-09-29" },
];

const day = (today, days) => new Date(Date.parse(today) + days * 86_400_000).toISOString().slice(0, 10);

for (const { zone, now, today } of moments) {
  test(`at most thirty days of a streak are carried over in ${zone} at ${now}`, async (t) => {
    const session = (id, current, lastCompletedDate) =>
      ({ id, items: [1, 2, 3], streak: { current, lastCompletedDate, bestStreak: 400, unknown: "stays" } });
    const capped = cap.map(([current], index) => session(`cap-${index}`, current, today));
    const dated = [
      ["yesterday", day(today, -1), 9],
      ["today", today, 9],
      ["tomorrow", day(today, 1), 9],
      ["expired", day(today, -2), 0],
    ];
    const sessions = [...capped, ...dated.map(([id, last]) => session(id, 9, last))];
    const page = await pageWith(t, { zone, now, sessions });
    const found = await page.evaluate(async () => {
      const restow = await opened([{ path: "streak", rule: "streak" }]);
      // As the application writes them: by the browser's own zone, and as moments.
      const db = await new Promise((resolve) => {
        const request = indexedDB.open("app");
        request.onsuccess = () => resolve(request.result);
      });
      const write = (session) => new Promise((resolve) => {
        const transaction = db.transaction("docs", "readwrite");
        transaction.objectStore("docs").put(session);
        transaction.oncomplete = resolve;
      });
      const midnight = new Date();
      midnight.setHours(0, 0, 0, 0);
      const before = (ms) => new Date(midnight.getTime() - ms);
      const yesterday = new Date(midnight);
      yesterday.setDate(yesterday.getDate() - 1);
      const streak = (last) => ({ current: 9, lastCompletedDate: last, bestStreak: 9 });
      await write({ id: "date-lives", streak: streak(yesterday) });
      await write({ id: "date-expired", streak: streak(new Date(yesterday.getTime() - 1)) });
      await write({ id: "iso-lives", streak: streak(before(1000).toISOString()) });
      await write({ id: "ms-expired", streak: streak(yesterday.getTime() - 1) });
      await write({ id: "text-lives", streak: streak(yesterday.toDateString()) });
      db.close();
      const rehearsal = await restow.migrateAllSessions({ dryRun: true });
      const result = await restow.migrateAllSessions();
      const findings = ({ sessions }) => sessions.map((row) => [row.sessionId, row.outcome, row.findings]);
      const current = {};
      const whole = {};
      for (const { sessionId } of result.sessions) {
        const { streak } = await restow.loadFullSession(sessionId);
        current[sessionId] = streak.current;
        whole[sessionId] = Object.keys(streak).join() + streak.unknown;
      }
      return {
        migrated: result.migrated, errors: result.errors, total: result.total, current, whole: whole["cap-3"],
        same: JSON.stringify(findings(rehearsal)) === JSON.stringify(findings(result)),
        codes: Object.fromEntries(result.sessions.map((row) => [row.sessionId, row.findings.map(({ code }) => code)])),
        first: result.sessions.find((row) => row.sessionId === "cap-3").findings[0],
      };
    });
    assert.deepEqual([found.migrated, found.errors, found.same], [found.total, [], true]);
    cap.forEach(([given, expected, codes], index) => {
      assert.equal(found.current[`cap-${index}`], expected, String(given));
      assert.deepEqual(found.codes[`cap-${index}`], codes, String(given));
    });
    for (const [id, , expected] of dated) assert.equal(found.current[id], expected, id);
    for (const id of ["date-lives", "iso-lives", "text-lives"]) assert.equal(found.current[id], 9, id);
    for (const id of ["date-expired", "ms-expired"]) {
      assert.equal(found.current[id], 0, id);
      assert.ok(found.codes[id].includes("StreakExpired"), id);
    }
    assert.equal(found.whole, "current,lastCompletedDate,bestStreak,unknownstays");
    assert.deepEqual(found.first, {
      code: "StreakCapped", path: "streak.current", action: "cap",
      was: { type: "number", length: null, value: 31 }, becomes: { type: "number", length: null, value: 30 },
      why: "at most 30 days are carried over",
    });
    await page.close();
  });
}

test("what is capped or dropped is named, all else comes back, and a rollback brings the original", async (t) => {
  const page = await pageWith(t, { sessions: [] });
  const found = await page.evaluate(async () => {
    const db = await new Promise((resolve) => {
      const request = indexedDB.open("app");
      request.onsuccess = () => resolve(request.result);
    });
    const wait = (request) => new Promise((resolve) => {
      request.onsuccess = () => resolve(request.result);
    });
    const store = (mode) => db.transaction("docs", mode).objectStore("docs");
    const items = [{ note: "a😀b", when: new Date(5) }, , { note: 7 }, { note: "ok", blob: new Blob(["b"]) }];
    items.length = 6;
    items.own = "a property";
    const body = () => ({
      id: "s", name: "A long name", extra: new Map([[1, 2n]]), items: Object.assign(items.slice(), { own: items.own }),
      summary: { count: 9, list: [1, 2, 3] }, user: { token: "hunter2", pin: 4711, "ann@example.org": 1 }, last: undefined,
    });
    await wait(store("readwrite").put(body()));
    await wait(store("readwrite").put({ ...body(), id: "q", name: "broken" }));
    const original = await wait(store("readonly").get("s"));
    const lines = [];
    const log = console.log;
    console.log = (...line) => lines.push(line.join(" "));
    const restow = await opened([
      { path: "name", cap: 6 },
      { path: "items.*.note", type: "text", cap: 2, otherwise: "drop" },
      { path: "items", cap: 5 },
      { path: "summary.count", rule: "count", of: "summary.list" },
      { path: "user.token", maxLength: 3, action: "cap", secret: true },
      { path: "user.pin", max: 9, secret: true },
      { path: "extra", type: "object" },
      { path: "name", oneOf: ["A long", "A long name"], action: "quarantine" },
    ], { console: true });
    const rehearsal = await restow.migrateAllSessions({ dryRun: true });
    const result = await runChunkedMigration({ verbose: true });
    await migrateSingleSession("q");
    console.log = log;
    const rows = Object.fromEntries(result.sessions.map((row) => [row.sessionId, row]));
    const loaded = await restow.loadFullSession("s");
    const backup = (await restow.listBackups("s"))[0];
    const audit = await restow.readAudit();
    const listed = await restow.listSessions();
    const quarantine = await restow.listQuarantine();
    const opening = await restow.openSession("q").catch((error) => error.message);
    await restow.rollbackSessionMigration("s", backup.path, { confirm: true });
    const back = await wait(store("readonly").get("s"));
    restow.verifyDataIntegrity(original, back);
    const again = await restow.migrateSessionToChunked("s", { force: true });
    restow.verifyDataIntegrity(loaded, await restow.loadFullSession("s"));
    const verified = await restow.verifySession("s");
    db.close();
    const named = rows.s.findings.map(({ code, path, action }) => `${code} ${path} ${action}`);
    return {
      named, counts: rows.s.findingCounts, all: result.findingCounts,
      same: JSON.stringify(rehearsal.sessions.map((row) => row.findings)) === JSON.stringify(result.sessions.map((row) => row.findings)),
      again: JSON.stringify(again.findings) === JSON.stringify(rows.s.findings),
      q: [rows.q.outcome, rows.q.code, rows.q.reason, opening],
      loaded: {
        keys: Object.keys(loaded).join(), name: loaded.name, notes: [loaded.items[0].note, "note" in loaded.items[2], loaded.items[3].note],
        items: loaded.items.length, hole: !(1 in loaded.items), own: loaded.items.own, when: loaded.items[0].when.getTime(),
        blob: await loaded.items[3].blob.text(), map: loaded.extra.get(1) === 2n, count: loaded.summary.count, token: loaded.user.token,
      },
      verified: verified.ok,
      token: rows.s.findings.find(({ path }) => path === "user.token"),
      audited: audit.find(({ action }) => action === "migrate").findings[0],
      leaks: JSON.stringify([audit, listed, quarantine, opening, lines, result, rehearsal]).match(/hunter2|"hun"|4711/g),
      told: lines.join("\n"),
    };
  });
  assert.deepEqual(found.named, [
    "TooLong name cap", "TooLong items[0].note cap", "WrongType items[2].note drop", "TooLong items cap",
    "CountTooHigh summary.count cap", "TooLong user.token cap", "AboveMaximum user.pin warn", "WrongType extra warn",
  ]);
  assert.deepEqual(found.counts, { AboveMaximum: 1, CountTooHigh: 1, TooLong: 4, WrongType: 2 });
  assert.equal(found.all.NotAllowed, 1);
  assert.deepEqual([found.same, found.again, found.verified], [true, true, true]);
  const reason = "breaks a limit: NotAllowed at name (text, length 6)";
  assert.deepEqual(found.q.slice(0, 3), ["quarantined", "LimitBroken", reason]);
  assert.match(found.q[3], /NotAllowed at name/);
  assert.deepEqual(found.loaded, {
    keys: "id,name,extra,items,summary,user,last", name: "A long", notes: ["a", false, "ok"], items: 5, hole: true,
    own: "a property", when: 5, blob: "b", map: true, count: 3, token: "hun",
  });
  const secret = (length) => ({ type: "secret", length, value: null });
  assert.deepEqual([found.token.was, found.token.becomes], [secret(7), secret(3)]);
  assert.deepEqual(found.audited, { code: "TooLong", path: "name", type: "text", length: 11 });
  assert.match(found.told, /📏 Limits found:\n(.*\n)*\s+TooLong: \d+\n/);
  assert.match(found.told, /s: TooLong at user\.token \(secret, length 7\)/);
  assert.equal(found.leaks, null);
  await page.close();
});

test("a limit that is wrong is refused before anything is opened", async (t) => {
  const page = await pageWith(t, { sessions: [] });
  const messages = await page.evaluate(async () => {
    const refused = (limits) => opened(limits).then(() => "opened", (error) => `${error.code}: ${error.message}`);
    return [
      await refused([{ path: "a", maxLenght: 5 }]),
      await refused([{ path: "name", cap: 5, secret: true }]),
      await refused([{ path: "id", cap: 5 }]),
      await refused([{ path: "a", pattern: "(?=b)" }]),
    ];
  });
  const fields = ["limits[0].maxLenght", "limits[0].secret", "limits[0].path", "limits[0].pattern"];
  messages.forEach((message, index) => assert.ok(message.startsWith("InvalidConfig") && message.includes(fields[index]), message));
  await page.close();
});
