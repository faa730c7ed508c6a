// The page's main job, done in a browser without a window.

import { openChromium } from "./browsers.mjs";
import { Problem, duration } from "./log.mjs";
import { at } from "./paths.mjs";
import { pageMounts, serve } from "./serve.mjs";

const size = "small";
const patienceMs = 180_000;

/** Rejects once something takes so long that it will not end. */
async function within(ms, what, work) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Problem(`${what} took longer than ${duration(ms)}.`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Calls a function of the browser's half, in the page; all calls meet the same module. */
function inPage(page, name, module = "page") {
  const call = page.evaluate(async ([module, name, size]) => {
    const half = await import(`/headless/${module}.js`);
    return half[name](size);
  }, [module, name, size]);
  return within(patienceMs, name, call);
}

/** A message of the browser's console, indented; its kind is named where it is none of the plain ones. */
function printMessage(message) {
  const kind = ["log", "info", "debug"].includes(message.type()) ? "" : `[${message.type()}] `;
  console.log(`${kind}${message.text()}`.replace(/^/gm, "    ").trimEnd());
}

function printTable(rows) {
  const columns = ["id", "place", "expected", "found", "proof"];
  const cells = [columns, ...rows.map((row) => columns.map((column) => String(row[column])))];
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => row[index].length)));
  for (const row of cells) console.log(`    ${row.map((cell, index) => cell.padEnd(widths[index])).join("  ").trimEnd()}`);
}

function printChecks(checks) {
  for (const { name, ok } of checks) console.log(`    ${(ok ? "ok" : "FAILED").padEnd(6)} ${name}`);
}

/** Dry run, migration, a look at every session, a second run, rollbacks; then two applications with state. Resolves to the checks, each with `ok`. */
async function perform(page, url) {
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", printMessage);
  page.on("response", (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
  });
  await page.goto(url);
  await page.waitForFunction(() => typeof globalThis.runChunkedMigration === "function").catch(() => {
    throw new Problem(`The page did not become ready. ${complaints.join("\n")}`);
  });
  await inPage(page, "plant");
  console.log("\n  A dry run");
  const dry = await inPage(page, "dryRun");
  printChecks(dry);
  console.log("\n  The migration");
  const { sessions, others } = await inPage(page, "migrate");
  console.log("\n  What became of each session");
  printTable(sessions);
  printChecks(others);
  console.log("\n  The same once more");
  const again = await inPage(page, "migrateAgain");
  printChecks(again);
  console.log("\n  One of each kind rolled back");
  const back = await inPage(page, "rollBack");
  printChecks(back);
  console.log("\n  A streak, before and after signing in");
  const streak = await inPage(page, "streak", "state");
  printChecks(streak);
  console.log("\n  AI agents: two tenants, chats, configurations with secrets");
  const agents = await inPage(page, "agents", "state");
  printChecks(agents);
  const errors = { name: "the page threw nothing and lacked nothing", ok: complaints.length === 0, detail: complaints.join("\n") };
  return [...sessions, ...dry, ...others, ...again, ...back, ...streak, ...agents, errors];
}

/** Runs it all; prints the counts last. Resolves to the exit code. */
export async function runHeadless() {
  const server = await serve({ mounts: { ...pageMounts, "/headless/": at("scripts", "headless") } });
  const { context, close } = await openChromium();
  try {
    console.log(`\n  Chromium ${context.browser()?.version() ?? ""} at ${server.url}, with a new profile`);
    const checks = await perform(await context.newPage(), server.url);
    const failed = checks.filter(({ ok }) => !ok);
    for (const { name, id, detail } of failed) console.log(`  FAILED ${name ?? `session ${id}`} ${detail ?? ""}`);
    console.log(`\n${checks.length - failed.length} passed, ${failed.length} failed`);
    return failed.length === 0 ? 0 : 1;
  } finally {
    await close();
    await server.close();
  }
}
