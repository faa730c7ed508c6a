// The checks of `npm test`, in their order, and what each needs.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ensurePackage } from "./build.mjs";
import { cargoCounts, judge, nodeCounts, ownCounts } from "./counts.mjs";
import { programs } from "./engines.mjs";
import { engines } from "./open.mjs";
import { at, root } from "./paths.mjs";
import { ensurePrograms } from "./programs.mjs";
import { run } from "./run.mjs";
import { checkNode, ensureGeckodriver, ensureLinters, ensureWasmBindgen, ensureWasmTarget, findCargo, wasmTarget } from "./tools.mjs";
import { compileWasmTests, wasmTests } from "./wasm.mjs";

/** What checks need; each is brought about once, just before the first check that needs it. */
const provide = {
  linters: installed(ensureLinters),
  wasmTarget: installed(ensureWasmTarget),
  wasmBindgen: installed(ensureWasmBindgen),
  browser: installed(() => ensurePrograms("Chromium", ["chromium"])),
  drivenBrowser: installed(() => ensurePrograms("Chromium, driven", ["chromium", "chromedriver"])),
  firefox: installed(() => ensurePrograms("Firefox", programs.firefox)),
  geckodriver: installed(ensureGeckodriver),
  webkit: installed(() => ensurePrograms("WebKit", programs.webkit)),
  package: once(ensurePackage),
  wasmTests: once(compileWasmTests),
};

function once(work) {
  let result;
  return () => (result ??= work());
}

/** Package managers refuse to be called twice at once. */
function installed(work) {
  return once(() => (installing = installing.catch(() => {}).then(work)));
}

let installing = Promise.resolve();

/** @typedef {{ passed: number, failed: number, notes: string[], output: string }} Outcome */

const wasm = ["wasmTarget", "wasmBindgen"];

/**
 * Those that are `alone` use both cores by themselves, or measure time.
 *
 * @type {{ group: string, name: string, alone?: boolean, needs: (keyof typeof provide)[], check: () => Promise<Outcome> }[]}
 */
const steps = [
  { group: "lint", name: "format", needs: ["linters"], check: () => lint(["fmt", "--check"]) },
  { group: "lint", name: "clippy, host", needs: ["linters"], check: () => lint(clippy()) },
  { group: "lint", name: "clippy, WebAssembly", needs: ["linters", "wasmTarget"], check: () => lint(clippy("--target", wasmTarget)) },
  { group: "host", name: "tests on the host", needs: [], check: hostTests },
  { group: "wasm", name: "tests in Chromium", needs: [...wasm, "wasmTests", "drivenBrowser"], check: () => inEngine("chromium") },
  { group: "headless", name: "headless run", needs: [...wasm, "package", "browser"], check: headlessRun },
  { group: "wasm", name: "tests in Firefox", needs: [...wasm, "wasmTests", "firefox", "geckodriver"], check: () => inEngine("firefox") },
  { group: "wasm", name: "tests in WebKit", needs: [...wasm, "wasmTests", "webkit"], check: () => inEngine("webkit") },
  { group: "scripts", name: "tests in Node", needs: [], check: () => nodeTests("tests/scripts") },
  { group: "package", name: "packed package", needs: ["package", "browser"], check: () => nodeTests("tests/package") },
  { group: "engines", name: "Firefox and WebKit", needs: ["package", "firefox", "geckodriver", "webkit"], check: () => nodeTests("tests/engines") },
  { group: "e2e", name: "tests of the page", alone: true, needs: ["package", "browser"], check: pageTests },
  { group: "torture", name: "a short torture", alone: true, needs: ["package", "browser", "firefox", "geckodriver", "webkit"], check: shortTorture },
];

/** The names that `--only` takes. */
export const groups = [...new Set(steps.map(({ group }) => group))];

