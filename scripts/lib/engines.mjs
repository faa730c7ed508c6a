// Firefox and WebKit, each behind its driver: what they need, and how they are started as root and
// without a screen.

import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Problem } from "./log.mjs";
import { at } from "./paths.mjs";
import { find } from "./programs.mjs";
import { temporaryFolder } from "./temporary.mjs";
import { background, startDriver } from "./webdriver.mjs";

/** What of Debian each engine needs. */
export const programs = {
  firefox: ["firefox"],
  webkit: ["webkitdriver", "minibrowser", "xvfb", "python", "pygobject", "webkitgtk"],
};

/** What the drivers and their browsers write goes to a folder that is removed, the home included. */
export function environment(folder, display) {
  const quiet = { GSETTINGS_BACKEND: "memory", NO_AT_BRIDGE: "1" };
  const home = { HOME: folder, TMPDIR: folder, XDG_CACHE_HOME: join(folder, "cache"), XDG_CONFIG_HOME: join(folder, "config") };
  if (display === undefined) return { ...home, MOZ_HEADLESS: "1" };
  // Root may not nest WebKit's sandbox in that of a container. The pages are our own.
  return { ...home, ...quiet, DISPLAY: display, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" };
}

/** Firefox with a new profile for each session, which its driver makes. */
export const firefoxCapabilities = (binary) => ({ "moz:firefoxOptions": { binary, args: ["-headless"] } });

/** WebKit: a window that keeps what it stores, or a private one. */
export function webkitCapabilities({ python, minibrowser, profile, isPrivate }) {
  const options = isPrivate
    ? { binary: minibrowser, args: ["--automation"] }
    : { binary: python, args: [at("scripts", "webkit", "browser.py"), profile] };
  return { "webkitgtk:browserOptions": options };
}

/** A screen that no one sees. */
async function startScreen(folder) {
  const args = ["-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"];
  const screen = background(find("xvfb"), args, { TMPDIR: folder });
  for (let waited = 0; waited < 10_000 && screen.running(); waited += 50) {
    const number = screen.output().match(/^(\d+)$/m)?.[1];
    if (number) return { display: `:${number}`, close: screen.close };
    await delay(50);
  }
  await screen.close();
  throw new Problem(`Xvfb did not start:\n${screen.output()}`);
}

/**
 * Starts the driver of an engine. `capabilities` are those of one session, with a profile of its own.
 *
 * @param {"firefox" | "webkit"} engine
 * @param {{ geckodriver?: string, isPrivate?: boolean }} [options]
 * @returns {Promise<{ url: string, capabilities: () => object, close: () => Promise<void> }>}
 */
export async function startEngine(engine, { geckodriver, isPrivate = false } = {}) {
  const folder = temporaryFolder(engine);
  const opened = [{ close: folder.remove }];
  const close = async () => {
    for (const one of opened.toReversed()) await one.close();
  };
  try {
    if (engine === "firefox") {
      const driver = await startDriver({ program: geckodriver, env: environment(folder.path) });
      opened.push(driver);
      return { url: driver.url, capabilities: () => firefoxCapabilities(find("firefox")), close };
    }
    const screen = await startScreen(folder.path);
    opened.push(screen);
    const driver = await startDriver({ program: find("webkitdriver"), env: environment(folder.path, screen.display) });
    opened.push(driver);
    const [python, minibrowser] = [find("python"), find("minibrowser")];
    const profile = () => mkdtempSync(join(folder.path, "profile-"));
    return { url: driver.url, capabilities: () => webkitCapabilities({ python, minibrowser, profile: profile(), isPrivate }), close };
  } catch (error) {
    await close();
    throw error;
  }
}
