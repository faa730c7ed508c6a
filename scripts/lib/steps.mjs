// The checks of `npm test`, in their order, and what each needs.

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ensureBrowsers, webdriverEnvironment } from "./browsers.mjs";
import { ensurePackage } from "./build.mjs";
import { cargoCounts, judge, nodeCounts, ownCounts } from "./counts.mjs";
import { at, root } from "./paths.mjs";
import { run } from "./run.mjs";
import { temporaryFolder } from "./temporary.mjs";
import { checkNode, ensureLinters, ensureWasmBindgen, ensureWasmTarget, findCargo, wasmTarget } from "./tools.mjs";

/** What checks need; each is brought about once, just before the first check that needs it. */
const provide = {
  linters: once(ensureLinters),
  wasmTarget: once(ensureWasmTarget),
  wasmBindgen: once(ensureWasmBindgen),
  browser: once(() => ensureBrowsers(["chromium"])),
  drivenBrowser: once(() => ensureBrowsers(["chromium", "chromedriver"])),
  package: once(ensurePackage),
};

function once(work) {
  let result;
  return () => (result ??= work());
}

/** @typedef {{ passed: number, failed: number, notes: string[], output: string }} Outcome */

/** @type {{ group: string, name: string, needs: (keyof typeof provide)[], check: () => Promise<Outcome> }[]} */
const steps = [
  { group: "lint", name: "format", needs: ["linters"], check: () => lint(["fmt", "--check"]) },
  { group: "lint", name: "clippy, host", needs: ["linters"], check: () => lint(clippy()) },
  { group: "lint", name: "clippy, WebAssembly", needs: ["linters", "wasmTarget"], check: () => lint(clippy("--target", wasmTarget)) },
  { group: "host", name: "tests on the host", needs: [], check: hostTests },
  { group: "wasm", name: "tests in Chromium", needs: ["wasmTarget", "wasmBindgen", "drivenBrowser"], check: wasmTests },
  { group: "scripts", name: "tests in Node", needs: [], check: () => nodeTests("tests/scripts") },
  { group: "e2e", name: "tests of the page", needs: ["package", "browser"], check: () => nodeTests("tests/e2e") },
  { group: "headless", name: "headless run", needs: ["package", "browser"], check: headlessRun },
  { group: "package", name: "packed package", needs: ["package", "browser"], check: () => nodeTests("tests/package") },
];

/** The names that `--only` takes. */
export const groups = [...new Set(steps.map(({ group }) => group))];

/** The steps of some groups, each with a check that provides its needs first and never throws. */
export function stepsOf(chosen) {
  return steps
    .filter(({ group }) => chosen.includes(group))
    .map(({ name, needs, check }) => ({ name, check: () => provided(needs, check) }));
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

async function hostTests() {
  const ran = await run("cargo", ["test", "--locked", "--no-fail-fast"]);
  return outcome(ran, cargoCounts(ran.stdout));
}

async function wasmTests() {
  const selections = wasmSelections();
  if (selections.length === 0) return outcome({ code: 0, output: "There is no tests/wasm_*.rs." }, null);
  const folder = temporaryFolder("driver");
  const env = {
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER: (await provide.wasmBindgen()).testRunner,
    WASM_BINDGEN_USE_BROWSER: "1",
    WASM_BINDGEN_TEST_TIMEOUT: "300",
    ...webdriverEnvironment(folder.path),
  };
  const total = { passed: 0, failed: 0, notes: [], output: "" };
  for (const selection of selections) {
    const { passed, failed, notes, output } = await wasmBinary(selection, env);
    total.passed += passed;
    total.failed += failed;
    total.notes.push(...notes.map((note) => `${selection.at(-1)}: ${note}`));
    if (failed > 0) total.output += output;
  }
  await folder.remove();
  return total;
}

/**
 * One binary at a time: each starts a browser of its own, and a driver that did not start is tried
 * once more without any test being run twice.
 */
async function wasmBinary(selection, env) {
  const args = ["test", "--locked", "--target", wasmTarget, ...selection];
  const first = await run("cargo", args, { env });
  if (first.code === 0 || !driverFailed(first.output)) return outcome(first, cargoCounts(first.stdout));
  const second = await run("cargo", args, { env });
  const result = outcome(second, cargoCounts(second.stdout));
  return { ...result, notes: ["no test began at first, so it was tried once more", ...result.notes] };
}

/** What of the crate has tests for the browser: its files `tests/wasm_*.rs`, and unit tests. */
function wasmSelections() {
  const files = existsSync(at("tests")) ? readdirSync(at("tests")).sort() : [];
  const names = files.map((file) => file.match(/^(wasm_.+)\.rs$/)?.[1]).filter(Boolean);
  const hasUnitTests = readdirSync(at("src"), { recursive: true })
    .filter((file) => file.endsWith(".rs"))
    .some((file) => readFileSync(at("src", file), "utf8").includes("wasm_bindgen_test"));
  return [...(hasUnitTests ? [["--lib"]] : []), ...names.map((name) => ["--test", name])];
}

/** Whether cargo had come as far as the runner, and no test had begun. */
const driverFailed = (output) => /^ +Running /m.test(output) && !/^test /m.test(output);

async function nodeTests(folder) {
  const names = existsSync(at(folder)) ? readdirSync(at(folder)).sort() : [];
  const files = names.filter((name) => name.endsWith(".test.mjs")).map((name) => join(root, folder, name));
  // Without a file, node would look for tests all over the repository.
  if (files.length === 0) return outcome({ code: 0, output: `There is no ${folder}/*.test.mjs.` }, null);
  const ran = await run(process.execPath, ["--test", "--test-reporter=spec", "--test-concurrency=1", ...files]);
  return outcome(ran, nodeCounts(ran.stdout));
}

async function headlessRun() {
  const ran = await run(process.execPath, [at("scripts", "start.mjs"), "--headless"]);
  return outcome(ran, ownCounts(ran.stdout));
}
