// What the tests of Firefox and WebKit share: an engine behind its driver, and the page or an empty one.

import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startEngine } from "../../scripts/lib/engines.mjs";
import { at, dist, www } from "../../scripts/lib/paths.mjs";
import { serve } from "../../scripts/lib/serve.mjs";
import { temporaryFolder } from "../../scripts/lib/temporary.mjs";
import { ensureGeckodriver } from "../../scripts/lib/tools.mjs";
import { openSession } from "../../scripts/lib/webdriver.mjs";

const PATIENCE_MS = 60_000;

// Whatever the console is told as an error is kept, from before the page's own scripts on.
const WATCH = `globalThis.problems = [];
for (const kind of ["error", "unhandledrejection"]) {
  addEventListener(kind, (event) => problems.push(String(event.message ?? event.reason)), true);
}
const error = console.error;
console.error = (...told) => { problems.push(told.map(String).join(" ")); error(...told); };
`;

/** The page's files, with a script before all others that watches the console. */
function watchedPage() {
  const folder = temporaryFolder("page");
  cpSync(www, folder.path, { recursive: true });
  writeFileSync(join(folder.path, "watch.js"), WATCH);
  const index = join(folder.path, "index.html");
  writeFileSync(index, readFileSync(index, "utf8").replace("<title>", '<script src="watch.js"></script><title>'));
  return folder;
}

/** A window of an engine at the page (`"page"`) or at a small application that imports the package (`"app"`). */
export async function open(t, engine, where, { isPrivate } = {}) {
  const geckodriver = engine === "firefox" ? await ensureGeckodriver() : undefined;
  const driver = await startEngine(engine, { geckodriver, isPrivate });
  t.after(driver.close);
  const folder = where === "page" ? watchedPage() : { path: at("tests", "engines", "app"), remove: () => {} };
  t.after(folder.remove);
  const server = await serve({ mounts: { "/": folder.path, "/restow/": dist } });
  t.after(server.close);
  const page = await openSession(driver.url, driver.capabilities());
  await page.goto(server.url);
  t.diagnostic(page.version);
  return page;
}

/** Waits until a function of the page returns something true. */
export async function until(page, what, ...args) {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await delay(100)) {
    const found = await page.call(what, ...args);
    if (found) return found;
  }
  throw new Error(`This did not become true: ${what}`);
}
