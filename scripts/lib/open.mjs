// The three engines, each started with a profile of its own and sent to an address.

import { openChromium } from "./browsers.mjs";
import { startEngine } from "./engines.mjs";
import { ensureGeckodriver } from "./tools.mjs";
import { openSession } from "./webdriver.mjs";

export const engines = ["chromium", "firefox", "webkit"];

/**
 * Starts an engine. `goto` sends its page somewhere; `page` is that of Chromium, which takes `profile` and
 * `args` as well.
 *
 * @param {"chromium" | "firefox" | "webkit"} engine
 * @param {{ profile?: string, args?: string[] }} [options]
 * @returns {Promise<{ goto: (url: string) => Promise<unknown>, close: () => Promise<void>, page?: import("playwright-core").Page }>}
 */
export async function openEngine(engine, options) {
  if (engine === "chromium") {
    const { context, close } = await openChromium(options);
    const page = await context.newPage();
    return { goto: (url) => page.goto(url), close, page };
  }
  const geckodriver = engine === "firefox" ? await ensureGeckodriver() : undefined;
  const driver = await startEngine(engine, { geckodriver });
  try {
    const session = await openSession(driver.url, driver.capabilities());
    return { goto: session.goto, close: driver.close };
  } catch (error) {
    await driver.close();
    throw error;
  }
}
