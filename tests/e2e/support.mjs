// What the tests of the page share: a browser with a profile of its own, and eyes past the page.

import assert from "node:assert/strict";
import { test } from "node:test";
import { openChromium } from "../../scripts/lib/browsers.mjs";
import { serve } from "../../scripts/lib/serve.mjs";

const PATIENCE_MS = 60_000;

/**
 * A test with the page open in a new profile. It fails, whatever else, if the console held an error.
 * `start` runs before the page is visited.
 */
export function scenario(name, options, body) {
  if (typeof options === "function") return scenario(name, {}, options);
  const { width = 1280, height = 860, colorScheme = "light", reducedMotion, start } = options;
  return test(name, { timeout: 180_000 }, async (t) => {
    const server = await serve();
    t.after(server.close);
    const { context, close } = await openChromium();
    t.after(close);
    const page = context.pages()[0] ?? (await context.newPage());
    page.setDefaultTimeout(PATIENCE_MS);
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme, reducedMotion });
    await start?.({ page, url: server.url });
    const problems = [];
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
    await page.goto(server.url);
    await page.waitForSelector('#main:not([data-state="loading"])');
    const eyes = see(page);
    await body({ page, ...eyes, problems });
    assert.deepEqual(problems, [], "the console held errors");
  });
}

/** Looks at the page, and past it at the databases. */
function see(page) {
  /** Waits until no work is under way. */
  const idle = () => page.waitForFunction(() => document.querySelector("#job").hidden);
  return {
    idle,
    /** Clicks, then waits until what was begun is through. */
    async press(selector) {
      await page.click(selector);
      await idle();
    },
    async plant(size) {
      await page.click(`[data-plant="${size}"]`);
      await page.waitForFunction(() => !document.querySelector("#sessions").hidden);
      await idle();
    },
    /** A button in the row of a session. */
    action: (label, name) => `#sessions tr:has(.name:text-is(${JSON.stringify(label)})) [data-action="${name}"]`,
    /** The figures, as `{ Sessions: "16", … }`. */
    figures: () =>
      page.$$eval("#figures .figure", (all) =>
        Object.fromEntries(all.map((one) => [one.querySelector("dt").textContent, one.querySelector("dd").textContent]))),
    /** The rows of a table, as `[{ session: "…", state: "…" }]`. */
    rows: (section) =>
      page.$$eval(`#${section} tbody tr`, (all) =>
        all.map((tr) => Object.fromEntries([...tr.children].map((cell) => [cell.dataset.name, cell.innerText.trim()])))),
    databases: () => page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name).sort()),
    /** Every row of the application, as `{ key: JSON }`, read past Restow. */
    application: () => page.evaluate(readApplication),
    /** Every text of the application in localStorage, as `{ key: text }`, read past Restow. */
    texts: () => page.evaluate(() => Object.fromEntries(Object.keys(localStorage).filter((key) => key.startsWith("taskerino-")).map((key) => [key, localStorage.getItem(key)]))),
    /** Ids of the samples of a size, by what should become of them. */
    expected: (size) =>
      page.evaluate((size) => globalThis.restowDemo.samplePlan(size).map(({ id, place, source, expected, code }) => ({ id, place, source, expected, code })), size),
    news: () => page.textContent("#news"),
    errors: () => page.$$eval("#errors .notice", (all) => all.map((one) => one.dataset.code)),
  };
}

/** Runs in the page. */
async function readApplication() {
  const settled = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  if (!(await indexedDB.databases()).some(({ name }) => name === "taskerino-db")) return {};
  const database = await settled(indexedDB.open("taskerino-db"));
  try {
    const rows = await settled(database.transaction("collections").objectStore("collections").getAll());
    return Object.fromEntries(rows.map((row) => [row.name, JSON.stringify(row)]));
  } finally {
    database.close();
  }
}

/**
 * Compares every migrated session of a size with the sample it was made from, keys in order. Resolves
 * to the ids that differ.
 */
export const changedSessions = (page, size) =>
  page.evaluate(async (size) => {
    const { instance, samplePlan } = globalThis.restowDemo;
    const changed = [];
    for (const row of samplePlan(size).filter((one) => one.expected === "migrated")) {
      const loaded = await instance.loadFullSession(row.id);
      if (JSON.stringify(loaded) !== JSON.stringify(row.make())) changed.push(row.id);
    }
    return changed;
  }, size);

/** Starts to measure how long the page stands still. The function it gives ends it: milliseconds. */
export async function measureGaps(page) {
  await page.evaluate(() => {
    const gaps = { longest: 0, last: performance.now() };
    gaps.timer = setInterval(() => {
      const now = performance.now();
      gaps.longest = Math.max(gaps.longest, now - gaps.last);
      gaps.last = now;
    }, 10);
    globalThis.gaps = gaps;
  });
  return () =>
    page.evaluate(() => {
      clearInterval(globalThis.gaps.timer);
      return globalThis.gaps.longest;
    });
}

/** Begins the migration and resolves once some sessions are through, while others are not. */
export async function migrateUntilMidway(page, done = 4) {
  await page.click("#migrate");
  await page.waitForFunction((done) => {
    const [now, total] = document.querySelector("#job-count").textContent.split(" of ").map(Number);
    return now >= done && now < total;
  }, done);
}
