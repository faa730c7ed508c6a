// The package as it is shipped: packed, installed into an application, type-checked, bundled, run.

import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openChromium } from "../../scripts/lib/browsers.mjs";
import { gzippedCheck, gzippedRemote, gzippedSize } from "../../scripts/lib/build.mjs";
import { kilobytes } from "../../scripts/lib/log.mjs";
import { at } from "../../scripts/lib/paths.mjs";
import { must } from "../../scripts/lib/run.mjs";
import { serve } from "../../scripts/lib/serve.mjs";

const home = mkdtempSync(join(tmpdir(), "restow-package-"));
const consumer = join(home, "consumer");
const installed = join(consumer, "node_modules", "restow");
const tool = (name, ...args) => must(process.execPath, [at("node_modules", ...name.split("/")), ...args], { cwd: consumer });
const text = (...path) => readFileSync(at(...path), "utf8");

let browser;

before(async () => {
  cpSync(at("tests", "package", "consumer"), consumer, { recursive: true });
  await must("npm", ["pack", "--pack-destination", home]);
  const tarball = readdirSync(home).find((name) => name.endsWith(".tgz"));
  await must("npm", ["install", "--no-audit", "--no-fund", join(home, tarball)], { cwd: consumer });
  browser = await openChromium();
});

after(async () => {
  await browser?.close();
  rmSync(home, { recursive: true, force: true });
});

test("the tarball holds what it should, and nothing else", () => {
  const files = readdirSync(installed, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(installed.length + 1));
  assert.deepEqual(files.sort(), [
    "CHANGELOG.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "dist/check.d.ts",
    "dist/check.js",
    "dist/index.d.ts",
    "dist/index.js",
    "dist/remote.js",
    "dist/restow.js",
    "dist/restow_bg.wasm",
    "dist/worker.js",
    "package.json",
  ]);
});

test("npm, Cargo and the change log speak of one version", () => {
  const { version } = JSON.parse(text("package.json"));
  assert.equal(text("Cargo.toml").match(/^version = "(.+)"$/m)?.[1], version);
  assert.match(text("CHANGELOG.md"), new RegExp(`^## .*${version.replaceAll(".", "\\.")}`, "m"));
});

