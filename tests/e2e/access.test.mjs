// For everyone: by keyboard alone, in light and dark, on a phone, and when things fail.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { scenario } from "./support.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe-core finds wrong: rule, and where. */
async function violations(page) {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, { resultTypes: ["violations"] });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")} ${failureSummary}`));
  });
}

const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

for (const [name, options] of [
  ["light", {}],
  ["dark", { colorScheme: "dark" }],
  ["on a phone", { width: 360, height: 740 }],
  ["on a phone, dark", { width: 360, height: 740, colorScheme: "dark" }],
]) {
  scenario(`axe finds nothing: ${name}`, options, async ({ page, plant, press, action, problems }) => {
    const check = async (state) => {
      assert.deepEqual(await violations(page), [], `${name}, ${state}`);
      assert.ok((await overflow(page)) <= 0, `${name}, ${state}: the page scrolls sideways`);
    };
    await page.click("details.aside > summary");
    await check("empty");
    await plant("small");
    await press("#rehearse");
    await check("rehearsed");
    await press("#migrate");
    await press("#simulate");
    await press(action("Launch day", "open"));
    await page.click('[data-place="screenshots"] > summary');
    await page.click('[data-range="screenshots 0-1"] > summary');
    await page.click('[data-range="screenshots 0-1"] .items summary');
    await page.waitForSelector('[data-range="screenshots 0-1"] pre');
    await page.click('#local-table summary:has-text("taskerino-v3-state")');
    await page.waitForSelector("#local-table pre");
    await page.setInputFiles("#file", { name: "broken.json", mimeType: "application/json", buffer: Buffer.from("{") });
    await page.waitForSelector("#errors li");
    await check("migrated, a session open, an error shown");
    await page.click(action("Launch day", "rollback"));
    await page.waitForSelector("dialog[open]");
    await check("a question asked");
    await page.keyboard.press("Escape");
    await page.evaluate(() => globalThis.restowDemo.plantSamples("medium"));
    await page.click("#migrate");
    await page.waitForSelector("#job:not([hidden])");
    await check("while it works");
    assert.deepEqual(problems, []);
  });
}

for (const [name, options] of [
  ["light", {}],
  ["on a phone, dark", { width: 360, height: 740, colorScheme: "dark" }],
]) {
  scenario(`axe finds nothing where there is state: ${name}`, options, async ({ page, press, idle }) => {
    const check = async (state) => {
      assert.deepEqual(await violations(page), [], `${name}, ${state}`);
      assert.ok((await overflow(page)) <= 0, `${name}, ${state}: the page scrolls sideways`);
    };
    await press('[data-application="streak"]');
    await page.waitForSelector("#state:not([hidden])");
    await idle();
    await check("a streak");
    await press('[data-action="sign-in"]');
    await press("#rehearse");
    await check("what would be carried");
    await press("#migrate");
    await page.click('[data-action="undo-carry"]');
    await page.waitForSelector("dialog[open]");
    await check("asked about undoing");
    await page.keyboard.press("Escape");
    await press('[data-application="agents"]');
    await press("#migrate");
    await page.click("#state-others summary");
    await page.click('#state-table summary:has-text("user_llm_configs")');
    await page.waitForSelector("#state-table pre");
    await check("agents, values open");
    await page.click('[data-action="clear-state"]');
    await page.waitForSelector("dialog[open]");
    await check("asked about clearing");
  });
}

/** Presses Tab until the element has the focus, and fails if it is never reached. */
async function tabTo(page, selector) {
  for (let step = 0; step < 120; step += 1) {
    await page.keyboard.press("Tab");
    const found = await page.evaluate((selector) => {
      const active = document.activeElement;
      const style = getComputedStyle(active);
      const visible = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
      return { there: active.matches(selector), visible, what: active.id || active.outerHTML.slice(0, 80) };
    }, selector);
    assert.ok(found.visible, `the focus can be seen on ${found.what}`);
    if (found.there) return;
  }
  assert.fail(`Tab never comes to ${selector}`);
}

