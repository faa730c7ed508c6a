// How long the page stands still while 500 sessions of 100 KB move, in a worker and in the page.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { start } from "./blank.mjs";

const SESSIONS = 500;
const LIMIT_MS = 50;

let browser;
before(async () => {
  browser = await start();
});
after(() => browser?.stop());

/** Runs in the page: an application's sessions, in its own store. */
async function plantSessions(count) {
  const request = indexedDB.open("app", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("docs", { keyPath: "id" });
  const db = await new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
  for (let from = 0; from < count; from += 50) {
    const transaction = db.transaction("docs", "readwrite");
    for (let index = from; index < from + 50; index++) {
      const items = Array.from({ length: 100 }, (_, item) => ({ item, at: new Date(item), text: `${index} ${item} `.repeat(110) }));
      transaction.objectStore("docs").put({ id: `s${index}`, name: `Session ${index}`, items, summary: { text: "x".repeat(2_000) } });
    }
    await new Promise((resolve) => (transaction.oncomplete = resolve));
  }
  db.close();
}

/** Runs in the page: moves all of them, and says which tasks of the page took longer than 50 ms. */
async function migrate(worker) {
  const { open } = await import("/restow/index.js");
  const restow = await open({ sources: [{ database: "app", store: "docs" }], layout: { arrays: [{ path: "items", chunk: 20 }], parts: ["summary"] }, autoCleanup: false, worker });
  const tasks = [];
  const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration)));
  observer.observe({ entryTypes: ["longtask"] });
  const begin = performance.now();
  let events = 0;
  const { migrated } = await restow.migrateAllSessions({ onProgress: () => (events += 1) });
  const ms = performance.now() - begin;
  await new Promise((resolve) => setTimeout(resolve, 100));
  tasks.push(...observer.takeRecords().map(({ duration }) => duration));
  restow.close();
  return { active: restow.worker.active, migrated, events, ms: Math.round(ms), tasks: tasks.sort((a, b) => b - a) };
}

/** The thread's own time of the page's longest task, which other programs at work on the machine do not add to. */
async function measured(worker) {
  const page = await browser.fresh();
  await page.evaluate(plantSessions, SESSIONS);
  const session = await page.context().newCDPSession(page);
  const events = [];
  session.on("Tracing.dataCollected", ({ value }) => events.push(...value));
  await session.send("Tracing.start", { transferMode: "ReportEvents", traceConfig: { includedCategories: ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline"] } });
  const found = await page.evaluate(migrate, worker);
  await session.send("Tracing.end");
  await new Promise((resolve) => session.once("Tracing.tracingComplete", resolve));
  await page.close();
  const main = new Map(events.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain").map(({ pid, tid }) => [`${pid} ${tid}`, { tasks: 0, longest: 0 }]));
  for (const { name, pid, tid, tdur, dur } of events) {
    const thread = main.get(`${pid} ${tid}`);
    if (!thread || !["RunTask", "ThreadControllerImpl::RunTask"].includes(name)) continue;
    thread.tasks += 1;
    thread.longest = Math.max(thread.longest, (tdur ?? dur ?? 0) / 1000);
  }
  const busiest = [...main.values()].sort((a, b) => b.tasks - a.tasks)[0];
  return { ...found, longest: busiest.longest, count: busiest.tasks };
}

test("no task of the page takes longer than 50 ms while sessions move in a worker", { timeout: 900_000 }, async (t) => {
  for (const worker of [true, false]) {
    const { active, migrated, events, ms, tasks, longest, count } = await measured(worker);
    t.diagnostic(`${worker ? "in a worker" : "in the page"}: ${SESSIONS} sessions in ${ms} ms, longest of ${count} tasks ${longest.toFixed(1)} ms of its thread's time, ${tasks.length} longer than 50 ms by the clock, the longest ${Math.round(tasks[0] ?? 0)} ms`);
    assert.deepEqual([active, migrated, events >= SESSIONS], [worker, SESSIONS, true]);
    assert.ok(count > 100, "the trace has the page's tasks");
    if (worker) assert.ok(longest <= LIMIT_MS, `${longest} ms`);
  }
});