test("the types have no any, and the consumer uses each of them", () => {
  const types = text("js", "index.d.ts") + text("js", "check.d.ts");
  const code = types.replace(/\/\*[^]*?\*\/|\/\/.*|"[^"]*"/g, "");
  assert.deepEqual(code.split("\n").filter((row) => /\bany\b/.test(row)), []);
  const used = text("tests", "package", "consumer", "src", "types.ts");
  const exported = [...types.matchAll(/^export (?:type|interface|function) (\w+)/gm)].map(([, name]) => name);
  const methods = [...types.matchAll(/^  (\w+)(?:<.*?>)?\(/gm)].map(([, name]) => name);
  assert.ok(exported.length > 30 && methods.length > 25);
  const unused = [...new Set([...exported, ...methods])].filter((name) => !new RegExp(`\\b${name}\\b`).test(used));
  assert.deepEqual(unused, []);
});

test("nothing of the machine it was built on is inside", () => {
  const wasm = readFileSync(join(installed, "dist", "restow_bg.wasm"), "latin1");
  const paths = wasm.match(/[ -~]*(?:\/(?:root|home|Users|tmp)\/|\.cargo)[ -~]*/g) ?? [];
  assert.deepEqual(paths, []);
});

test("its size is the one that the README states", (t) => {
  const bytes = gzippedSize(join(installed, "dist"));
  t.diagnostic(`WebAssembly and glue: ${kilobytes(bytes)} gzipped`);
  const stated = text("README.md").match(/(\d+(?:\.\d+)?) KB gzipped/);
  assert.ok(stated, "README.md states the size as “… KB gzipped”");
  const off = Math.abs(Number(stated[1]) * 1000 - bytes) / bytes;
  assert.ok(off <= 0.05, `README.md says ${stated[0]}, it is ${kilobytes(bytes)}`);
});

test("restow/check fits into 2 KB, and the README states its size", (t) => {
  const bytes = gzippedCheck(join(installed, "dist"));
  t.diagnostic(`restow/check: ${bytes} bytes gzipped`);
  assert.ok(bytes <= 2000, `${bytes} bytes gzipped`);
  assert.ok(text("README.md").includes(`**${kilobytes(bytes)}**`), `README.md states the size of restow/check, ${kilobytes(bytes)}`);
});

test("with a worker the page loads as little as the README states", (t) => {
  const bytes = gzippedRemote(join(installed, "dist"));
  t.diagnostic(`with a worker: ${bytes} bytes gzipped`);
  assert.ok(bytes <= 8000, `${bytes} bytes gzipped`);
  assert.ok(text("README.md").includes(`The page loads ${kilobytes(bytes)} `), `README.md states what the page loads, ${kilobytes(bytes)}`);
});

test("on a server it can be imported, and open says what is missing", async () => {
  const program = `
    const restow = await import("restow");
    const check = await import("restow/check");
    const error = await restow.open({ preset: "taskerino" }).catch((reason) => reason);
    console.log(JSON.stringify([Object.keys(restow), error.name, error.code, restow.isRestowError(error), Object.keys(check), await check.mayNeedMigration({ preset: "taskerino" })]));`;
  const stdout = await must(process.execPath, ["--input-type=module", "--eval", program], { cwd: consumer });
  assert.deepEqual(JSON.parse(stdout), [["isRestowError", "open"], "RestowError", "StorageUnavailable", true, ["mayNeedMigration"], "maybe"]);
});

test("an application under strict settings compiles", () => tool("typescript/bin/tsc", "--project", "."));

/** Opens a page; what it logs as an error or throws ends up in `complaints`. */
async function visit(url) {
  const page = await browser.context.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await page.goto(url);
  return { page, complaints };
}

/** A status that was counted just now, without the time. */
function counted({ countedAt, ...status }) {
  assert.ok(Math.abs(Date.now() - Date.parse(countedAt)) < 600_000, countedAt);
  return status;
}

/** What `src/main.ts` of the consumer should come to. */
function checkAnswer({ before, after, ...rest }) {
  const answer = { before: counted(before), after: counted(after), ...rest };
  const counts = { exact: true, quarantined: 0, diverged: 0, chunkedElsewhere: 0, unreadableSources: [], state: null };
  assert.deepEqual(answer, {
    before: { total: 3, chunked: 0, legacy: 3, percentage: 0, ...counts },
    after: { total: 3, chunked: 3, legacy: 0, percentage: 100, ...counts },
    may: ["yes", "no"],
    errors: 0,
    equal: true,
    items: 13,
    pieces: ["samples@0", "samples@10", "report@null"],
    appended: 16,
    application: { version: 3, readings: 0, settings: 1 },
  });
}

async function runConsumer(url, worker) {
  const { page, complaints } = await visit(url);
  await page.waitForFunction(() => typeof globalThis.run === "function");
  const { worker: use, ...answer } = await page.evaluate((worker) => globalThis.run(worker), worker);
  const engine = await page.evaluate(() => performance.getEntriesByType("resource").filter(({ name }) => name.includes("restow_bg")).length);
  await page.close();
  assert.deepEqual(use, { active: worker, note: null });
  assert.equal(engine, worker ? 0 : 1, "modules of the engine that the page has loaded");
  checkAnswer(answer);
  assert.deepEqual(complaints, []);
}

test("bundled by Vite it moves the sessions of an application", async () => {
  await tool("vite/bin/vite.js", "build", "--logLevel", "warn");
  const folder = join(consumer, "dist");
  const assets = readdirSync(join(folder, "assets"));
  assert.equal(assets.filter((name) => name.endsWith(".wasm")).length, 1, assets.join(", "));
  const server = await serve({ mounts: { "/": folder } });
  try {
    for (const worker of [false, true]) await runConsumer(server.url, worker);
  } finally {
    await server.close();
  }
});

test("so it does on Vite's development server", async () => {
  const { createServer } = await import("vite");
  const server = await createServer({ root: consumer, logLevel: "warn", server: { host: "127.0.0.1", port: 0 } });
  try {
    await server.listen();
    for (const worker of [false, true]) await runConsumer(`http://127.0.0.1:${server.httpServer.address().port}/`, worker);
  } finally {
    await server.close();
  }
});

/** The plain page, on a server of its own. */
async function withPlainPage(work) {
  const server = await serve({ mounts: { "/": consumer } });
  try {
    const { page } = await visit(`${server.url}plain.html`);
    await page.waitForFunction(() => typeof globalThis.tryOpen === "function");
    await work(page);
    await page.close();
  } finally {
    await server.close();
  }
}

const tryOpen = (page, worker = false) => page.evaluate((worker) => globalThis.tryOpen(worker).catch((error) => ({ code: error.code, retryable: error.retryable })), worker);

test("a page loads it without any tool in between", () =>
  withPlainPage(async (page) => {
    assert.deepEqual(counted(await tryOpen(page)), { exact: true, total: 0, chunked: 0, legacy: 0, quarantined: 0, diverged: 0, percentage: 100, chunkedElsewhere: 0, unreadableSources: [], state: null, worker: false });
    assert.equal((await tryOpen(page, true)).worker, true);
  }));

for (const file of ["restow.js", "restow_bg.wasm"]) {
  test(`where ${file} did not arrive, the next call tries again`, () =>
    withPlainPage(async (page) => {
      await page.route(`**/${file}`, (route) => route.abort(), { times: 1 });
      assert.deepEqual(await tryOpen(page), { code: "LoadFailed", retryable: true });
      assert.equal((await tryOpen(page)).percentage, 100);
    }));
}
