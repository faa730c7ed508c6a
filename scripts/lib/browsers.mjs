// Chromium, started: for our own runs and for wasm-bindgen's test runner.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Problem } from "./log.mjs";
import { at } from "./paths.mjs";
import { find } from "./programs.mjs";
import { temporaryFolder } from "./temporary.mjs";

/** Chromium's options: one list for the WebDriver tests and for our own runs. */
function capabilities() {
  return JSON.parse(readFileSync(at("webdriver.json"), "utf8"));
}

/**
 * The environment in which wasm-bindgen's test runner finds the browser that we found. It ends the
 * driver without giving it time to tidy up, so the driver's files go to a folder of their own.
 *
 * @param {string} folder
 */
export function webdriverEnvironment(folder) {
  const wanted = capabilities();
  wanted["goog:chromeOptions"].binary = find("chromium");
  const file = join(folder, "webdriver.json");
  writeFileSync(file, JSON.stringify(wanted));
  return { CHROMEDRIVER: find("chromedriver"), WASM_BINDGEN_TEST_WEBDRIVER_JSON: file, TMPDIR: folder };
}

/**
 * Starts Chromium without a window. Its profile is a new one that is removed at the end, unless one
 * is given: that one stays, so that a test can start the browser again on what it stored. Its zone is
 * that of the machine, unless one is given. `args` are added to its options.
 *
 * @param {{ profile?: string, timezoneId?: string, args?: string[] }} [options]
 * @returns {Promise<{ context: import("playwright-core").BrowserContext, close: () => Promise<void> }>}
 */
export async function openChromium({ profile, timezoneId, args = [] } = {}) {
  const executablePath = find("chromium");
  if (!executablePath) throw new Problem("There is no Chromium on this machine; npm test installs one where it may.");
  const { chromium } = await import("playwright-core");
  const folder = profile ? { path: profile, remove: () => {} } : temporaryFolder("profile");
  const context = await chromium.launchPersistentContext(folder.path, {
    executablePath,
    headless: true,
    timezoneId,
    args: [...capabilities()["goog:chromeOptions"].args, ...args],
  });
  const close = async () => {
    await context.close();
    await folder.remove();
  };
  return { context, close };
}
