// What was asked, and what was reached.

import { megabytes, milliseconds, ratio, ratioOfMedians, times, told } from "./figures.mjs";

/** The workload that goals are about. */
export const FIRST = "1mb";

/** What a batch may take at most, against each peer. */
export const AGAINST = { "plain-a": 1, "plain-c": 0.6, algorithm: 0.33, dexie: 1, rxdb: 1 };
const AGAINST_FLOOR = 1.15;

/** Bytes that a page may load: RxDB's. */
export const PAGE_BYTES = 94_000;

/** A goal that is a bound: `null` where nothing was measured. */
const bound = (what, goal, value, most, print) => ({ what, goal, reached: value === null || value === undefined ? "not measured" : print(value), met: value === null || value === undefined ? null : value <= most });

const against = (batch, peer, what, most = AGAINST[peer]) => {
  const failed = batch?.failed[peer] ?? batch?.failed.restow;
  const value = ratio(batch?.ms.restow, batch?.ms[peer]);
  const row = bound(what, `≤ ${most}×`, value, most, times);
  return failed ? { ...row, reached: `failed: ${failed}`, met: null } : row;
};

function batches({ batches: all = {} }) {
  const batch = all[FIRST];
  const name = batch?.workload ?? "";
  return [
    against(batch, "plain-a", `batch ${name}, against plain JS without verification (a)`),
    against(batch, "plain-c", "against verified plain JS (c)"),
    against(batch, "algorithm", "against the chunk-by-chunk algorithm"),
    against(batch, "dexie", "against Dexie's upgrade, which neither backs up nor verifies"),
    against(batch, "rxdb", "against RxDB's migration, which neither backs up nor verifies"),
    against(batch, "floor", "against the floor", AGAINST_FLOOR),
  ];
}

function scaling({ calls }, run) {
  const { scaling: found, status, handles, appending, moving, movingInWorker } = calls ?? {};
  const whens = ["before", "half way", "after"].filter((when) => status && `status ${when}` in status);
  const worst = status && Math.max(...whens.map((when) => ratioOfMedians([status[`status ${when}`]], [status[`keys ${when}`]])));
  const longest = (moved) => moved && (moved.longTask ?? moved.longestGap);
  const task = (value) => (value === 0 ? "< 50 ms" : milliseconds(value));
  return [
    bound(`time per session, ${run.many.name} against ${run.few.name}`, "≤ 1.2×", found && ratio(found.many, found.few), 1.2, times),
    bound(`getMigrationStatus() with ${run.status.name.split(" ")[0]} sessions against a bare getAllKeys(), the worst of before, half way and after`, "≤ 2×", worst, 2, times),
    bound("openSession and its metadata, 100 MB session against 1 MB", "≤ 1.5×", handles && ratioOfMedians([handles.large], [handles.small]), 1.5, times),
    bound("append an item to a 5 MB session, against rewriting it whole", "≤ 1/30", appending && ratioOfMedians([appending.append], [appending.whole]), 1 / 30, (value) => `1/${(1 / value).toFixed(1)}`),
    bound(`longest task of the main thread, ${run.moving.count} sessions, without a worker: no more than a session needs`, moving ? `≤ ${milliseconds(moving.msEach)}` : "one session", longest(moving), moving?.msEach, task),
    bound("the same with a worker", "≤ 50 ms", longest(movingInWorker), 50, task),
  ];
}

function resources({ memory, disk }, run) {
  const peak = (name) => memory?.[name]?.restow;
  const body = run.memory.one.kilobytes * 1_000;
  const stored = disk && !disk.failed ? told(disk) : null;
  return [
    bound(`peak memory above idle, ${run.memory.batch.name}`, "≤ 50 MB", peak("batch"), 50e6, megabytes),
    bound("peak memory above idle, one session of 20 MB", "≤ 5 × the body", peak("one") && peak("one") / body, 5, times),
    bound("bytes stored afterwards, chunks and backup, against the original", "≤ 1.0×", stored && stored.stored / stored.original, 1, times),
  ];
}

/** A tenth of what the algorithm's own documentation takes at most: sessions, milliseconds. */
const CLAIMS = [[1, 50], [50, 2_000], [500, 12_000]];

function claims({ claims: found }) {
  const measured = new Map(Array.isArray(found) ? found.map(({ count, ms }) => [count, ms]) : []);
  return CLAIMS.map(([count, most]) => bound(`${count} × 2 MB, against a tenth of what the chunk-by-chunk algorithm claims at most`, `≤ ${milliseconds(most)}`, measured.get(count), most, milliseconds));
}

/** The rows of an engine: `{ what, goal, reached, met }`, where `met` is `null` for what was not measured. */
export const goalsOf = (engine, run) => [...batches(engine), ...scaling(engine, run), ...resources(engine, run), ...claims(engine)];

/** The rows of the package itself. */
export const packageGoals = ({ code, check }) => [
  bound("what a page loads, gzipped, WebAssembly and glue", "≤ 94 KB", code, PAGE_BYTES, (bytes) => `${(bytes / 1000).toFixed(1)} KB`),
  check === null ? { what: "restow/check, gzipped", goal: "≤ 2 KB", reached: "not there yet", met: false } : bound("restow/check, gzipped", "≤ 2 KB", check, 2_000, (bytes) => `${(bytes / 1000).toFixed(1)} KB`),
];
