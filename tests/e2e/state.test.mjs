// State in localStorage, by the public package in a real browser.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { start } from "./blank.mjs";

const TENANT = "a1b2c3d4-e5f6-4a8b-9c0d-1e2f3a4b5c6d";
const OTHER = "f1234567-89ab-4cde-f012-3456789abcde";

let browser;
before(async () => {
  browser = await start();
});
after(() => browser?.stop());

/** Runs in the page: opens Restow, and notes which keys are read from then on. */
const opened = `async () => {
  const { open } = await import("/restow/index.js");
  globalThis.reads = [];
  const getItem = Storage.prototype.getItem;
  Storage.prototype.getItem = function (key) {
    reads.push(key);
    return getItem.call(this, key);
  };
  return open({ sources: [{ database: "app", store: "docs" }], layout: {}, autoCleanup: false });
}`;

async function pageWith(texts) {
  const page = await browser.fresh();
  await page.evaluate((texts) => {
    localStorage.clear();
    for (const [key, text] of Object.entries(texts)) localStorage.setItem(key, text);
  }, texts);
  await page.evaluate(`globalThis.opened = ${opened}`);
  return page;
}

const texts = {
  theme: "dark",
  [`ai_agents_${TENANT}`]: '[ {"id":"agent-1","big":9007199254740993} ]',
  [`chat_session_${TENANT}_agent_1`]: '[{"type":"agent","content":"a\\ud800"}]',
  [`user_llm_configs_${TENANT}`]: '[{"apiKey":"sk-SECRET","model":"m"}]',
  [`ai_agents_${OTHER}`]: "theirs",
  chat_session_7: "[]",
  auth_token: "SECRET-TOKEN",
  current_tenant_id: TENANT,
  library: "unknown",
};

test("state is captured, cleared and put back, and nothing else is touched or read", async () => {
  const page = await pageWith(texts);
  const found = await page.evaluate(async (tenantId) => {
    localStorage.setItem("theme", "half \ud800 pair");
    const before = { ...localStorage };
    const restow = await opened();
    const options = { registry: "agents", tenantId };
    const rehearsal = await restow.captureState({ ...options, dryRun: true });
    const databases = (await indexedDB.databases()).map(({ name }) => name);
    const snapshot = await restow.captureState({ ...options, claim: ["chat_session_7"] });
    const again = await restow.captureState({ ...options, claim: ["chat_session_7"] });
    const refused = await restow.clearMigratedState(snapshot.path, { confirm: false }).catch((error) => error);
    const cleared = await restow.clearMigratedState(snapshot.path, { confirm: true });
    const between = { ...localStorage };
    const restored = await restow.restoreState(snapshot.path, { confirm: true });
    const same = JSON.stringify(Object.entries(before).sort()) === JSON.stringify(Object.entries({ ...localStorage }).sort());
    const halfPair = localStorage.getItem("theme") === "half \ud800 pair";
    const shownHalf = snapshot.entries.find(({ key }) => key === "theme").value === "half \ud800 pair";
    const [backup] = await restow.listBackups();
    const audit = await restow.readAudit();
    restow.close();
    return { rehearsal, databases, snapshot, again, refused: { code: refused.code, preview: refused.preview }, cleared, between, restored, same, halfPair, shownHalf, backup, audit, reads };
  }, TENANT);
  await page.close();

  assert.equal(found.rehearsal.path, null);
  assert.deepEqual(found.databases, []);
  assert.deepEqual(found.rehearsal.offered, [{ key: "chat_session_7", class: "chat-without-tenant", parts: { id: "7" } }]);
  const { entries, left, path } = found.snapshot;
  assert.equal(found.again.path, path);
  const classes = entries.map((entry) => entry.class);
  assert.deepEqual(classes.toSorted(), ["agents", "chat", "chat-without-tenant", "current-tenant-id", "llm-configs", "theme"]);
  const entry = (name) => entries.find((one) => one.class === name);
  assert.equal(entry("agents").value, texts[`ai_agents_${TENANT}`]);
  assert.deepEqual(entry("chat").parts, { tenant: TENANT, agent: "agent_1" });
  assert.deepEqual([entry("llm-configs").value, entry("llm-configs").redacted], ['[{"apiKey":"[redacted]","model":"m"}]', true]);
  assert.deepEqual(left.map(({ key, why }) => `${key} ${why}`).sort(), [`ai_agents_${OTHER} other-tenant`, "auth_token token", "library unknown"]);
  assert.deepEqual([found.refused.code, found.refused.preview.keys], ["ConfirmationRequired", 6]);
  assert.equal(found.cleared.success, true);
  assert.deepEqual(found.cleared.kept, [{ key: "current_tenant_id", class: "current-tenant-id", why: "flag" }]);
  assert.deepEqual(Object.keys(found.between).sort(), [`ai_agents_${OTHER}`, "auth_token", "current_tenant_id", "library"]);
  assert.equal(found.restored.restored.length, 5);
  assert.deepEqual([found.same, found.halfPair, found.shownHalf], [true, true, true]);
  assert.deepEqual([found.backup.id, found.backup.originalFormat, found.backup.state], [null, "state", { registry: "agents", tenantId: TENANT, keys: 6 }]);
  assert.deepEqual(found.audit.map(({ action, id }) => [action, id]), [["capture", null], ["clear", null], ["restore", null]]);
  for (const { key } of left) assert.ok(!found.reads.includes(key), `${key} was read`);
  const { between, ...told } = found;
  for (const secret of ["sk-SECRET", "SECRET-TOKEN"]) assert.ok(!JSON.stringify(told).includes(secret), secret);
});

