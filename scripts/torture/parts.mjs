// What a torture consists of, how much of it is done, and where it runs.

import { random } from "../../tests/torture/random.js";
import { killing } from "./kill.mjs";
import { runPage } from "./pages.mjs";
import { twin } from "./twin.mjs";

const SEED = 20_240_601;

/** Parts that a page runs, each with the options of a whole run and of the short one. */
const pages = {
  selftest: [{ whole: { part: "selftest" }, short: { part: "selftest" } }],
  dying: [
    { whole: { part: "dying" }, short: { part: "dying", points: 3, some: 6 } },
    { whole: { part: "recovering", points: 40 }, short: { part: "recovering", points: 2, some: 2 } },
    { whole: { part: "frames" }, short: { part: "frames", points: 3, some: 2 } },
  ],
  faults: [
    { whole: { part: "faults" }, short: { part: "faults", points: 1, some: 2 } },
    { whole: { part: "circumstances", points: 60 }, short: { part: "circumstances", points: 1, short: 1 } },
  ],
  state: [
    { whole: { part: "state deaths" }, short: { part: "state deaths", points: 2, some: 3 } },
    { whole: { part: "local faults" }, short: { part: "local faults", points: 1, some: 3 } },
  ],
  mending: [
    { whole: { part: "mending" }, short: { part: "mending", points: 3 } },
    { whole: { part: "mending deaths" }, short: { part: "mending deaths", points: 2, some: 3 } },
  ],
  durability: [{ whole: { part: "durability" }, short: { part: "durability", some: 2 } }],
  tabs: [{ whole: { part: "tabs", rounds: 40 }, short: { part: "tabs", rounds: 1, some: 1 } }],
  hostile: [{ whole: { part: "hostile", rounds: 20 }, short: { part: "hostile", rounds: 1 } }],
  blobs: [{ whole: { part: "blobs", rounds: 100 }, short: { part: "blobs", rounds: 2 } }],
  values: [
    { whole: { part: "values", sessions: 10_000 }, short: { part: "values", sessions: 20 } },
    { whole: { part: "documents" }, short: null },
  ],
};

/**
 * How an engine is asked. WebKitGTK loses Blobs by itself that were read from one record and put into
 * another, with nothing but plain puts and gets. The part `blobs` counts that; the others do without.
 */
const ways = { chromium: { lanes: 3 }, firefox: { lanes: 3 }, webkit: { lanes: 2, blobs: 0 } };

/**
 * How many points of one call are tried, evenly chosen, where it is too slow to try all. WebKitGTK takes five
 * times as long for a point as the others.
 */
const sampled = { webkit: 25 };

/**
 * The parts of an engine. Only Chromium is killed: the others are started by their drivers. The short
 * run is for what must always be zero, and what WebKitGTK makes of Blobs is not.
 */
export function partsOf(engine, short) {
  if (engine === "twin") return ["twin"];
  if (engine === "chromium") return short ? Object.keys(pages) : [...Object.keys(pages), "kill"];
  return Object.keys(pages).filter((part) => !(short && engine === "webkit" && part === "blobs"));
}

export const everyPart = [...Object.keys(pages), "kill", "twin"];

/**
 * Runs one part in one engine; `onRow` hears of each row and each check.
 *
 * @param {{ engine: string, part: string, short: boolean, seed?: number, points?: number, sessions?: number }} wanted
 * @param {(row: object) => void} onRow
 */
export async function runPart({ engine, part, short, seed = SEED, points, sessions }, onRow) {
  if (part === "twin") return twin(onRow);
  if (part === "kill") return killing({ kills: 100, lateKills: 5, random: random(seed).next }, onRow);
  for (const one of pages[part].filter((each) => !short || each.short)) {
    const options = { ...(short ? one.short : one.whole), seed, ...ways[engine] };
    if (part === "blobs") delete options.blobs;
    if (!short && sampled[engine] !== undefined) options.points = Math.min(sampled[engine], options.points ?? Infinity);
    if (points !== undefined && part !== "selftest") options.points = points;
    if (sessions !== undefined && part === "values") options.sessions = sessions;
    await runPage(engine, options, onRow);
  }
}