/** The steps of some groups, each with a check that provides its needs first and never throws. */
export function stepsOf(chosen) {
  return steps
    .filter(({ group }) => chosen.includes(group))
    .map(({ name, alone, needs, check }) => ({ name, alone, check: () => provided(needs, check) }));
}

async function provided(needs, check) {
  let start = performance.now();
  const timed = (result) => ({ ...result, ms: performance.now() - start });
  try {
    checkNode();
    findCargo();
    for (const need of needs) await provide[need]();
    start = performance.now();
    return timed(await check());
  } catch (error) {
    return timed({ passed: 0, failed: 1, notes: ["could not be run"], output: error.message });
  }
}

const outcome = (ran, counts) => ({ ...judge({ code: ran.code, counts }), output: ran.output });

async function lint(args) {
  const ran = await run("cargo", args);
  const passed = ran.code === 0 ? 1 : 0;
  return outcome(ran, { passed, failed: 1 - passed, skipped: 0 });
}

const clippy = (...target) => ["clippy", "--locked", "--all-targets", ...target, "--", "-D", "warnings"];

/** The twin lets calls die hundreds of thousands of times: optimized a little, ten times faster. */
async function hostTests() {
  const env = { CARGO_PROFILE_DEV_OPT_LEVEL: "1" };
  const ran = await run("cargo", ["test", "--locked", "--no-fail-fast"], { env });
  return outcome(ran, cargoCounts(ran.stdout));
}

async function inEngine(engine) {
  const { testRunner } = await provide.wasmBindgen();
  return wasmTests(engine, { testRunner, geckodriver: engine === "firefox" ? await provide.geckodriver() : undefined });
}

async function nodeTests(folder, alone = () => true) {
  const names = existsSync(at(folder)) ? readdirSync(at(folder)).sort() : [];
  const files = names.filter((name) => name.endsWith(".test.mjs"));
  // Without a file, node would look for tests all over the repository.
  if (files.length === 0) return outcome({ code: 0, output: `There is no ${folder}/*.test.mjs.` }, null);
  const together = await nodeRun(folder, files.filter((name) => !alone(name)), 2);
  return added([together, await nodeRun(folder, files.filter(alone), 1)]);
}

async function nodeRun(folder, files, atOnce) {
  if (files.length === 0) return { passed: 0, failed: 0, notes: [], output: "" };
  const ran = await run(process.execPath, ["--test", "--test-reporter=spec", `--test-concurrency=${atOnce}`, ...files.map((name) => join(root, folder, name))]);
  return outcome(ran, nodeCounts(ran.stdout));
}

/** Tests of pages that measure time, and have the machine to themselves. */
const timed = ["interruptions.test.mjs", "worker-tasks.test.mjs"];

/** Pages wait for the browser most of the time, so two at once. */
function pageTests() {
  return nodeTests("tests/e2e", (name) => timed.includes(name));
}

/**
 * A little of `npm run torture`, with fixed seeds, in all engines at once: each waits for its browser most of the time. Of the
 * slower two only what differs most between engines: deaths, tabs, durability, hostile content.
 */
async function shortTorture() {
  const few = ["--part", "dying,durability,tabs,hostile"];
  const torture = (engine) => run(process.execPath, [at("scripts", "torture.mjs"), "--short", "--engine", engine, ...(engine === "chromium" ? [] : few)]);
  const ran = await Promise.all(engines.map(torture));
  return added(ran.map((one) => outcome(one, ownCounts(one.stdout))));
}

const added = (outcomes) => ({
  passed: outcomes.reduce((sum, { passed }) => sum + passed, 0),
  failed: outcomes.reduce((sum, { failed }) => sum + failed, 0),
  notes: outcomes.flatMap(({ notes }) => notes),
  output: outcomes.filter(({ failed }) => failed > 0).map(({ output }) => output).join("\n"),
});

async function headlessRun() {
  const ran = await run(process.execPath, [at("scripts", "start.mjs"), "--headless"]);
  return outcome(ran, ownCounts(ran.stdout));
}
