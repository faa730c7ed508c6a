// What the process of a page takes, as Linux tells.

import { readFileSync, readdirSync, writeFileSync } from "node:fs";

const text = (...path) => {
  try {
    return readFileSync(["/proc", ...path].join("/"), "utf8");
  } catch {
    return "";
  }
};

const kilobytes = (pid, field) => Number(text(pid, "status").match(new RegExp(`^${field}:\\s+(\\d+) kB`, "m"))?.[1] ?? 0);
const parent = (pid) => text(pid, "status").match(/^PPid:\s+(\d+)/m)?.[1];

/** The processes of Chromium that run pages of a profile. */
function renderers(profile) {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const mine = new Set(all.filter((pid) => text(pid, "cmdline").includes(profile)));
  for (let before = -1; before !== mine.size; ) {
    before = mine.size;
    for (const pid of all) if (mine.has(parent(pid))) mine.add(pid);
  }
  return [...mine].filter((pid) => text(pid, "cmdline").includes("--type=renderer"));
}

/**
 * Bytes of memory that the page of a profile takes at most while `work` runs, above what it took before;
 * `null` where the system does not tell. The page is the one whose process grows.
 */
export async function peakAbove(profile, work) {
  const idle = new Map();
  for (const pid of process.platform === "linux" ? renderers(profile) : []) {
    // From here on the highest figure counts anew.
    writeFileSync(`/proc/${pid}/clear_refs`, "5");
    idle.set(pid, kilobytes(pid, "VmRSS"));
  }
  await work();
  if (idle.size === 0) return null;
  return Math.max(...[...idle].map(([pid, before]) => kilobytes(pid, "VmHWM") - before)) * 1024;
}
