// One key of localStorage carried into another, by the public package in a real browser.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { start } from "./blank.mjs";

const FROM = "cleanStreak_anonymous_state";
const TO = "cleanStreak_authenticated_state";
const ZEROS = '{"streak":{"current":0,"lastCompletedDate":null,"bestStreak":0,"history":[]}, "user":{"id":1.0}}';

let browser;
before(async () => {
  // A zone far from UTC: the day is that of the person.
  browser = await start({ timezoneId: "Pacific/Auckland" });
});
after(() => browser?.stop());

/** A page with these texts, and all that its console says. */
async function pageWith(texts) {
  const page = await browser.fresh();
  const said = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  await page.evaluate(async (texts) => {
    localStorage.clear();
    for (const [key, text] of Object.entries(texts)) localStorage.setItem(key, text);
    const { open } = await import("/restow/index.js");
    globalThis.restow = await open({ sources: [{ database: "app", store: "docs" }], layout: {}, autoCleanup: false });
    /** What a call comes to: its result, or the error as plain data. */
    globalThis.outcome = (call) =>
      call.then((result) => ({ result }), ({ name, code, message, preview, retryable }) => ({ error: { name, code, message, preview, retryable } }));
    globalThis.days = (current, back = 0, history = []) => {
      const ago = (days) => new Date(new Date().getFullYear(), new Date().getMonth(), new Date().getDate() - days).toDateString();
      return `{"streak":{"current":${current},"lastCompletedDate":"${ago(back)}","bestStreak":0,"history":${JSON.stringify(history.map(ago))}}}`;
    };
  }, texts);
  return { page, said };
}

/** Carries a streak whose `current` is written so into a new account, twice, and undoes it. */
async function capped(page, current) {
  return page.evaluate(async ({ FROM, TO, ZEROS, current }) => {
    const text = current === undefined ? days("0").replace('"current":0,', "") : days(current);
    localStorage.setItem(FROM, text);
    localStorage.setItem(TO, ZEROS);
    const options = { preset: "streak", confirm: true };
    const first = await outcome(restow.carryState(options));
    const once = localStorage.getItem(TO);
    const second = await outcome(restow.carryState(options));
    const twice = localStorage.getItem(TO);
    const undone = first.result && (await restow.undoCarry(first.result.path, { confirm: true }));
    const exact = localStorage.getItem(FROM) === text && localStorage.getItem(TO) === ZEROS;
    return { first, once, twice, changedAgain: second.result?.changed, undone, exact };
  }, { FROM, TO, ZEROS, current });
}

const CAPPED = [
  ["0", 0], ["29", 29], ["30", 30], ["31", 30, "StreakCapped"], ["365", 30, "StreakCapped"], ["10000", 30, "StreakCapped"],
  ["9007199254740992", 30, "StreakCapped"], ["1e300", 30, "StreakCapped"], ["-0", 0], ["3e1", 30], ["30.0", 30],
  ["-5", 0, "StreakMalformed"], ["3.7", 3, "StreakMalformed"], ["45.5", 30, "StreakMalformed"],
  ['"12"', 12, "StreakMalformed"], ['"365"', 30, "StreakMalformed"], ['"NaN"', 0, "StreakMalformed"], ['"Infinity"', 0, "StreakMalformed"],
  ['"1e309"', 0, "StreakMalformed"], ['""', 0, "StreakMalformed"], ["[40]", 0, "StreakMalformed"], ["[]", 0, "StreakMalformed"],
  ['{"days":40}', 0, "StreakMalformed"], ["true", 0, "StreakMalformed"], ["null", 0], [undefined, 0],
];

test("at most thirty days are carried over, and every malformed value has its outcome", async () => {
  const { page, said } = await pageWith({});
  for (const [current, becomes, code] of CAPPED) {
    const found = await capped(page, current);
    const how = `${current}: ${JSON.stringify(found.first)}`;
    assert.equal(found.first.result?.success, true, how);
    assert.equal(JSON.parse(found.once).streak.current, becomes, how);
    const told = found.first.result.findings.filter(({ key, path }) => key === FROM && path === "streak.current");
    assert.equal(told[0]?.code, code, how);
    assert.ok(found.once.endsWith(', "user":{"id":1.0}}'), "what is not merged keeps its very text");
    assert.deepEqual([found.changedAgain, found.twice], [false, found.once], how);
    assert.deepEqual([found.undone.success, found.undone.kept, found.exact], [true, [], true], how);
  }
  assert.deepEqual(said, []);
  await page.close();
});

const REFUSED = [
  ["1e309", "JsonNotExact"], ["9007199254740993", "JsonNotExact"], ["1,\"current\":2", "JsonNotExact"],
  ["NaN", "JsonInvalid"], ["undefined", "JsonInvalid"], ["Infinity", "JsonInvalid"], ["01", "JsonInvalid"], ["", "JsonInvalid"],
];

