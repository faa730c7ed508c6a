// The three engines, each started with a profile of its own and sent to an address.

import { openChromium } from "../lib/browsers.mjs";
import { startEngine } from "../lib/engines.mjs";
import { ensureGeckodriver } from "../lib/tools.mjs";
import { openSession } from "../lib/webdriver.mjs";

export const engines = ["chromium", "firefox", "webkit"];

/**
 * Starts an engine. `goto` sends its page somewhere.
 *
 * @param {"chromium" | "firefox" | "webkit"} engine
 * @returns {Promise<{ goto: (url: string) => Promise<unknown>, close: () => Promise<void> }>}
 */
export async function openEngine(engine) {
  if (engine === "chromium") {
    const { context, close } = await openChromium();
    const page = await context.newPage();
    return { goto: (url) => page.goto(url), close };
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