scenario("the whole way by keyboard alone", async ({ page, idle, figures }) => {
  const enter = async () => {
    await page.keyboard.press("Enter");
    await idle();
  };
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await tabTo(page, '[data-plant="small"]');
  await page.keyboard.press("Enter");
  await page.waitForSelector("#sessions tbody tr");
  await idle();
  await tabTo(page, "#migrate");
  await enter();
  await page.waitForFunction(() => document.querySelector('[data-figure="Chunked"] dd').textContent === "11");
  assert.equal(await page.evaluate(() => document.activeElement.id), "migrate", "the focus stays while it works");

  await tabTo(page, '[data-action="open"]');
  await enter();
  assert.equal(await page.evaluate(() => document.activeElement.id), "reader-heading", "the focus follows to the session");
  await tabTo(page, "#places summary");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#places details[open] .content > *");

  await tabTo(page, '#backups [data-action="rollback"]');
  const name = await page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  await page.keyboard.press("Enter");
  await page.waitForSelector("dialog[open]");
  await page.keyboard.press("Escape");
  await page.waitForSelector("dialog", { state: "detached" });
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), name, "the focus comes back");
  await page.keyboard.press("Enter");
  await page.waitForSelector("dialog[open]");
  await page.keyboard.press("Shift+Tab");
  assert.equal(await page.evaluate(() => document.activeElement.dataset.answer), "yes");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector('[data-figure="Chunked"] dd').textContent === "10");
  await idle();
  assert.equal((await figures())["To migrate"], "1");
  assert.notEqual(await page.evaluate(() => document.activeElement.tagName), "BODY", "the focus is not lost");
});

scenario("what fails is said, with its code, and hides nothing else", async ({ page, plant, press, rows, errors }) => {
  await plant("small");
  await press("#migrate");
  await page.evaluate(() => {
    const { instance } = globalThis.restowDemo;
    instance.listBackups = () => Promise.reject(Object.assign(new Error("the connection to database `restow` was lost (UnknownError)"), { code: "ConnectionLost" }));
    instance.verifySession = () => Promise.reject(Object.assign(new Error("session is damaged at screenshots"), { code: "Damaged" }));
  });
  await press("#refresh");
  await page.waitForSelector('#errors [data-code="ConnectionLost"]');
  assert.match(await page.textContent('#errors [data-code="ConnectionLost"]'), /Reading the backups failed\. the connection.+Reload the page/);
  assert.equal((await rows("sessions")).length, 16, "the other lists are there");
  await page.evaluate(() => {
    const { instance } = globalThis.restowDemo;
    const denied = () => Promise.reject(Object.assign(new Error("the browser denies access to its storage (SecurityError)"), { code: "StorageDenied" }));
    Object.assign(instance, { listSessions: denied, getMigrationStatus: denied, listBackups: denied, listQuarantine: denied, readAudit: denied });
  });
  await press("#refresh");
  await page.waitForSelector('#errors [data-code="StorageDenied"]');
  assert.deepEqual(await errors(), ["ConnectionLost", "StorageDenied"], "what fails for one reason is said once");
  assert.equal((await rows("sessions")).length, 16, "what was read before is still shown");
  await press('#sessions [data-action="verify"]');
  assert.ok((await errors()).includes("Damaged"));
});

scenario("motion is reduced for those who ask for it", { reducedMotion: "reduce" }, async ({ page, plant }) => {
  await plant("small");
  const moving = await page.evaluate(() =>
    [...document.querySelectorAll("*")].filter((element) => {
      const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(element);
      return transitionDuration !== "0s" || animationName !== "none" || scrollBehavior === "smooth";
    }).length);
  assert.equal(moving, 0);
});

scenario("a package that can't be loaded is said", {
  start: ({ page }) => page.route("**/restow/index.js", (route) => route.fulfill({ status: 404, body: "none" })),
}, async ({ page, problems }) => {
  await page.waitForSelector("#errors li");
  assert.match(await page.textContent("#errors"), /Starting Restow failed\. the package could not be loaded/);
  assert.equal(await page.getAttribute("#main", "data-state"), "failed");
  assert.match(problems.splice(0).join("\n"), /404/);
});