test("a localStorage that throws is an error with a code, and no answer in part", async () => {
  const page = await pageWith(texts);
  const codes = await page.evaluate(async (tenantId) => {
    const restow = await opened();
    const options = { registry: "agents", tenantId };
    const getItem = Storage.prototype.getItem;
    const denied = () => {
      throw new DOMException("denied", "SecurityError");
    };
    Storage.prototype.getItem = function (key) {
      return key === "theme" ? denied() : getItem.call(this, key);
    };
    const oneKey = await restow.captureState(options).catch((error) => error.code);
    Storage.prototype.getItem = getItem;
    const property = Object.getOwnPropertyDescriptor(Window.prototype, "localStorage") ?? Object.getOwnPropertyDescriptor(window, "localStorage");
    Object.defineProperty(window, "localStorage", { get: denied, configurable: true });
    const all = await restow.captureState(options).catch((error) => error.code);
    Object.defineProperty(window, "localStorage", property);
    const databases = (await indexedDB.databases()).map(({ name }) => name);
    const whole = await restow.captureState(options);
    restow.close();
    return { oneKey, all, databases, whole: whole.entries.length };
  }, TENANT);
  await page.close();
  assert.deepEqual(codes, { oneKey: "StorageDenied", all: "StorageDenied", databases: [], whole: 5 });
});

test("wrong arguments are named", async () => {
  const page = await pageWith({});
  const messages = await page.evaluate(async () => {
    const restow = await opened();
    const message = (call) => call.then(() => "nothing", (error) => `${error.code} ${error.message}`);
    const found = [
      await message(restow.captureState({ registry: "none" })),
      await message(restow.captureState({ registry: "agents" })),
      await message(restow.captureState({ registry: [{ name: "x", pattern: "{tenant}" }] })),
      await message(restow.captureState({ registry: "streak", claim: "theme" })),
      await message(restow.restoreState(7, { confirm: true })),
      await message(restow.restoreState("nowhere", { confirm: true })),
      await message(restow.clearMigratedState("nowhere", { confirm: true })),
    ];
    restow.close();
    return found;
  });
  await page.close();
  const starts = ["InvalidArgument `registry`", "InvalidArgument `tenantId`", "InvalidArgument `registry[0].pattern`", "InvalidArgument `claim`", "InvalidArgument `path`", "BackupNotFound", "BackupNotFound"];
  for (const [index, start] of starts.entries()) assert.ok(messages[index].startsWith(start), messages[index]);
});

test("what was changed since is kept, and overwritten only when asked", async () => {
  const page = await pageWith({ theme: "dark" });
  const path = await page.evaluate(async () => {
    globalThis.restow = await opened();
    const { path } = await restow.captureState({ registry: [{ name: "theme", key: "theme" }] });
    localStorage.setItem("theme", "light");
    return path;
  });
  const kept = await page.evaluate((path) => restow.restoreState(path, { confirm: true }), path);
  assert.deepEqual([kept.restored, kept.kept], [[], [{ key: "theme", class: "theme", why: "different" }]]);
  const over = await page.evaluate((path) => restow.restoreState(path, { confirm: true, overwrite: true }), path);
  assert.deepEqual(over.restored, ["theme"]);
  const back = await page.evaluate(async (path) => {
    await restow.restoreState(path, { confirm: true, overwrite: true });
    restow.close();
    return localStorage.getItem("theme");
  }, over.overwrittenPath);
  await page.close();
  assert.equal(back, "light");
});
