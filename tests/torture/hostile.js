// What must never be told: values and keys of bodies, in whatever is printed, thrown or reported; and
// names that would change a prototype.

import { open } from "/restow/index.js";
import { dropAll, newNames } from "./lab.js";
import { random } from "./random.js";
import { Tally, reportRow } from "./report.js";
import { change, dump, put } from "./storage.js";

export const MARK = "PLANTED-MARK";
const define = (target, key, value) => Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });

/** A body whose every value and every strange key holds the mark. */
function body(id, { below }) {
  const items = Array.from({ length: 12 }, (_, index) => ({ [`${MARK}-key-${index}`]: `${MARK} ${below(1e6)}`, index }));
  const made = { id, name: `<img src=x onerror="globalThis.hacked=1"> ${id}`, items, summary: { token: `${MARK} secret` }, streak: `${MARK} long ${"x".repeat(200)}` };
  define(made, "__proto__", { polluted: MARK });
  define(made, "constructor", { prototype: { polluted: MARK } });
  return made;
}

/** Everything that is said while `work` runs: on the console, and by what it returns or throws. */
export async function said(work) {
  const heard = [];
  const methods = ["log", "info", "warn", "error", "debug", "table", "group", "groupCollapsed"];
  const originals = methods.map((name) => console[name]);
  for (const name of methods) console[name] = (...told) => void heard.push(...told);
  try {
    await work((what) => heard.push(what));
  } catch (error) {
    heard.push(error);
  } finally {
    methods.forEach((name, index) => (console[name] = originals[index]));
  }
  return heard.map(text);
}

const text = (value) => (value instanceof Error ? `${value.name} ${value.code} ${value.message} ${value.stack} ${JSON.stringify(value)}` : typeof value === "string" ? value : JSON.stringify(value) ?? String(value));

/** Counts every text that tells a mark. */
export function judge(heard, tally) {
  for (const one of heard) {
    tally.point();
    if (one.includes(MARK)) tally.count("undetected", `told: ${one.slice(Math.max(0, one.indexOf(MARK) - 150), one.indexOf(MARK) + 60)}`);
  }
}

/** Breaks one stored piece, so that there is something to complain of. */
async function spoil(own, store, make) {
  const [[, one]] = (await dump(own))[store];
  await change(own, store, (to) => void to.put(make(structuredClone(one))));
}

const confirm = true;

async function round(seed, tally) {
  const names = newNames();
  const made = random(seed);
  const ids = ["a", "b", "c", "d"];
  const records = ids.map((id) => [`docs/${id}`, { data: body(id, made), at: 1 }]);
  records.push(["docs/wrong", { data: { ...body("other", made) } }], ["docs/none", { data: `${MARK} no object` }], ["docs/shared", { data: shared(made) }]);
  await put(names.app, records);
  const config = {
    database: names.own, sources: [{ database: names.app, store: "docs", prefix: "docs/", body: "data" }], autoCleanup: false, console: true,
    layout: { label: "name", arrays: [{ path: "items", chunk: 5 }], parts: ["summary"] },
    limits: [{ path: "summary.token", maxLength: 5, secret: true }, { path: "streak", maxLength: 10, action: "warn" }],
  };
  const restow = await open(config);
  const heard = await said(async (hear) => {
    const onProgress = (...told) => hear(told);
    const kept = (promise) => promise.then(hear, hear);
    await kept(restow.migrateAllSessions({ dryRun: true, verbose: true, onProgress }));
    await kept(restow.migrateAllSessions({ verbose: true, onProgress }));
    for (const name of ["showMigrationStatus", "runChunkedMigration"]) await kept(globalThis[name]());
    await spoil(names.own, "chunks", (chunk) => ({ ...chunk, data: [`${MARK} changed`] }));
    await kept(restow.loadFullSession("a").then(() => null));
    await kept(restow.verifySession("a"));
    await spoil(names.own, "backups", (backup) => ({ ...backup, session: `${MARK} changed` }));
    await kept(restow.rollbackSessionMigration("a", undefined, { confirm }));
    await put(names.app, [["docs/b", { data: { ...body("b", made), name: "Another" } }]]);
    await kept(restow.migrateAllSessions({ onProgress }));
    await kept(restow.rollbackSessionMigration("b", undefined, { confirm }));
    await kept(restow.openSession("c").then((handle) => handle.setItem("items", 999, MARK)));
    await kept(restow.createSession({ id: "c", more: MARK }));
    for (const call of ["listSessions", "listBackups", "listQuarantine", "readAudit", "getMigrationStatus"]) await kept(restow[call]());
  });
  restow.close();
  judge(heard, tally);
  if (heard.length < 30) tally.count("undetected", `only ${heard.length} texts were heard`);
  if ({}.polluted !== undefined || Object.keys(Object.prototype).length > 0 || globalThis.hacked) tally.count("torn", "a prototype was changed, or markup ran");
  await dropAll(names);
}

/** One object in two pieces, which is refused. */
function shared(made) {
  const one = { [`${MARK} shared`]: MARK };
  return { ...body("shared", made), items: Array.from({ length: 12 }, () => one) };
}

export async function hostile({ rounds = 20, seed = 1 }) {
  const tally = new Tally("hostile: marks in console, errors, results, progress, audit");
  for (let index = 0; index < rounds; index += 1) await round(seed + index, tally);
  await reportRow(tally);
}
