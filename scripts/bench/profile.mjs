// Where the time of a batch goes: Chromium's own profiler, its samples by function and by kind.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openPage } from "./page.mjs";
import { table } from "./tables.mjs";

const SHOWN = 40;
const INTERVAL_US = 200;

/** What a function is of; the first that fits. */
const kinds = [
  ["idle: waiting for IndexedDB", ({ functionName }) => functionName === "(idle)"],
  ["garbage collector", ({ functionName }) => functionName === "(garbage collector)"],
  ["wasm", ({ url }) => url.startsWith("wasm:") || url.endsWith(".wasm")],
  ["hashing (WebCrypto)", ({ functionName }) => functionName === "digest"],
  ["reading a result: structured clone out", ({ name }) => /\.result\b/.test(name)],
  ["putting a value: structured clone in", ({ name }) => /\.?(put|add)\b/.test(name)],
  ["other calls of IndexedDB", ({ name }) => /^(get|getAll|getAllKeys|getKey|delete|count|transaction|objectStore|commit|open|openCursor)$/.test(name)],
  ["text into wasm", ({ name }) => /passStringToWasm|encodeInto|string_get|getStringFromWasm|^decode$/.test(name)],
  ["native, other", ({ url }) => url === ""],
  ["crossing and glue", () => true],
];

/** The line at which a function without a name begins; the glue has one line in most of them. */
function lines(folder) {
  const read = new Map();
  return ({ url, lineNumber }) => {
    if (!/\.js$/.test(url)) return "";
    if (!read.has(url)) read.set(url, readFileSync(join(folder, new URL(url).pathname), "utf8").split("\n"));
    return read.get(url).slice(lineNumber, lineNumber + 2).map((text) => text.trim()).join(" ").slice(0, 80);
  };
}

/** Self time by function and by kind, of a profile as the protocol gives it. */
export function selfTimes({ nodes, samples, timeDeltas }, lineOf = () => "") {
  const byId = new Map(nodes.map(({ id, callFrame }) => [id, { ...callFrame, name: callFrame.functionName || lineOf(callFrame) || "(anonymous)" }]));
  const [functions, groups] = [new Map(), new Map()];
  samples.forEach((id, index) => {
    const frame = byId.get(id);
    const ms = Math.max(0, timeDeltas[index]) / 1_000;
    const kind = kinds.find(([, fits]) => fits(frame))[0];
    const name = `${frame.name} [${kind}]`;
    functions.set(name, (functions.get(name) ?? 0) + ms);
    groups.set(kind, (groups.get(kind) ?? 0) + ms);
  });
  const sorted = (map) => [...map].sort(([, a], [, b]) => b - a);
  return { functions: sorted(functions), groups: sorted(groups) };
}

/** Profiles Restow's batch, and prints what took longest. */
export async function profileOf(folder, workload) {
  const opened = await openPage("chromium", folder);
  try {
    const { ask, page } = opened;
    await ask({ name: "batch", peer: "restow", workload: { count: 3, kilobytes: 1_000 }, checked: false });
    await ask({ name: "prepare", peer: "restow", workload });
    const protocol = await page.context().newCDPSession(page);
    await protocol.send("Profiler.enable");
    await protocol.send("Profiler.setSamplingInterval", { interval: INTERVAL_US });
    await protocol.send("Profiler.start");
    const { ms, phases } = await ask({ name: "batch", peer: "restow", workload, checked: false, prepared: true, keep: true });
    const { profile } = await protocol.send("Profiler.stop");
    const { functions, groups } = selfTimes(profile, lines(folder));
    const total = groups.reduce((sum, [, part]) => sum + part, 0);
    const rows = (list) => list.map(([name, part]) => [name, part.toFixed(0), `${((100 * part) / total).toFixed(1)} %`]);
    return [
      `${workload.name}: ${ms.toFixed(0)} ms, of which sessions spent ${Object.entries(phases).map(([name, part]) => `${name} ${part.toFixed(0)}`).join(", ")}`,
      table(["kind", "ms", "share"], rows(groups)), table(["function, self time", "ms", "share"], rows(functions.slice(0, SHOWN))),
    ].join("\n\n");
  } finally {
    await opened.close();
  }
}