test("a text that can't be kept exactly is refused on either side, and nothing is written", async () => {
  const { page, said } = await pageWith({});
  for (const [current, code] of REFUSED) {
    const found = await page.evaluate(async ({ FROM, TO, ZEROS, current }) => {
      const outcomes = [];
      for (const [from, to] of [[days(current), ZEROS], [days(3), days(current)]]) {
        localStorage.setItem(FROM, from);
        localStorage.setItem(TO, to);
        const { error } = await outcome(restow.carryState({ preset: "streak", confirm: true }));
        const same = localStorage.getItem(FROM) === from && localStorage.getItem(TO) === to;
        outcomes.push({ error, same, databases: (await indexedDB.databases()).length });
      }
      return outcomes;
    }, { FROM, TO, ZEROS, current });
    for (const { error, same, databases } of found) {
      assert.deepEqual([error.code, same, databases], ["StateNotCarried", true, 0], current);
      assert.ok(error.message.includes(code), `${current}: ${error.message}`);
    }
  }
  const half = await page.evaluate(async ({ FROM }) => {
    localStorage.setItem(FROM, '{"a":"\ud800"}');
    return outcome(restow.carryState({ preset: "streak", confirm: true }));
  }, { FROM });
  assert.equal(half.error.code, "StateNotCarried");
  assert.deepEqual(said, []);
  await page.close();
});

test("a streak that has expired is not carried, and one that goes on joins that of the account", async () => {
  const { page } = await pageWith({});
  const found = await page.evaluate(async ({ FROM, TO }) => {
    const carried = async (from, to) => {
      localStorage.setItem(FROM, from);
      localStorage.setItem(TO, to);
      await restow.carryState({ preset: "streak", confirm: true });
      return JSON.parse(localStorage.getItem(TO)).streak.current;
    };
    return [
      await carried(days(20, 2), days(3)),
      await carried(days(12, 1), days(1)),
      await carried(days(9), days(4, 5)),
      await carried(days(40), days(200)),
      await carried(days(9, 0, [1, 0]), days(1)),
    ];
  }, { FROM, TO });
  assert.deepEqual(found, [3, 13, 9, 200, 2]);
  await page.close();
});

test("a carry previews, writes, offers to clear, and adds nothing twice", async () => {
  const state = (total) => JSON.stringify({ engagement: { totalCompletions: total }, note: "mine" });
  const { page, said } = await pageWith({ [FROM]: state(5), [TO]: '{"engagement":{"totalCompletions":2},"note":"theirs"}' });
  const found = await page.evaluate(async ({ FROM, TO }) => {
    const total = () => JSON.parse(localStorage.getItem(TO)).engagement.totalCompletions;
    const unconfirmed = await outcome(restow.carryState({ preset: "streak" }));
    const dry = await restow.carryState({ preset: "streak", dryRun: true });
    const untouched = [localStorage.length, total(), (await indexedDB.databases()).length];
    const first = await restow.carryState({ preset: "streak", confirm: true });
    const totals = [total()];
    localStorage.setItem(TO, localStorage.getItem(TO).replace("7", "9"));
    await restow.carryState({ preset: "streak", confirm: true });
    totals.push(total());
    localStorage.setItem(FROM, localStorage.getItem(FROM).replace("5", "6"));
    const stale = await restow.clearMigratedState(first.path, { confirm: true });
    const grown = await restow.carryState({ preset: "streak", confirm: true });
    totals.push(total());
    const cleared = await restow.clearMigratedState(grown.clear.path, { confirm: true });
    const nothing = await restow.carryState({ preset: "streak" });
    const kept = await restow.undoCarry(first.path, { confirm: true });
    const undone = await restow.undoCarry(grown.path, { confirm: true });
    totals.push(total());
    const backups = await restow.listBackups();
    const audit = await restow.readAudit();
    return { unconfirmed, dry, untouched, first, totals, stale, cleared, nothing, kept, undone, back: localStorage.getItem(FROM), backups, audit };
  }, { FROM, TO });
  await page.close();

  const { error } = found.unconfirmed;
  assert.deepEqual([error.code, error.preview.from, error.preview.to], ["ConfirmationRequired", FROM, TO]);
  assert.deepEqual(error.preview.changes, found.dry.changes);
  const number = (value) => ({ type: "number", length: null, value });
  const change = (path) => found.dry.changes.find((one) => one.path === path);
  assert.deepEqual(change("engagement.totalCompletions"), { path: "engagement.totalCompletions", rule: "sum", from: number(5), to: number(2), becomes: number(7) });
  assert.deepEqual([change("note").rule, change("note").becomes.value], ["to", "theirs"]);
  assert.deepEqual(found.untouched, [2, 2, 0]);
  assert.deepEqual([found.dry.path, found.dry.dryRun, found.dry.changed, found.dry.clear], [null, true, true, null]);
  assert.deepEqual(found.first.clear, { key: FROM, path: found.first.path });
  assert.deepEqual(found.totals, [7, 9, 10, 9]);
  assert.deepEqual(found.stale.removed, []);
  assert.deepEqual([found.cleared.removed, found.cleared.kept.map(({ key, why }) => `${key} ${why}`)], [[FROM], [`${TO} flag`]]);
  assert.deepEqual([found.nothing.success, found.nothing.changed, found.nothing.changes], [true, false, []]);
  // The application has counted on since the first carry.
  assert.deepEqual(found.kept.kept.map(({ key, why }) => `${key} ${why}`), [`${TO} different`]);
  assert.equal(found.undone.success, true);
  assert.ok(found.back.includes("6") || found.back.includes("5"));
  assert.ok(found.backups.every(({ id, originalFormat, reason, state }) => id === null && originalFormat === "state" && reason === "carry" && state.registry === "carry"));
  const actions = new Set(found.audit.map(({ action }) => action));
  assert.deepEqual([...actions].sort(), ["capture", "carry", "carry-undo", "clear"]);
  assert.deepEqual(said, []);
});

