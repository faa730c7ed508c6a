import assert from "node:assert/strict";
import { test } from "node:test";
import { document, merged } from "../../scripts/bench/document.mjs";
import { median, milliseconds, ratio, ratioOfMedians, short, times } from "../../scripts/bench/figures.mjs";
import { goalsOf, packageGoals } from "../../scripts/bench/goals.mjs";
import { browserName, machine } from "../../scripts/bench/machine.mjs";
import { crateOf, functionsOf, shares } from "../../scripts/bench/parts.mjs";
import { selfTimes } from "../../scripts/bench/profile.mjs";
import { reasons } from "../../scripts/bench/reasons.mjs";
import { chart } from "../../scripts/bench/svg.mjs";
import { accessTable, batchTable, goalsTable, table } from "../../scripts/bench/tables.mjs";
import { roundsOf, runs } from "../../scripts/bench/workloads.mjs";

const batch = (more = {}) => ({
  workload: "20 × 1 MB", count: 20, kilobytes: 1_000, failed: {},
  ms: { restow: [100, 300, 200], floor: [100, 200, 100], "plain-a": [200, 300, 100], "plain-b": [1, 1, 1], "plain-c": [200, 600, 400], algorithm: [400, 1_200, 800], dexie: [50, 100, 100] },
  ...more,
});

test("a median is the middle, whatever the order, and the mean of the middle two", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([10, 1, 2, 3]), 2.5);
  assert.equal(median([7]), 7);
  assert.equal(median([]), null);
  const list = [3, 1, 2];
  median(list);
  assert.deepEqual(list, [3, 1, 2]);
});

test("a ratio is taken within each round, so that a slow round disturbs nothing", () => {
  assert.equal(ratio([10, 1_000, 12], [20, 2_000, 24]), 0.5);
  assert.equal(ratio([10, 20], [20]), 0.5);
  assert.equal(ratio(undefined, [1]), null);
  assert.equal(ratioOfMedians([2, 4, 6], [1, 2, 3]), 2);
  assert.equal(ratioOfMedians([1], [0]), null);
});

test("figures have as many digits as mean something", () => {
  assert.deepEqual([short(1_234.5), short(12.34), short(1.234)], ["1,235", "12.3", "1.23"]);
  assert.deepEqual([milliseconds(12_345), milliseconds(999), milliseconds(null)], ["12.3 s", "999 ms", "–"]);
  assert.deepEqual([times(1.005), times(null)], ["1.00×", "–"]);
});

test("a goal is met by what was measured alone, and what failed or is missing meets none", () => {
  const engine = { batches: { "1mb": batch({ failed: { rxdb: "it broke" } }) } };
  const found = Object.fromEntries(goalsOf(engine, runs.quick).map((row) => [row.what, row]));
  assert.deepEqual(found["batch 20 × 1 MB, against plain JS without verification (a)"], { what: "batch 20 × 1 MB, against plain JS without verification (a)", goal: "≤ 1×", reached: "1.00×", met: true });
  assert.equal(found["against verified plain JS (c)"].reached, "0.50×");
  assert.equal(found["against the chunk-by-chunk algorithm"].met, true);
  assert.deepEqual([found["against Dexie's upgrade, which neither backs up nor verifies"].reached, found["against Dexie's upgrade, which neither backs up nor verifies"].met], ["2.00×", false]);
  assert.deepEqual([found["against RxDB's migration, which neither backs up nor verifies"].reached, found["against RxDB's migration, which neither backs up nor verifies"].met], ["failed: it broke", null]);
  assert.equal(found["against the floor"].met, false);
  assert.equal(found["peak memory above idle, one session of 20 MB"].met, null);
  assert.deepEqual(packageGoals({ code: 94_001, check: null }).map(({ met }) => met), [false, false]);
  assert.deepEqual(packageGoals({ code: 94_000, check: 2_000 }).map(({ met }) => met), [true, true]);
});

test("a peer that failed stands in the table with its reason, and not with a time", () => {
  const found = batchTable(batch({ failed: { rxdb: "no | such" } }));
  assert.match(found, /\| median of 3 \|/);
  assert.match(found, /\| Restow \| .* \| 200 ms \| {2}\|/);
  assert.match(found, /\| plain JS \(c\) \| .* \| 400 ms \| 0\.50× \|/);
  assert.match(found, /\| RxDB migration \| .* \| failed: no \\\| such \| – \|/);
});

