// Chromium, killed at random moments and started again on the same profile.

import { spawn } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { readFileSync } from "node:fs";
import { at } from "../lib/paths.mjs";
import { find } from "../lib/programs.mjs";
import { temporaryFolder } from "../lib/temporary.mjs";
import { serveTorture } from "./server.mjs";

const PATIENCE_MS = 60_000;
const KINDS = ["batch, rows", "batch, array", "batch, zipped", "batch, a key each", "batch, inside one text"];
const LOCAL = KINDS.slice(-2);

/** Chromium as a process group of our own, without any driver that would notice the kill. */
function startChromium(profile, url) {
  const options = JSON.parse(readFileSync(at("webdriver.json"), "utf8"))["goog:chromeOptions"].args;
  const child = spawn(find("chromium"), [...options, `--user-data-dir=${profile}`, "--remote-debugging-pipe", url], {
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"], detached: true,
  });
  const gone = new Promise((resolve) => child.once("close", resolve));
  const kill = () => {
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // It is gone.
    }
    return gone;
  };
  process.once("exit", kill);
  return { kill: () => (process.off("exit", kill), kill()) };
}

/** A server, and what pages say to it one message at a time. */
async function listening() {
  let waiting = [];
  const server = await serveTorture((message) => {
    for (const one of waiting) one(message);
  });
  /** Opens an address until a message fits; resolves to that, or to `null` when it takes too long. */
  const until = (types) =>
    new Promise((resolve) => {
      const timer = setTimeout(() => done(null), PATIENCE_MS);
      const hear = (message) => types.includes(message.type) && done(message);
      const done = (message) => {
        clearTimeout(timer);
        waiting = waiting.filter((one) => one !== hear);
        resolve(message);
      };
      waiting.push(hear);
    });
  return { server, until };
}

const empty = (scenario) => ({ scenario, tried: 0, lost: 0, torn: 0, undetected: 0, hung: 0, ms: 0, findings: [] });

function add(row, found, what) {
  if (!found || found.type === "failed") {
    row[found ? "undetected" : "hung"] += 1;
    row.findings.push(`${what}: ${found?.message ?? "no answer"}`);
    return;
  }
  for (const kind of ["tried", "lost", "torn", "undetected", "hung"]) row[kind] += found[kind];
  row.findings.push(...found.findings);
}

/**
 * Kills it `kills` times while it is at work, and some times more right after localStorage was
 * written, which reaches the disk late.
 *
 * @param {{ kills: number, lateKills: number, random: () => number }} options
 * @param {(row: object) => void} onRow
 */
export async function killing({ kills, lateKills, random }, onRow) {
  const profile = temporaryFolder("killed");
  const { server, until } = await listening();
  const visit = async (options, types) => {
    const heard = until(types);
    const browser = startChromium(profile.path, `${server.url}?${new URLSearchParams(options)}`);
    return { browser, message: await heard };
  };
  const rounds = (only) => range(KINDS.indexOf(only), kills, KINDS.length);
  try {
    await plant(visit, LOCAL.map((only) => [only, [...rounds(only), ...lateRounds(lateKills)]]));
    await atRandom(kills, random, visit, onRow);
    await beforeWritten(lateKills, visit, onRow);
  } finally {
    await server.close();
    await profile.remove();
  }
}

const range = (from, to, step = 1) => Array.from({ length: Math.max(0, Math.ceil((to - from) / step)) }, (_, index) => from + index * step);

const lateRounds = (count) => range(1_000, 1_000 + count);

/** Long enough for Chromium to have written localStorage to the disk. */
const WRITTEN_MS = 40_000;

/** What rounds over localStorage begin with has to be on the disk before the browser is killed. */
async function plant(visit, wanted) {
  for (const [only, list] of wanted.filter(([, list]) => list.length > 0)) {
    const { browser } = await visit({ part: "before kills", only, list }, ["done"]);
    await delay(WRITTEN_MS);
    await browser.kill();
  }
}

async function atRandom(kills, random, visit, onRow) {
  for (const [index, only] of KINDS.entries()) {
    const row = empty(`killed at a random moment: ${only}`);
    const start = performance.now();
    for (let round = index; round < kills; round += KINDS.length) {
      const first = await visit({ part: "to be killed", round, only }, ["begun", "failed"]);
      if (first.message?.type === "begun") await delay(20 + random() * 1_500);
      await first.browser.kill();
      const second = await visit({ part: "after a kill", round, only }, ["row", "failed"]);
      add(row, second.message, `round ${round}`);
      await second.browser.kill();
    }
    onRow({ ...row, ms: performance.now() - start });
  }
}

/** Migrated, killed; then rolled back, killed. */
async function beforeWritten(rounds, visit, onRow) {
  for (const only of LOCAL) {
    const rows = { migrate: empty(`killed before localStorage was written: migrated, ${only}`), rollback: empty(`killed before localStorage was written: rolled back, ${only}`) };
    let older = 0;
    for (const round of lateRounds(rounds)) {
      for (const [step, row] of Object.entries(rows)) {
        const start = performance.now();
        const first = await visit({ part: "before it is written", step, round, only }, ["begun", "failed"]);
        await first.browser.kill();
        const second = await visit({ part: "after a late write", step, round, only }, ["row", "failed"]);
        if (second.message?.reappeared) older += 1;
        add(row, second.message, `round ${round}`);
        await second.browser.kill();
        row.ms += performance.now() - start;
      }
    }
    // If no older text ever came back, the kill came too late to prove anything.
    if (rounds > 0 && older === 0) add(rows.migrate, { type: "failed", message: "the older text never came back" }, only);
    for (const row of Object.values(rows)) onRow(row);
  }
}
