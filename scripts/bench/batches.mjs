// Peers in turn on the same data, in one page of one browser.

import { line } from "../lib/log.mjs";
import { milliseconds, median } from "./figures.mjs";
import { peers } from "./workloads.mjs";

const WARM_UP = { count: 3, kilobytes: 50 };

/**
 * Measures all peers on one workload. They take turns, forwards in one round and backwards in the next; the
 * first round checks what each has made of it. A peer that fails is listed and tried no more.
 *
 * @param {{ ask: (job: object) => Promise<any> }} page
 * @param {{ workload: { name: string, count: number, kilobytes: number }, rounds: number, who?: string[] }} wanted
 */
export async function inRounds({ ask }, { workload, rounds, who = peers.map(({ id }) => id) }) {
  const found = { workload: workload.name, count: workload.count, kilobytes: workload.kilobytes, ms: {}, longTask: {}, longestGap: {}, transactions: {}, failed: {} };
  const attempt = async (peer, job) => {
    if (found.failed[peer]) return null;
    try {
      return await ask({ name: "batch", peer, ...job });
    } catch (error) {
      found.failed[peer] = error.message.split("\n")[0];
      line("FAILED", `${workload.name}, ${peer}`, found.failed[peer]);
      return null;
    }
  };
  for (const peer of who) await attempt(peer, { workload: WARM_UP, checked: false });
  for (let round = 0; round < rounds; round += 1) {
    for (const peer of round % 2 === 0 ? who : who.toReversed()) {
      const result = await attempt(peer, { workload, checked: round === 0 });
      if (!result) continue;
      for (const figure of ["ms", "longTask", "longestGap"]) (found[figure][peer] ??= []).push(result[figure]);
      found.transactions[peer] = result.transactions;
      if (result.requests) found.requests = result.requests;
      if (result.phases) (found.phases ??= []).push(result.phases);
    }
  }
  for (const peer of Object.keys(found.failed)) delete found.ms[peer];
  line("ok", workload.name, Object.entries(found.ms).map(([peer, ms]) => `${peer} ${milliseconds(median(ms))}`).join(", "));
  return found;
}
