// The crate's tests that run in browsers: its files `tests/wasm_*.rs`, and unit tests. They are
// compiled once, all together, and run in each engine.

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { webdriverEnvironment } from "./browsers.mjs";
import { cargoCounts, judge } from "./counts.mjs";
import { startEngine } from "./engines.mjs";
import { step } from "./log.mjs";
import { at } from "./paths.mjs";
import { must, run } from "./run.mjs";
import { temporaryFolder } from "./temporary.mjs";
import { wasmTarget } from "./tools.mjs";
import { withCapabilities } from "./webdriver.mjs";

/** How wasm-bindgen's runner is told to use a driver that runs already; WebKit's speaks as Safari's. */
const remote = { firefox: "GECKODRIVER_REMOTE", webkit: "SAFARIDRIVER_REMOTE" };

/** The environment in which the runner meets an engine, and what ends it. */
async function meet(engine, geckodriver) {
  if (engine === "chromium") {
    const folder = temporaryFolder("driver");
    return { env: webdriverEnvironment(folder.path), close: folder.remove };
  }
  const driver = await startEngine(engine, { geckodriver });
  const front = await withCapabilities(driver.url, driver.capabilities);
  const close = async () => {
    await front.close();
    await driver.close();
  };
  return { env: { [remote[engine]]: front.url }, close };
}

/** Compiles all of them. */
export function compileWasmTests() {
  return step("Tests for browsers", async (say) => {
    say("compiling them");
    await must("cargo", ["test", "--no-run", "--locked", "--target", wasmTarget, ...wasmSelections().flat()], { env: buildEnvironment });
    return "compiled";
  });
}

/**
 * Runs all of them in one engine.
 *
 * @param {"chromium" | "firefox" | "webkit"} engine
 * @param {{ testRunner: string, geckodriver?: string }} tools
 */
export async function wasmTests(engine, { testRunner, geckodriver }) {
  const selections = wasmSelections();
  if (selections.length === 0) return { ...judge({ code: 0, counts: null }), output: "There is no tests/wasm_*.rs." };
  const { env, close } = await meet(engine, geckodriver);
  const total = { passed: 0, failed: 0, notes: [], output: "" };
  try {
    for (const selection of selections) {
      const { passed, failed, notes, output } = await wasmBinary(selection, { ...buildEnvironment, ...runnerEnvironment(testRunner), ...env });
      total.passed += passed;
      total.failed += failed;
      total.notes.push(...notes.map((note) => `${selection.at(-1)}: ${note}`));
      if (failed > 0) total.output += output;
    }
  } finally {
    await close();
  }
  return total;
}

/** Debug information would make each module 70 MB, which the runner prepares anew for every engine. */
const buildEnvironment = { CARGO_PROFILE_DEV_DEBUG: "0" };

const runnerEnvironment = (testRunner) => ({
  CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER: testRunner,
  WASM_BINDGEN_USE_BROWSER: "1",
  WASM_BINDGEN_TEST_TIMEOUT: "300",
});

/**
 * One binary at a time: each starts a browser of its own. One whose driver did not start, or whose browser failed
 * by itself, is run once more, and that is told.
 */
async function wasmBinary(selection, env) {
  const args = ["test", "--locked", "--target", wasmTarget, ...selection];
  const outcome = (ran) => ({ ...judge({ code: ran.code, counts: cargoCounts(ran.stdout) }), output: readable(ran.output) });
  const first = await run("cargo", args, { env });
  const why = first.code === 0 ? undefined : excuse(first.output);
  if (!why) return outcome(first);
  const result = outcome(await run("cargo", args, { env }));
  return { ...result, notes: [`${why} at first, so it was run once more`, ...result.notes] };
}

/**
 * What the runner printed, without the frames of stacks and its own log: a panic in WebAssembly has a
 * hundred of them, and the one line that tells why drowns.
 */
export function readable(output) {
  const noise = /wasm-function\[|\[wasm code\]|__wbg_|__wbindgen|@?https?:\/\/127\.0\.0\.1:\d+\/\S+:\d+:\d+|^ +Invoking test: |^ +\d+: |^ +at \.?\//;
  return output.split("\n").filter((row) => !noise.test(row)).join("\n");
}

/** What of the crate has tests for the browser. */
function wasmSelections() {
  const files = existsSync(at("tests")) ? readdirSync(at("tests")).sort() : [];
  const names = files.map((file) => file.match(/^(wasm_.+)\.rs$/)?.[1]).filter(Boolean);
  const hasUnitTests = readdirSync(at("src"), { recursive: true })
    .filter((file) => file.endsWith(".rs"))
    .some((file) => readFileSync(at("src", file), "utf8").includes("wasm_bindgen_test"));
  return [...(hasUnitTests ? [["--lib"]] : []), ...names.map((name) => ["--test", name])];
}

/**
 * Why a run that failed says nothing about the crate; `undefined` if it may. The crate has no unsafe code, so that without a
 * panic no access can be out of bounds unless the browser has compiled it wrong; WebKitGTK does so now and then.
 *
 * @param {string} output what cargo and the runner printed
 */
export function excuse(output) {
  if (/^ +Running /m.test(output) && !/^test /m.test(output)) return "no test began";
  if (/Out of bounds memory access/.test(output) && !/panicked at/.test(output)) return "the browser failed by itself";
  return undefined;
}
