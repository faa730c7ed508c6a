// The tools that a build needs: found where they are there, installed where they are missing.

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { Problem, step } from "./log.mjs";
import { at, userCache } from "./paths.mjs";
import { isProgram, must, run, which } from "./run.mjs";

export const wasmTarget = "wasm32-unknown-unknown";

/** Refuses a Node that the development tools do not run on. */
export function checkNode(version = process.versions.node) {
  const [major, minor] = version.split(".").map(Number);
  const fits = major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19);
  if (!fits) throw new Problem(`Node ${version} does not suit; 20.19 or 22.12 and later do.`);
}

/** Finds cargo, also where the shell does not know yet that rustup installed it. */
export function findCargo() {
  const cargoHome = join(process.env.CARGO_HOME || join(homedir(), ".cargo"), "bin");
  if (!which("cargo") && isProgram(join(cargoHome, "cargo"))) {
    process.env.PATH = [cargoHome, process.env.PATH].join(delimiter);
  }
  if (!which("cargo")) {
    throw new Problem("Rust is missing. Install it from https://rustup.rs and run this again.");
  }
  if (!which("cc")) {
    throw new Problem("A C linker is missing. On Debian: apt-get install build-essential");
  }
}

/**
 * The packages of the lock file that an installation lacks or has in another version. Packages for
 * other platforms are optional and may be missing.
 */
export function outdatedPackages(lock, installed) {
  return Object.entries(lock.packages)
    .filter(([path]) => path !== "")
    .filter(([path, wanted]) => {
      const found = installed.packages[path];
      return found ? found.version !== wanted.version : !wanted.optional;
    })
    .map(([path]) => path.replace(/^.*node_modules\//, ""));
}

/** Installs the Node packages that the lock file names, unless they are there. */
export function ensureNodePackages() {
  return step("Node packages", async (say) => {
    const parse = (path) => JSON.parse(readFileSync(path, "utf8"));
    const record = at("node_modules", ".package-lock.json");
    const lock = parse(at("package-lock.json"));
    if (existsSync(record) && outdatedPackages(lock, parse(record)).length === 0) {
      return "already there";
    }
    say("installing them (npm ci)");
    await must("npm", ["ci", "--no-audit", "--no-fund"]);
    return "installed";
  });
}

/** Adds Rust's WebAssembly target, unless it is there. */
export function ensureWasmTarget() {
  return step("WebAssembly target", async (say) => {
    const libdir = await must("rustc", ["--print", "target-libdir", "--target", wasmTarget]);
    if (existsSync(libdir.trim())) return "already there";
    needRustup(`rustup target add ${wasmTarget}`);
    say(`adding ${wasmTarget} to Rust`);
    await must("rustup", ["target", "add", wasmTarget]);
    return "added";
  });
}

/** Adds rustfmt and clippy, unless they are there. */
export function ensureLinters() {
  return step("rustfmt and clippy", async (say) => {
    const missing = [];
    for (const [component, command] of [["rustfmt", "fmt"], ["clippy", "clippy"]]) {
      if ((await run("cargo", [command, "--version"])).code !== 0) missing.push(component);
    }
    if (missing.length === 0) return "already there";
    needRustup(`rustup component add ${missing.join(" ")}`);
    say("adding them to Rust");
    await must("rustup", ["component", "add", ...missing]);
    return "added";
  });
}

function needRustup(command) {
  if (which("rustup")) return;
  throw new Problem(`Rust lacks something that rustup would add: ${command}
rustup is not installed; see https://rustup.rs`);
}

/** The version of a package in the text of Cargo.lock. */
export function lockedVersion(lock, name) {
  const found = lock.match(new RegExp(`^name = "${name}"\\nversion = "([^"]+)"$`, "m"));
  if (!found) throw new Problem(`Cargo.lock does not name ${name}.`);
  return found[1];
}

/**
 * wasm-bindgen's programs in exactly the version of the library, for its formats are not stable.
 * Taken from PATH, from the user's cache, or built into that cache.
 */
export async function ensureWasmBindgen() {
  const version = lockedVersion(readFileSync(at("Cargo.lock"), "utf8"), "wasm-bindgen");
  const cache = join(userCache, `wasm-bindgen-${version}`);
  let programs;
  await step(`wasm-bindgen ${version}`, async (say) => {
    for (const folder of [foldersOnPath(), join(cache, "bin")].flat()) {
      programs = await programsIn(folder, version);
      if (programs) return `already there, in ${folder}`;
    }
    say("building it, once for all clones; about two minutes");
    await buildInto(cache, "wasm-bindgen-cli", version);
    programs = await programsIn(join(cache, "bin"), version);
    if (!programs) throw new Problem(`cargo built wasm-bindgen, but ${cache} lacks it.`);
    return `built, kept in ${cache}`;
  });
  return programs;
}

function foldersOnPath() {
  const found = which("wasm-bindgen");
  return found ? [dirname(found)] : [];
}

async function programsIn(folder, version) {
  const bindgen = join(folder, "wasm-bindgen");
  const testRunner = join(folder, "wasm-bindgen-test-runner");
  if (!isProgram(bindgen) || !isProgram(testRunner)) return null;
  const { stdout } = await run(bindgen, ["--version"]);
  return stdout.trim() === `wasm-bindgen ${version}` ? { bindgen, testRunner } : null;
}

/** Builds beside the cache and moves it there whole: an interrupted build leaves nothing half done. */
async function buildInto(cache, name, version, ...more) {
  const beside = `${cache}.${process.pid}`;
  mkdirSync(beside, { recursive: true });
  try {
    const args = ["install", name, "--version", `=${version}`, "--root", beside, ...more];
    // Neither this repository's settings nor its lints are meant for a foreign program.
    await must("cargo", args, { cwd: beside });
    rmSync(cache, { recursive: true, force: true });
    renameSync(beside, cache);
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}

/** The version that the tests are known to pass with; an older one on PATH will not do. */
const geckodriverVersion = "0.37.1";

/** The version in what `geckodriver --version` prints, or `null`. */
export const geckodriverVersionOf = (text) => text.match(/^geckodriver (\d+\.\d+\.\d+)/)?.[1] ?? null;

/**
 * Firefox's driver, which Debian does not have. Named by the variable GECKODRIVER, or taken from PATH
 * or the user's cache in our version, or built into that cache.
 */
export async function ensureGeckodriver() {
  const named = process.env.GECKODRIVER;
  if (named && !isProgram(named)) throw new Problem(`GECKODRIVER names ${named}, which is not a program.`);
  const cache = join(userCache, `geckodriver-${geckodriverVersion}`);
  const built = join(cache, "bin", "geckodriver");
  let program = named;
  await step(`geckodriver ${named ? "" : geckodriverVersion}`.trim(), async (say) => {
    if (named) return named;
    for (const candidate of [which("geckodriver"), built].filter(Boolean)) {
      if (!isProgram(candidate)) continue;
      const { stdout } = await run(candidate, ["--version"]);
      if (geckodriverVersionOf(stdout) !== geckodriverVersion) continue;
      program = candidate;
      return `already there, ${candidate}`;
    }
    say("building it, once for all clones; about two minutes");
    await buildInto(cache, "geckodriver", geckodriverVersion, "--locked");
    program = built;
    return `built, kept in ${cache}`;
  });
  return program;
}
