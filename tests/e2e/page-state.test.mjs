// The page with the two applications that keep state in localStorage: what is shown, undone and cleared.

import assert from "node:assert/strict";
import { SECRETS } from "../../www/samples/agents.js";
import { ACCOUNT, ANONYMOUS, OTHER_TENANT, TENANT } from "../../www/samples/keys.js";
import { scenario } from "./support.mjs";

const local = (page) => page.evaluate(() => Object.fromEntries(Object.keys(localStorage).sort().map((key) => [key, localStorage.getItem(key)])));

/** Answers the question that is asked. */
async function answer(page, yes, idle) {
  await page.waitForSelector("dialog[open]");
  await page.click(`dialog [data-answer="${yes ? "yes" : "no"}"]`);
  await page.waitForSelector("dialog", { state: "detached" });
  await idle();
}

async function application(page, idle, name) {
  await page.click(`[data-application="${name}"]`);
  await page.waitForSelector("#state:not([hidden])");
  await idle();
}

scenario("a streak: captured, waiting, rehearsed, carried, undone, cleared", async ({ page, press, idle, rows, databases, news }) => {
  await application(page, idle, "streak");
  assert.match(await page.textContent("#config-code"), /preset: "streak"/);
  assert.match(await page.textContent("#figures-sentence"), /^This application has no sessions, but state: 2 keys to be captured\.$/);
  assert.ok(await page.isHidden("#figures") && await page.isHidden("#cargo"), "no figures of no sessions");
  const [anonymous] = await rows("state");
  for (const code of ["StreakUnsupported", "StreakCapped"]) assert.ok(anonymous["state-key"].includes(code), anonymous["state-key"]);
  assert.match(anonymous["state-key"], /streak\.current 40 → 30, at most 30 days are carried over/);

  await press("#migrate");
  assert.match(await page.textContent("#state-carry"), /Waits.*No one is signed in/s);
  assert.match(await page.textContent("#report-state"), /2 keys captured/);
  assert.match(await page.textContent("#report-state"), /No one is signed in, so the key that it is carried to is not there/);

  await press('[data-action="sign-in"]');
  const signedIn = await local(page);
  assert.match(await page.textContent("#figures-sentence"), /Someone has signed in/);
  await press("#rehearse");
  assert.deepEqual(await local(page), signedIn, "a rehearsal writes nothing");
  assert.match(await page.textContent("#report-title"), /what would be done/);
  assert.match(await page.textContent("#report-sentence"), /^There are no sessions, but state: 3 keys would be captured, state would be carried over;/);
  assert.match(await page.textContent("#where"), /one key of localStorage for people who never signed in/);
  const value = async (path) => (await rows("report-state")).find(({ value }) => value === path);
  const { from, to, becomes, rule } = await value("streak.current");
  assert.deepEqual([from, to, becomes, rule], ["30", "0", "30", "streak"]);
  assert.match(await page.textContent("#report-state"), /Findings.+StreakUnsupported.+StreakCapped/s);

  await press("#migrate");
  assert.match(await news(), /state carried over/);
  assert.equal(JSON.parse((await local(page))[ACCOUNT]).streak.current, 30);
  assert.match(await page.textContent("#state-sentence"), /^3 keys, .+\. 3 captured\.$/);

  await page.click('[data-action="undo-carry"]');
  await answer(page, false, idle);
  assert.notDeepEqual(await local(page), signedIn, "nothing happens without consent");
  await page.click('[data-action="undo-carry"]');
  await answer(page, true, idle);
  assert.deepEqual(await local(page), signedIn);
  assert.match(await page.textContent("#state-carry"), /Undone/);
  await press("#migrate");
  assert.deepEqual(await local(page), signedIn, "what was undone is left alone");
  await page.check("#force");
  await press("#migrate");
  await page.click('[data-action="clear-carried"]');
  await answer(page, true, idle);
  assert.ok(!(ANONYMOUS in (await local(page))));
  assert.equal(JSON.parse((await local(page))[ACCOUNT]).streak.current, 30);
  assert.deepEqual(await databases(), ["restow"]);
  const kinds = (await rows("audit")).map(({ what }) => what);
  for (const what of ["State captured", "State carried", "Carry undone", "State cleared"]) assert.ok(kinds.includes(what), `${what} in ${kinds}`);
});

scenario("agents: chats, state, another tenant, and no secret anywhere", async ({ page, press, idle, rows, databases, figures }) => {
  await application(page, idle, "agents");
  const before = await local(page);
  const secretsShown = async (when) => {
    for (const details of await page.$$("#state details")) await details.evaluate((one) => { one.open = true; });
    await page.waitForTimeout(300);
    const shown = await page.evaluate(() => document.documentElement.outerHTML);
    for (const secret of SECRETS) assert.ok(!shown.includes(secret), `${when}: ${secret} is on the page`);
    assert.ok(shown.includes("[redacted]"), `${when}: values are shown, without their secrets`);
  };
  await secretsShown("planted");
  assert.deepEqual(await figures(), { Sessions: "4", Chunked: "0", "To migrate": "3", Diverged: "0", Quarantined: "1", Done: "0 %" });
  await press("#rehearse");
  assert.deepEqual(await local(page), before);
  assert.deepEqual(await databases(), []);
  await press("#migrate");
  await secretsShown("migrated");
  assert.deepEqual(await databases(), [`restow/${TENANT}`]);
  assert.match(await page.textContent("#report-sentence"), /^3 of 4 sessions were migrated, 1 quarantined, 11 keys of state captured;/);
  const others = await page.textContent("#state-others");
  for (const words of ["Another tenant’s (3)", "Sign-in tokens (2)", "Offered, moves only when claimed (1)", "Unknown to the preset (2)"]) assert.ok(others.includes(words), `${words} in ${others}`);
  const now = await local(page);
  for (const key of Object.keys(now)) assert.equal(now[key], before[key], key);
  assert.equal(Object.keys(now).filter((key) => key.includes(OTHER_TENANT)).length, 3);

  await page.click('[data-action="clear-state"]');
  await answer(page, true, idle);
  const cleared = await local(page);
  assert.ok(!(`user_llm_configs_${TENANT}` in cleared) && "current_user" in cleared, "flags stay");
  await page.click('[data-action="restore-state"]');
  await answer(page, true, idle);
  assert.deepEqual(await local(page), now);

  const labels = await page.$$eval('#backups [data-action="rollback"]', (all) => all.map((one) => one.getAttribute("aria-label")));
  assert.equal(labels.length, 4);
  for (const label of labels) {
    await page.click(`#backups [aria-label="${label}"]`);
    await answer(page, true, idle);
  }
  assert.deepEqual(await local(page), before, "every backup in the list was rolled back by its button");
});

scenario("from one application to another and back, and over again", async ({ page, plant, press, idle, figures }) => {
  await application(page, idle, "agents");
  await press("#migrate");
  await page.reload();
  await idle();
  assert.match(await page.textContent("#config-code"), /preset: "agents"/, "a page that is loaded again shows the same application");
  await plant("small");
  assert.equal(new URL(page.url()).hash, "");
  assert.equal((await figures()).Sessions, "16");
  assert.ok(await page.isHidden("#state"));
  await application(page, idle, "streak");
  await page.click("#start-over");
  await answer(page, true, idle);
  assert.deepEqual(await page.evaluate(async () => [Object.keys(localStorage), (await indexedDB.databases()).map(({ name }) => name)]), [[], []]);
});
