// What tests need besides Rust and Node: found, and installed where that is possible.

import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { Problem, step } from "./log.mjs";
import { isProgram, must, which } from "./run.mjs";

/** Debian keeps libraries in a folder that is named after the machine. */
const libraries = (path) => readdirSync("/usr/lib").map((folder) => join("/usr/lib", folder, path));

/** How each is found: by a variable, on PATH, in known places. `module` is a file that no one starts. */
const kinds = {
  chromium: {
    variable: "CHROMIUM",
    names: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
    places: () => ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium"],
    debian: "chromium",
    elsewhere: "Install Chromium or Chrome, or name its program in the variable CHROMIUM.",
  },
  chromedriver: {
    variable: "CHROMEDRIVER",
    names: ["chromedriver"],
    places: () => ["/usr/lib/chromium/chromedriver", "/usr/lib/chromium-browser/chromedriver"],
    debian: "chromium-driver",
    elsewhere: "Install the chromedriver of your Chromium, or name its program in the variable CHROMEDRIVER.",
  },
  firefox: {
    variable: "FIREFOX",
    names: ["firefox-esr", "firefox"],
    places: () => ["/Applications/Firefox.app/Contents/MacOS/firefox"],
    debian: "firefox-esr",
    elsewhere: "Install Firefox, or name its program in the variable FIREFOX.",
  },
  webkitdriver: {
    variable: "WEBKITDRIVER",
    names: ["WebKitWebDriver"],
    places: () => [],
    debian: "webkit2gtk-driver",
    elsewhere: "Install WebKitGTK's WebKitWebDriver, or name its program in the variable WEBKITDRIVER.",
  },
  minibrowser: {
    variable: "MINIBROWSER",
    names: [],
    places: () => libraries("webkit2gtk-4.1/MiniBrowser"),
    debian: "webkit2gtk-driver",
    elsewhere: "Install WebKitGTK's MiniBrowser, or name its program in the variable MINIBROWSER.",
  },
  xvfb: {
    variable: "XVFB",
    names: ["Xvfb"],
    places: () => [],
    debian: "xvfb",
    elsewhere: "Install Xvfb, or name its program in the variable XVFB.",
  },
  // Debian's own Python is the one that knows Debian's modules.
  python: {
    variable: "PYTHON",
    names: [],
    places: () => ["/usr/bin/python3"],
    debian: "python3",
    elsewhere: "Install Python 3, or name its program in the variable PYTHON.",
  },
  pygobject: {
    module: true,
    places: () => ["/usr/lib/python3/dist-packages/gi/__init__.py"],
    debian: "python3-gi",
    elsewhere: "Install PyGObject for the system's Python.",
  },
  webkitgtk: {
    module: true,
    places: () => libraries("girepository-1.0/WebKit2-4.1.typelib"),
    debian: "gir1.2-webkit2-4.1",
    elsewhere: "Install what PyGObject needs to use WebKitGTK 4.1.",
  },
};

/** Whether a file is there. A path through something that is no folder leads to none. */
export function isFile(path) {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The path of one kind, or `null`. A variable that names no program is a mistake worth saying. */
export function find(kind, env = process.env) {
  const { variable, names = [], places, module } = kinds[kind];
  const named = variable && env[variable];
  if (named) {
    if (isProgram(named)) return named;
    throw new Problem(`${variable} names ${named}, which is not a program.`);
  }
  return names.map(which).find(Boolean) ?? places().find(module ? isFile : isProgram) ?? null;
}

/** The Debian packages that bring some kinds, each once. */
export const packagesOf = (missing) => [...new Set(missing.map((kind) => kinds[kind].debian))];

/** Only Debian's own Chromium is a plain package; Ubuntu's package of that name wants snap. */
function isDebian() {
  try {
    return /^ID="?debian"?$/m.test(readFileSync("/etc/os-release", "utf8"));
  } catch {
    return false;
  }
}

/**
 * Finds what is wanted and, as root on Debian, installs what is missing.
 *
 * @param {string} name what it is all for
 * @param {(keyof typeof kinds)[]} wanted
 */
export function ensurePrograms(name, wanted) {
  return step(name, async (say) => {
    const missing = wanted.filter((kind) => !find(kind));
    if (missing.length > 0) await install(missing, say);
    return wanted.filter((kind) => !kinds[kind].module).map((kind) => find(kind)).join(", ");
  });
}

async function install(missing, say) {
  const packages = packagesOf(missing);
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
