// The figures as people and programs read them: docs/BENCHMARKS.md, its charts, docs/benchmarks.json.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { at } from "../lib/paths.mjs";
import { megabytes, median, milliseconds, times, told } from "./figures.mjs";
import { goalsOf, packageGoals } from "./goals.mjs";
import { reasons } from "./reasons.mjs";
import { accessChart, accessTable, batchChart, batchTable, goalsTable, table } from "./tables.mjs";
import { forms, peers } from "./workloads.mjs";

const NAMES = { chromium: "Chromium", firefox: "Firefox" };

const KIND = {
  quick: "**These figures are of a quick run**, with little data and few rounds: `npm run bench -- --quick`. Read them as a hint.",
  whole: "These figures are of a whole run: `npm run bench`.",
};

const HOW = `## How it is measured

One page in one new profile plants the same data for each peer, waits until disk and garbage collector have settled, and takes the
time of the migration, from opening the database to the last commit; code is loaded before. Peers take turns, forwards in one round
and backwards in the next. Figures are medians; a ratio is the median of the ratios of the rounds, so compare ratios, not milliseconds: the
latter depend on the machine and on what else it does. Databases are deleted between runs. In the first round each peer's result is
checked: the number of sessions, one session loaded back and compared, no original left. A peer that fails is listed as failed.

A session has 400 screenshots with a nested analysis and 200 audio segments in a megabyte of JSON, made from a seed. Every peer cuts it
by the layout of the preset \`taskerino\`: 20 screenshots or 100 audio segments in a chunk. Every transaction of a peer that writes is \`strict\`. Of Restow's, those are that write
backup and chunks and that commit; the removal of an original, which a later start would do again, is \`relaxed\`.

- **plain JS** uses \`idb\`, one session after the other. (a) writes backup, chunks and manifest and deletes the original in one
  transaction, which is the fastest there is. (b) and (c) commit, read the chunks back in a new transaction, compare, and then delete
  the original in a transaction of its own; the backup is not read back.
  (d) is what a format of bytes could reach: JSON, encoded once, used for chunks, backup and proof, both read back. It keeps nothing that is not JSON.
- **chunk by chunk** is the script that applications of this kind have today: backup, metadata, and each chunk in a transaction of its own,
  everything loaded back, ids, times and transcriptions compared, and other fields not.
- **Dexie** runs \`version(2).upgrade()\`: one transaction of the browser's over everything. Its durability can't be chosen, so a small
  strict transaction follows. **It neither backs up nor verifies.**
- **RxDB** migrates a schema with its Dexie storage and its default batch size. A document stays a document: skeleton and pieces in one record.
  Not every transaction of its storage takes the option, so \`IDBDatabase.prototype.transaction\` is wrapped while it runs. **It neither backs
  up nor verifies.**
- **floor**: the requests and transactions of a run of Restow's, recorded just before, and sent again with the same values, each as soon
  as the answers have come that it had waited for. Answers are taken, since Chromium makes their values only then, and not looked at.
  Nothing is computed, no lock is waited for.

Memory is the resident memory of the page's process at its highest, above what it was before; it includes what the garbage collector has not
yet collected. Stored bytes are measured with originals kept, so that what comes on top is what Restow stores: on the disk in Chromium, by
the browser's estimate in Firefox.
`;

const busy = ({ load, cores }) => (load < cores ? "" : `\n**The machine was busy with other work** (load ${load} on ${cores} cores), which makes all of it slow and noisy.\n`);

const head = ({ machine, versions, engines, kind }) =>
  `# Benchmarks

${KIND[kind]}
${busy(machine)}
${Object.values(engines).map(({ version }) => version).join(", ")}; ${machine.cores} cores (${machine.cpu}), ${machine.memoryGB} GB, ${machine.system}. Restow ${versions.restow}, idb ${versions.idb}, Dexie ${versions.dexie}, RxDB ${versions.rxdb}.
[benchmarks.json](benchmarks.json) has every figure.
`;

function memoryTable(memory, run) {
  const rows = peers.filter(({ id }) => memory.batch[id] !== undefined);
  const cell = (bytes) => (bytes === null ? "–" : megabytes(bytes));
  const figures = rows.map(({ id, name }) => [name, cell(memory.batch[id]), cell(memory.one[id])]);
  if (memory.engine) figures.push(["Restow loaded, with nothing to move", cell(memory.engine), ""]);
  return table(["peak above idle", run.memory.batch.name, run.memory.one.name], figures);
}

function demandTable(demand) {
  return table(["one session on demand", "median", "Restow against it"], peers.filter(({ id }) => id in demand).map(({ id, name }) => [name, milliseconds(demand[id]), id === "restow" ? "" : times(demand.restow / demand[id])]));
}

function diskTable(found) {
  const { original, stored } = told(found);
  const rows = Object.entries(found.forms).map(([form, bytes]) => [forms[form], times(told(bytes) / original), milliseconds(bytes.msEach)]);
  return table(["bytes stored", "against the original", "encoding a session"], [["Restow", times(stored / original), ""], ...rows]);
}