test("tables are Markdown, with figures to the right", () => {
  assert.equal(table(["a", "b"], [["x", 1]]), "| a | b |\n| --- | ---: |\n| x | 1 |");
  assert.match(accessTable({ "open, restow": 1, "open, whole": 4 }), /\| open \| 1\.00 ms \| 4\.00 ms \| 0\.25× \|/);
  const rows = [{ what: "a", goal: "≤ 1×", reached: "2.00×", met: false }, { what: "b", goal: "≤ 1×", reached: "not measured", met: null }];
  assert.match(goalsTable(rows, [{ what: "a", reached: "3.00×" }]), /\| a \| ≤ 1× \| 2\.00× \| no \| 3\.00× \|\n\| b \| ≤ 1× \| not measured \| – \| – \|/);
});

test("a chart escapes what it is given, scales bars by the longest, and has colours for both grounds", () => {
  const bars = [{ label: "a & b", value: 10, text: "10 <ms>", kind: "own" }, { label: "c", value: 5, text: "5" }, { label: "d", value: null, text: "–" }];
  const svg = chart("A \"title\"", [{ name: "one", bars }]);
  assert.match(svg, /^<svg [^>]*aria-label="A &quot;title&quot;">/);
  assert.match(svg, />a &amp; b<.*>10 &lt;ms&gt;</s);
  const widths = [...svg.matchAll(/<rect[^>]* width="([\d.]+)"/g)].map(([, width]) => Number(width));
  assert.deepEqual([widths[1] * 2, widths[2]], [widths[0], 0]);
  assert.match(svg, /prefers-color-scheme: dark/);
  assert.match(svg, /class="own"/);
});