test("any two keys are carried by rules of one's own, and secrets are shown to no one", async () => {
  const secret = "PLANTED-SECRET";
  const { page, said } = await pageWith({
    guest: JSON.stringify({ auth: { token: secret }, badges: ["a", "b"], seen: "2024-05-01", deep: { only: 1 }, n: 3 }),
    broken: `{"${secret}":`,
  });
  const found = await page.evaluate(async () => {
    const rules = [
      { path: "auth.token", take: "from" },
      { path: ["badges"], take: "union" },
      { path: "seen", take: "older" },
      { path: "n", take: "max" },
    ];
    const options = { from: "guest", to: "member", rules, secrets: ["auth.*"], limits: [{ path: "auth.token", maxLength: 4 }] };
    const unconfirmed = await outcome(restow.carryState(options));
    const made = await restow.carryState({ ...options, confirm: true });
    const whole = localStorage.getItem("member") === localStorage.getItem("guest");
    localStorage.setItem("member", '{ "badges" : [ "c", "b" ], "seen":"2025-01-01", "n":1e1 }');
    const merged = await restow.carryState({ ...options, confirm: true });
    const text = localStorage.getItem("member");
    const broken = await outcome(restow.carryState({ ...options, from: "broken", confirm: true }));
    const wrong = [];
    for (const bad of [undefined, { preset: "none" }, { from: "a", to: "a", rules: [] }, { from: "a", to: "b", rules: [{ path: "x", take: "most" }] }, { preset: "streak", confrm: true }]) {
      const { error } = await outcome(restow.carryState(bad));
      wrong.push(`${error.code} ${error.message.split(" ")[0]}`);
    }
    const undone = await restow.undoCarry(merged.path, { confirm: true });
    return { told: { unconfirmed, made, merged, broken, undone, audit: await restow.readAudit(), backups: await restow.listBackups() }, whole, text, wrong };
  });
  await page.close();
  assert.equal(found.whole, false, "printed anew, since the target was made of the rules");
  assert.equal(found.text.replace(secret, "…"), '{ "badges" : [ "c", "b", "a" ], "seen":"2024-05-01", "n":1e1, "auth":{"token":"…"}, "deep":{"only":1} }');
  assert.equal(found.told.broken.error.code, "StateNotCarried");
  assert.deepEqual(found.wrong, ["InvalidArgument `options`", "InvalidArgument `preset`", "InvalidArgument `to`", "InvalidArgument `rules[0].take`", "InvalidArgument `confrm`"]);
  for (const text of [JSON.stringify(found.told), ...said]) assert.ok(!text.includes(secret), text);
  const token = found.told.merged.changes.find(({ path }) => path.startsWith("auth"));
  assert.deepEqual([token.path, token.from], ['auth["*"]', { type: "secret", length: secret.length, value: null }]);
  assert.deepEqual(said, []);
});

test("full or denied storage leaves both keys, and the next call carries", async () => {
  const { page } = await pageWith({});
  const found = await page.evaluate(async ({ FROM, TO, ZEROS }) => {
    localStorage.setItem(FROM, days(12));
    localStorage.setItem(TO, ZEROS);
    const setItem = Storage.prototype.setItem;
    const codes = [];
    for (const name of ["QuotaExceededError", "SecurityError"]) {
      Storage.prototype.setItem = () => {
        throw new DOMException("refused", name);
      };
      const { error } = await outcome(restow.carryState({ preset: "streak", confirm: true }));
      Storage.prototype.setItem = setItem;
      codes.push(error.code, localStorage.getItem(TO) === ZEROS);
    }
    const result = await restow.carryState({ preset: "streak", confirm: true });
    return { codes, changed: result.changed, current: JSON.parse(localStorage.getItem(TO)).streak.current };
  }, { FROM, TO, ZEROS });
  await page.close();
  assert.deepEqual(found, { codes: ["QuotaExceeded", true, "StorageDenied", true], changed: true, current: 12 });
});
