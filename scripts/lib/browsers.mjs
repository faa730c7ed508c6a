// Chromium and its driver: found, installed where that is possible, and started.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Problem, step } from "./log.mjs";
import { at } from "./paths.mjs";
import { isProgram, must, which } from "./run.mjs";
import { temporaryFolder } from "./temporary.mjs";

const kinds = {
  chromium: {
    variable: "CHROMIUM",
    names: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
    places: ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium"],
    debian: "chromium",
    elsewhere: "Install Chromium or Chrome, or name its program in the variable CHROMIUM.",
  },
  chromedriver: {
    variable: "CHROMEDRIVER",
    names: ["chromedriver"],
    places: ["/usr/lib/chromium/chromedriver", "/usr/lib/chromium-browser/chromedriver"],
    debian: "chromium-driver",
    elsewhere: "Install the chromedriver of your Chromium, or name its program in the variable CHROMEDRIVER.",
  },
};

/** The program of one kind, or `null`. A variable that names none is a mistake worth saying. */
export function find(kind, env = process.env) {
  const { variable, names, places } = kinds[kind];
  const named = env[variable];
  if (named) {
    if (isProgram(named)) return named;
    throw new Problem(`${variable} names ${named}, which is not a program.`);
  }
  return names.map(which).find(Boolean) ?? places.find(isProgram) ?? null;
}

/** Only Debian's own Chromium is a plain package; Ubuntu's package of that name wants snap. */
function isDebian() {
  try {
    return /^ID="?debian"?$/m.test(readFileSync("/etc/os-release", "utf8"));
  } catch {
    return false;
  }
}

/**
 * Finds programs and, as root on Debian, installs those that are missing.
 *
 * @param {("chromium" | "chromedriver")[]} wanted
 */
export function ensureBrowsers(wanted) {
  return step("Browser", async (say) => {
    const missing = wanted.filter((kind) => !find(kind));
    if (missing.length > 0) await install(missing, say);
    return wanted.map((kind) => find(kind)).join(", ");
  });
}

async function install(missing, say) {
  const packages = missing.map((kind) => kinds[kind].debian);
  const command = `apt-get install --yes --no-install-recommends ${packages.join(" ")}`;
  const mayInstall = process.getuid?.() === 0 && isDebian() && which("apt-get");
  if (!mayInstall || process.env.RESTOW_NO_INSTALL === "1") {
    const how = isDebian() ? `Run, as root: ${command}` : missing.map((kind) => kinds[kind].elsewhere).join("\n");
    throw new Problem(`There is no ${missing.join(" and no ")} on this machine. ${how}`);
  }
  say(`installing the Debian packages ${packages.join(" and ")} (RESTOW_NO_INSTALL=1 forbids it)`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await must("apt-get", ["update"], { env });
  await must("apt-get", command.split(" ").slice(1), { env });
  const still = missing.filter((kind) => !find(kind));
  if (still.length > 0) throw new Problem(`${packages.join(" and ")} did not bring ${still.join(" and ")}.`);
}

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
 * that of the machine, unless one is given.
 *
 * @param {{ profile?: string, timezoneId?: string }} [options]
 * @returns {Promise<{ context: import("playwright-core").BrowserContext, close: () => Promise<void> }>}
 */
export async function openChromium({ profile, timezoneId } = {}) {
  const executablePath = find("chromium");
  if (!executablePath) throw new Problem("There is no Chromium on this machine; npm test installs one where it may.");
  const { chromium } = await import("playwright-core");
  const folder = profile ? { path: profile, remove: () => {} } : temporaryFolder("profile");
  const context = await chromium.launchPersistentContext(folder.path, {
    executablePath,
    headless: true,
    timezoneId,
    args: capabilities()["goog:chromeOptions"].args,
  });
  const close = async () => {
    await context.close();
    await folder.remove();
  };
  return { context, close };
}