test("the document says what kind of run it was, and names no machine", () => {
  const results = { kind: "quick", machine: { cpu: "A CPU", cores: 2, memoryGB: 8, system: "Linux", load: 0.5 }, versions: { restow: "1", idb: "2", dexie: "3", rxdb: "4" }, sizes: { code: 1, check: null }, engines: { chromium: { version: "Chromium 1", batches: { "1mb": batch() }, demand: { failed: "it broke" }, calls: { scaling: { few: [1, 2, 3], many: [4] }, status: { "status before": 1, "keys before": 1, "status after": 1, "keys after": 1 }, handles: { small: 5, large: 6 }, appending: { append: 7, whole: 8 }, moving: { longTask: null, longestGap: 9, msEach: 10 } } } } };
  const found = document(results, runs.quick);
  assert.match(found, /of a quick run/);
  assert.match(found, /Chromium 1; 2 cores \(A CPU\), 8 GB, Linux\. Restow 1, idb 2, Dexie 3, RxDB 4\./);
  assert.match(found, /### On demand\n\nfailed: it broke/);
  assert.match(found, /\| a session of a batch of 50 × 5 KB \| 2\.00 ms \|/);
  assert.match(found, /\| openSession\(\), 100 MB \| 6\.00 ms \|/);
  assert.doesNotMatch(document({ ...results, kind: "whole" }, runs.whole), /quick run/);
  assert.deepEqual(Object.keys(machine()), ["cpu", "cores", "memoryGB", "system", "load"]);
  assert.doesNotMatch(found, /busy/);
  assert.match(document({ ...results, machine: { ...results.machine, load: 7 } }, runs.quick), /busy with other work\*\* \(load 7 on 2 cores\)/);
  assert.equal(browserName("Mozilla/5.0 (X11) AppleWebKit/537.36 HeadlessChrome/156.0.0.0 Safari/537.36"), "Chromium 156");
  assert.equal(browserName("Mozilla/5.0 (X11; rv:153.0) Gecko/20100101 Firefox/153.0"), "Firefox 153");
});

test("samples of a profile are summed by function and by kind", () => {
  const frame = (functionName, url) => ({ functionName, url });
  const nodes = [{ id: 1, callFrame: frame("(idle)", "") }, { id: 2, callFrame: frame("put", "") }, { id: 3, callFrame: frame("f", "wasm://wasm/1") }, { id: 4, callFrame: frame("g", "http://x/y.js") }];
  const { groups, functions } = selfTimes({ nodes, samples: [1, 2, 2, 3, 4], timeDeltas: [1_000, 2_000, 3_000, 500, 250] });
  assert.deepEqual(groups, [["putting a value: structured clone in", 5], ["idle: waiting for IndexedDB", 1], ["wasm", 0.5], ["crossing and glue", 0.25]]);
  assert.equal(functions[0][0], "put [putting a value: structured clone in]");
});

test("engines are kept that were measured in the same way and place, and no others", () => {
  const results = (name, more = {}) => ({ kind: "quick", rounds: 3, versions: { restow: "1" }, machine: { cpu: "A", load: 1 }, engines: { [name]: {} }, ...more });
  const names = (older, newer) => Object.keys(merged(older, newer).engines);
  assert.deepEqual(names(results("chromium"), results("firefox", { machine: { cpu: "A", load: 2 } })), ["chromium", "firefox"]);
  assert.deepEqual(names(results("chromium"), results("firefox", { kind: "whole" })), ["firefox"]);
  assert.deepEqual(names(results("chromium"), results("firefox", { machine: { cpu: "B", load: 1 } })), ["firefox"]);
  assert.deepEqual(names(null, results("firefox")), ["firefox"]);
});

test("what takes longest has fewer rounds, and never more than were asked for", () => {
  const { batches } = runs.whole;
  assert.deepEqual([roundsOf({ rounds: 5 }, batches["1mb"]), roundsOf({ rounds: 5 }, batches["5kb"]), roundsOf({ rounds: 5 })], [5, 2, 2]);
  assert.deepEqual([roundsOf({ rounds: 2 }, batches["5kb"]), roundsOf({ rounds: 1 })], [2, 1]);
});

test("what stands in the way is said by figures alone, and of what was not measured nothing is said", () => {
  assert.equal(reasons({}, { code: 1, parts: null }, runs.quick), "");
  const ms = { restow: [200], floor: [150], "plain-a": [100], "plain-b": [120], "plain-c": [200], "plain-d": [130], algorithm: [200], dexie: [50], rxdb: [75] };
  const engine = {
    batches: { "1mb": batch({ count: 10, ms, phases: [{ plan: 10 }] }) },
    calls: { comparing: 1, appending: { append: 4, byHand: 2, whole: 50 } },
    memory: { batch: { "plain-a": 41e6, "plain-c": 71e6 }, one: { "plain-a": 108e6, "plain-c": 299e6 }, engine: 21e6 },
    disk: { disk: { original: 10, stored: 22 }, forms: { json: { disk: 21 }, gzip: { disk: 12, msEach: 56 } } },
  };
  const found = reasons(engine, { code: 470_000, parts: { "Restow's own": 0.4, serde: 0.6 } }, runs.quick);
  assert.match(found, /^## What stands in the way\n\n- \*\*Batches\.\*\*/);
  assert.match(found, /takes 1\.50× of \(a\), 0\.75× of \(c\), 0\.75× of the chunk-by-chunk algorithm, 3\.00× of Dexie and 2\.00× of RxDB/);
  // Three milliseconds and one on top of fifteen.
  assert.match(found, /digest takes 1\.00 ms\. That alone is 1\.27× of the floor/);
  assert.match(found, /the floor takes 30\.0 ms for 2 MB, 1,500 ms for 50 times as much and 15\.0 s for 500 times; \(a\), which verifies nothing, 20\.0 ms, 1,000 ms and 10\.0 s/);
  assert.match(found, /take 2\.00 ms, 1\/25\.0 of rewriting/);
  assert.match(found, /\(c\) 71\.0 MB; the engine, before it moves anything, 21\.0 MB\. For the one of 20 MB \(a\) takes 5\.40× of the body and \(c\) 14\.95×/);
  assert.match(found, /take 2\.10× of it, and gzipped 1\.20×, at 56\.0 ms/);
  assert.match(found, /Restow's own 40 %, serde 60 %\. RxDB's 94 KB would be 20 % of it/);
  // Where the requests alone, or our own functions alone, would be within a goal, it is not called out of reach.
  const within = { batches: { "1mb": batch({ count: 10, ms: { ...ms, floor: [99] } }) } };
  assert.doesNotMatch(reasons(within, { code: 200_000, parts: { "Restow's own": 0.4, serde: 0.6 } }, runs.quick), /Batches|What a page loads/);
});

test("the module's code is told apart by the crates that its functions' names begin with", () => {
  assert.equal(crateOf("_ZN6restow6engine5stage17h0123456789abcdefE"), "restow");
  assert.equal(crateOf("_ZN81_$LT$js_sys..futures..Queue$u20$as$u20$core..ops..function..FnOnce$LT$A$GT$$GT$9call_once17h0123456789abcdefE"), "js_sys");
  assert.equal(crateOf("_ZN47_$LT$$RF$mut$u20$serde_json..de..Deserializer$GT$4read17h0123456789abcdefE"), "serde_json");
  assert.equal(crateOf("_RNvMNtCs5cOc02OMXlo_5alloc6stringNtB2_6String16from_utf16_lossy"), "alloc");
  assert.equal(crateOf("memcpy"), null);
  const text = (value) => [value.length, ...Buffer.from(value)];
  const section = (kind, content) => [kind, content.length, ...content];
  const names = [0, ...text("imported"), 1, ...text("_ZN6restow1aE"), 2, ...text("_ZN4core1bE")];
  const module = Uint8Array.from([
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(10, [2, 3, 0, 1, 0x0b, 1, 0]),
    ...section(0, [...text("name"), ...section(1, [3, ...names])]),
  ]);
  assert.deepEqual(functionsOf(module), [{ size: 3, name: "_ZN6restow1aE" }, { size: 1, name: "_ZN4core1bE" }]);
  assert.deepEqual(Object.values(shares(module)), [0.75, 0.25]);
});
