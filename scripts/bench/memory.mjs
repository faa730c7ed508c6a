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

/** The processes of Chromium that run pages of a profile, the largest first. */
function renderers(profile) {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const mine = new Set(all.filter((pid) => text(pid, "cmdline").includes(profile)));
  for (let before = -1; before !== mine.size; ) {
    before = mine.size;
    for (const pid of all) if (mine.has(parent(pid))) mine.add(pid);
  }
  return [...mine].filter((pid) => text(pid, "cmdline").includes("--type=renderer")).sort((a, b) => kilobytes(b, "VmRSS") - kilobytes(a, "VmRSS"));
}

/**
 * Bytes of memory that the page of a profile takes at most while `work` runs, above what it took before;
 * `null` where the system does not tell.
 */
export async function peakAbove(profile, work) {
  const [pid] = process.platform === "linux" ? renderers(profile) : [];
  if (!pid) return (await work(), null);
  // From here on the highest figure counts anew.
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
  const before = kilobytes(pid, "VmRSS");
  await work();
  return (kilobytes(pid, "VmHWM") - before) * 1024;
}
