// Applications that keep state in localStorage, through the page's console functions.

import { SECRETS } from "/samples/agents.js";
import { ACCOUNT, ANONYMOUS, OTHER_TENANT, TENANT } from "/samples/keys.js";
import { same } from "./application.js";

/** All of localStorage, read past Restow. */
const texts = () => Object.fromEntries(Object.keys(localStorage).sort().map((key) => [key, localStorage.getItem(key)]));
const keysOf = (all) => Object.keys(all);
const databases = async () => (await indexedDB.databases()).map(({ name }) => name);

/** Starts over, so that what one sample leaves is not the next one's. */
async function planted(name) {
  const { restowDemo } = globalThis;
  await restowDemo.clearSamples();
  await restowDemo.plantApplication(name);
  return restowDemo;
}

/** Everything that is in the list of backups, put back by one call each, the newest first. */
async function rollBackAll() {
  const results = [];
  for (const { id, path } of (await globalThis.restowDemo.instance.listBackups()).reverse()) results.push(await globalThis.rollbackSession(id, path, true));
  return results;
}

/** A streak: captured, carried once someone is signed in, and put back. */
export async function streak() {
  const demo = await planted("streak");
  const anonymous = texts();
  const waiting = await globalThis.runChunkedMigration();
  const untouched = same(texts(), anonymous);
  await demo.signIn();
  const before = texts();
  const needed = await demo.instance.checkMigrationNeeded();
  const rehearsal = await globalThis.runChunkedMigration({ dryRun: true, verbose: true });
  const rehearsed = same(texts(), before);
  const run = await globalThis.runChunkedMigration({ verbose: true });
  const account = JSON.parse(texts()[ACCOUNT]);
  const again = await globalThis.runChunkedMigration();
  const twice = JSON.parse(texts()[ACCOUNT]);
  const status = await globalThis.showMigrationStatus();
  const asked = await globalThis.rollbackSession(null, run.state.carry.result.path);
  await globalThis.rollbackSession(null, run.state.carry.result.path, true);
  const back = same(texts(), before);
  await globalThis.runChunkedMigration({ force: true });
  const cleared = await demo.instance.removeOriginals({ confirm: true });
  return [
    { name: "a streak, before signing in: captured, and carrying waits", ok: waiting.success && waiting.state.capture.keys === 2 && waiting.state.carry.outcome === "waiting" },
    { name: "a streak, before signing in: no text is changed", ok: untouched },
    { name: "signed in: there is something to carry", ok: needed === "yes" },
    { name: "dry run: foresees what is carried, and changes no text", ok: rehearsed && same(rehearsal.state.carry.result.changes, run.state.carry.result.changes) },
    { name: "carried: 45 days that are claimed, 40 of them in the history, become 30", ok: run.success && account.streak.current === 30 },
    { name: "carried: limits tell why", ok: same(Object.keys(run.state.capture.findingCounts), ["StreakCapped", "StreakUnsupported"]) },
    { name: "carried: who is signed in stays, and the other key is as it was", ok: account.user.profile.id === "user-001" && before[ANONYMOUS] === anonymous[ANONYMOUS] },
    { name: "again: nothing is added a second time", ok: again.state.carry.outcome === "unchanged" && same(account, twice) },
    { name: "status: carried, and all is captured", ok: status.state.carry.standing === "done" && status.state.captured === status.state.keys },
    { name: "undone only when confirmed: both keys are as they were", ok: asked === undefined && back },
    { name: "cleared with the originals: only the key that was carried is gone", ok: same(cleared.state.removed, [ANONYMOUS]) && !(ANONYMOUS in texts()) && JSON.parse(texts()[ACCOUNT]).streak.current === 30 },
  ];
}

/** AI agents of two tenants: chats are sessions, all else is state. */
export async function agents() {
  const demo = await planted("agents");
  const before = texts();
  const rehearsal = await globalThis.runChunkedMigration({ dryRun: true });
  const rehearsed = same(texts(), before) && !(await databases()).some((name) => name.startsWith("restow"));
  const run = await globalThis.runChunkedMigration({ verbose: true });
  const after = texts();
  const chats = run.sessions.filter(({ outcome }) => outcome === "migrated").map(({ sessionId }) => sessionId);
  const loaded = [];
  for (const id of chats) loaded.push(same(await demo.instance.loadFullSession(id), JSON.parse(before[id])));
  const status = await globalThis.showMigrationStatus();
  const needed = await demo.instance.checkMigrationNeeded();
  const cleared = await demo.instance.clearMigratedState(run.state.capture.path, { confirm: true });
  const others = keysOf(before).filter((key) => key.includes(OTHER_TENANT) || ["auth_token", "auth-storage", "i18nextLng"].includes(key));
  const between = texts();
  const results = await rollBackAll();
  const told = JSON.stringify([rehearsal, run, status, cleared, await demo.instance.readAudit()]);
  return [
    { name: "agents, dry run: foresees the same, changes no text, creates no database", ok: rehearsed && rehearsal.migrated === run.migrated && rehearsal.state.capture.keys === run.state.capture.keys },
    { name: "agents: three chats are migrated, a damaged one is quarantined", ok: run.success && run.migrated === 3 && run.quarantined === 1 },
    { name: "agents: every chat that is loaded is the one that was planted", ok: loaded.length === 3 && loaded.every(Boolean) },
    { name: "agents: state is captured and stays where it is", ok: run.state.capture.keys === 11 && keysOf(after).every((key) => after[key] === before[key]) && keysOf(before).length - keysOf(after).length === 3 },
    { name: "agents: another tenant's keys and tokens are left", ok: run.state.capture.left["other-tenant"] === 3 && run.state.capture.left.token === 2 && others.every((key) => between[key] === before[key]) },
    { name: "agents: a database of the tenant's own", ok: (await databases()).includes(`restow/${TENANT}`) },
    { name: "agents: nothing is left to do, and the status has each kind", ok: needed === "no" && status.chunked === 3 && status.state.captured === 11 },
    { name: "agents: cleared but for flags, and put back with the chats, each backup by one call", ok: cleared.success && cleared.removed.length === 8 && results.length === 4 && same(texts(), before) },
    { name: "agents: no secret is told by any result, or shown on the page", ok: SECRETS.every((secret) => !told.includes(secret) && !document.documentElement.outerHTML.includes(secret)) },
  ];
}
