// Everything that is measured beside the batches.

import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { line } from "../lib/log.mjs";
import { inRounds } from "./batches.mjs";
import { median } from "./figures.mjs";
import { peakAbove } from "./memory.mjs";
import { forms, roundsOf } from "./workloads.mjs";

const medians = (measured) => Object.fromEntries(Object.entries(measured).map(([name, list]) => [name, median(list)]));

/** Bytes of the disk below a folder. */
function used(path) {
  let bytes = 0;
  for (const entry of readdirSync(path, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) bytes += (statSync(join(entry.parentPath ?? entry.path, entry.name), { throwIfNoEntry: false })?.blocks ?? 0) * 512;
  }
  return bytes;
}

async function demand({ ask }, { demand: workload }) {
  const found = {};
  for (const peer of ["restow", "plain-a", "plain-b", "plain-c", "algorithm"]) found[peer] = median(await ask({ name: "onDemand", peer, workload }));
  return found;
}

async function calls(page, run) {
  const few = [];
  const many = [];
  for (let round = 0; round < roundsOf(run); round += 1) {
    const one = (workload) => page.ask({ name: "batch", peer: "restow", workload, checked: false });
    few.push((await one(run.few)).ms / run.few.count);
    many.push((await one(run.many)).ms / run.many.count);
  }
  const { count, kilobytes, times } = run.status;
  const moving = async (peer) => {
    const { longTask, longestGap, ms } = await page.ask({ name: "batch", peer, workload: run.moving, checked: false });
    return { longTask, longestGap, msEach: ms / run.moving.count };
  };
  return {
    scaling: { few, many },
    status: medians(await page.ask({ name: "status", workload: { count, kilobytes }, times })),
    handles: medians(await page.ask({ name: "handles", ...run.handles })),
    appending: medians(await page.ask({ name: "appending", ...run.appending })),
    comparing: median(await page.ask({ name: "comparing", workload: run.demand })),
    moving: await moving("restow"),
    movingInWorker: await moving("restow-worker"),
  };
}

/** Peaks of some peers and of the engine alone, each in a page that has done nothing else; only Chromium's processes can be told. */
async function memory({ ask, profile, renew }, run) {
  if (!renew) return null;
  const found = {};
  const fresh = async () => {
    await renew();
    await ask({ name: "idle" });
  };
  for (const [name, workload] of Object.entries(run.memory)) {
    found[name] = {};
    for (const peer of ["restow", "plain-a", "plain-c"]) {
      await ask({ name: "prepare", peer, workload });
      await fresh();
      found[name][peer] = await peakAbove(profile, () => ask({ name: "batch", peer, workload, checked: false, prepared: true }));
    }
  }
  await fresh();
  found.engine = await peakAbove(profile, () => ask({ name: "engine" }));
  return found;
}

/**
 * What is stored on top of the originals, against them: by the browser's estimate, and on the disk. And what the same
 * pieces take that are stored by hand, in other forms, with the milliseconds that a session takes to be encoded.
 */
async function disk({ ask, profile, page }, run) {
  const look = async (options) => ({ estimate: await ask({ name: "disk", ...options }), disk: page ? used(profile) : null });
  const empty = await look({ empty: true });
  await ask({ name: "prepare", peer: "restow", workload: run.disk });
  const planted = await look({});
  await ask({ name: "kept" });
  const migrated = await look({});
  const figures = (name) => ({ original: planted[name] - empty[name], stored: migrated[name] - planted[name] });
  const byForm = {};
  let before = migrated;
  // On top of it all: what was deleted may still count for a while.
  for (const form of Object.keys(forms)) {
    const msEach = (await ask({ name: "byHand", form, workload: run.disk })) / run.disk.count;
    const after = await look({});
    byForm[form] = { msEach, estimate: after.estimate - before.estimate, disk: page ? after.disk - before.disk : null };
    before = after;
  }
  return { estimate: figures("estimate"), disk: page ? figures("disk") : null, forms: byForm };
}

async function claims(page, run) {
  const found = [];
  for (const workload of run.claims) {
    const { ms } = await inRounds(page, { workload, rounds: workload.count > 10 ? 1 : run.rounds, who: ["restow"] });
    found.push({ count: workload.count, ms: median(ms.restow ?? []) });
  }
  return found;
}

const access = async ({ ask }, run) => medians(await ask({ name: "access", ...run.access }));

export const singles = { demand, access, calls, memory, disk, claims };

/** Measures one of them; what fails is noted and stops no other. */
export async function single(name, page, run) {
  try {
    const found = await singles[name](page, run);
    line("ok", name, "");
    return found;
  } catch (error) {
    line("FAILED", name, error.message.split("\n")[0]);
    return { failed: error.message.split("\n")[0] };
  }
}
