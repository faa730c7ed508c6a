// What it takes to compare a session with a copy that was read back: the least that a proof costs.

import { equal } from "./cut.js";
import { session } from "./data.js";

/** Milliseconds for each session, none of which was looked at before. */
export function comparing({ workload: { count, kilobytes } }) {
  return Array.from({ length: count }, (_, index) => {
    const original = session(index, kilobytes);
    const copy = structuredClone(original);
    const start = performance.now();
    if (!equal(original, copy)) throw new Error("a copy differs");
    return performance.now() - start;
  });
}
