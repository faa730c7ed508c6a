// One peer migrates one workload, measured and then checked.

import { equal } from "./cut.js";
import { idOf, session } from "./data.js";
import { takeCounts } from "./durability.js";
import { watch } from "./gaps.js";
import { peers } from "./peers/index.js";
import { clear, leftInSource, plant, settle } from "./storage.js";

/** Throws unless every session has arrived, one is equal, and the application has none any more. */
async function check(peer, { count, kilobytes }) {
  const arrived = await peer.count();
  if (arrived !== count) throw new Error(`${arrived} of ${count} sessions arrived`);
  const [index, id] = [Math.floor(count / 2), idOf(Math.floor(count / 2))];
  if (!equal(session(index, kilobytes), await peer.load(id))) throw new Error(`${id} differs`);
  const left = await (peer.left ?? leftInSource)();
  if (left !== 0) throw new Error(`${left} originals are left`);
}

/** Plants what a peer migrates, and waits until that is through. */
export async function prepare({ peer: name, workload }) {
  await clear();
  await (peers[name].plant ?? plant)(workload);
  await settle({ bytes: workload.count * workload.kilobytes * 1_000 });
}

/** @param {{ peer: string, workload: { count: number, kilobytes: number }, checked: boolean, prepared?: boolean, keep?: boolean }} job */
export async function batch({ peer: name, workload, checked, prepared, keep }) {
  const peer = peers[name];
  if (!prepared) await prepare({ peer: name, workload });
  takeCounts();
  const stop = watch();
  const start = performance.now();
  const phases = await peer.migrate(workload);
  const ms = performance.now() - start;
  const result = { ms, ...(await stop()), transactions: takeCounts(), requests: peer.requests?.(), phases: summed(phases) };
  peer.forget?.();
  if (checked) await check(peer, workload);
  if (!keep) await clear();
  return result;
}

/** Milliseconds that all sessions spent in each phase. */
function summed(phases) {
  if (!phases) return undefined;
  const sums = {};
  for (const one of phases) for (const [name, ms] of Object.entries(one)) sums[name] = (sums[name] ?? 0) + ms;
  return sums;
}

/** One session of many is migrated, as when a person opens it. Milliseconds of each of some. */
export async function onDemand({ peer: name, workload }) {
  const peer = peers[name];
  await clear();
  await plant(workload);
  await settle();
  const times = [];
  for (let index = 0; index < workload.count; index += 1) {
    const start = performance.now();
    await peer.migrateOne(idOf(index));
    times.push(performance.now() - start);
  }
  await check(peer, workload);
  await clear();
  return times;
}