function callsTable({ scaling, status, handles, appending, comparing, moving, movingInWorker }, run) {
  const rows = [
    [`a session of a batch of ${run.few.name}`, median(scaling.few)], [`a session of a batch of ${run.many.name}`, median(scaling.many)],
    [`getMigrationStatus(), ${run.status.name}, before a migration`, status["status before"]], ["getAllKeys() of the application's store", status["keys before"]],
    ...("first status" in status ? [["the first getMigrationStatus(), which opens every record", status["first status"]]] : []),
    ...("status half way" in status ? [["getMigrationStatus() half way", status["status half way"]], ["getAllKeys() of what is left in the application's store", status["keys half way"]]] : []),
    ["getMigrationStatus() after it", status["status after"]], ["getAllKeys() of the manifests", status["keys after"]],
    ["openSession(), 1 MB", handles.small], ["openSession(), 100 MB", handles.large],
    ["append an item to 5 MB", appending.append], ...(appending.byHand ? [["the same by hand: lock, manifest, chunk and list", appending.byHand]] : []), ["read, change and write 5 MB whole", appending.whole],
    ...(comparing ? [["compare 1 MB with a copy, by plain JavaScript", comparing]] : []),
    [`longest task while ${run.moving.name} move (0 for none from 50 ms on)`, moving.longTask], ["longest time between two turns of a timer", moving.longestGap], ["a session of that batch", moving.msEach],
    ...(movingInWorker ? [["the same with a worker: longest task", movingInWorker.longTask], ["longest time between two turns of a timer", movingInWorker.longestGap], ["a session of that batch", movingInWorker.msEach]] : []),
  ];
  return table(["", "median"], rows.map(([what, ms]) => [what, milliseconds(ms)]));
}

function engineSection(name, { version, ...engine }, run) {
  const parts = [`## ${version}`, `![Batches in ${NAMES[name]}](bench/batches-${name}.svg)`];
  for (const batch of Object.values(engine.batches ?? {})) {
    parts.push(`### ${batch.workload}`, batchTable(batch));
    if (batch.requests) parts.push(`Requests and transactions of Restow's run: ${Object.entries(batch.requests).map(([what, count]) => `${what} ${count.toLocaleString("en-US")}`).join(", ")}.`);
  }
  const section = (title, found, show) => found && parts.push(`### ${title}`, found.failed ? `failed: ${found.failed}` : show(found));
  section("On demand", engine.demand, demandTable);
  section(`One session of ${run.access.kilobytes / 1_000} MB, in chunks and as one record`, engine.access, (found) => `${accessTable(found)}\n\n![Access in ${NAMES[name]}](bench/access-${name}.svg)`);
  section("Memory", engine.memory, (found) => memoryTable(found, run));
  section(`Stored bytes, ${run.disk.name}`, engine.disk, diskTable);
  section("Calls", engine.calls, (found) => callsTable(found, run));
  return parts.join("\n\n");
}

/** The whole document. */
export function document(results, run) {
  const rows = goalsOf(results.engines.chromium ?? {}, run);
  const beside = results.engines.firefox && goalsOf(results.engines.firefox, run);
  const goals = `## Goals\n\n${goalsTable([...rows, ...packageGoals(results.sizes)], beside)}\n`;
  const sections = Object.entries(results.engines).map(([name, engine]) => engineSection(name, engine, run));
  return `${[head(results), goals, reasons(results.engines.chromium ?? {}, results.sizes, run), HOW, ...sections].join("\n\n")}\n`.replace(/\n{3,}/g, "\n\n");
}

const FIGURES = at("docs", "benchmarks.json");

/** What was measured now, with engines that were measured before in just the same way and place. */
export function merged(older, newer) {
  const where = ({ kind, rounds, versions, machine: { load, ...machine } }) => JSON.stringify([kind, rounds, versions, machine]);
  return older && where(older) === where(newer) ? { ...newer, engines: Object.fromEntries(Object.entries({ ...older.engines, ...newer.engines }).sort()) } : newer;
}

/** Writes it all. */
export function publish(newer, run) {
  const results = merged(existsSync(FIGURES) ? JSON.parse(readFileSync(FIGURES, "utf8")) : null, newer);
  mkdirSync(at("docs", "bench"), { recursive: true });
  for (const [name, engine] of Object.entries(results.engines)) {
    const batches = Object.values(engine.batches ?? {});
    writeFileSync(at("docs", "bench", `batches-${name}.svg`), batchChart(`Batches in ${NAMES[name]}`, batches));
    if (engine.access && !engine.access.failed) writeFileSync(at("docs", "bench", `access-${name}.svg`), accessChart(`Access in ${NAMES[name]}`, engine.access));
  }
  const rounded = (_, value) => (typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value);
  writeFileSync(FIGURES, `${JSON.stringify(results, rounded, 1)}\n`);
  writeFileSync(at("docs", "BENCHMARKS.md"), document(results, run));
}
