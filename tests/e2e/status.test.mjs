// The count that is kept: told at once, true again after anything that other tabs do, and exact when asked.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { start } from "./blank.mjs";

let browser;
before(async () => {
  browser = await start();
});
after(() => browser?.stop());

/** Runs in the page: what happens to 300 sessions, and what their status tells of it. */
async function story(worker) {
  const { open } = await import("/restow/index.js");
  const settled = (request) => new Promise((ok, no) => Object.assign(request, { onsuccess: () => ok(request.result), onerror: () => no(request.error) }));
  const opening = indexedDB.open("app");
  opening.onupgradeneeded = () => opening.result.createObjectStore("docs");
  const app = await settled(opening);
  const store = () => app.transaction("docs", "readwrite").objectStore("docs");
  const put = (id, body = { id, items: [1, 2, 3] }) => settled(store().put(body, `s/${id}`));
  for (let n = 0; n < 300; n += 1) await put(`a${n}`);
  const config = { worker, sources: [{ database: "app", store: "docs", prefix: "s/" }], layout: { arrays: [{ path: "items", chunk: 2 }] } };
  const restow = await open(config);
  const other = await open(config);
  const told = [];
  const tell = async (what, options) => {
    const { chunked, legacy, quarantined, exact, countedAt } = await restow.getMigrationStatus(options);
    const { chunked: there, legacy: left } = await other.getMigrationStatus();
    if (!(Date.parse(countedAt) <= Date.now())) throw new Error(`counted at ${countedAt}`);
    if (there !== chunked || left !== legacy) throw new Error(`${what}: the other tab says ${there} and ${left}`);
    told.push([what, chunked, legacy, quarantined, exact]);
  };
  await tell("first");
  await tell("again");
  const none = (await indexedDB.databases()).some(({ name }) => name === "restow");
  await put("new");
  await tell("one more");
  await put("\uD800lone", { id: "x", items: [] });
  await put("nul\0", { id: "nul\0", items: [] });
  await tell("odd keys");
  await settled(store().delete("s/\uD800lone"));
  await settled(store().delete("s/nul\0"));
  await other.migrateSessionToChunked("a0");
  await tell("migrated elsewhere");
  const stop = new AbortController();
  await restow.migrateAllSessions({ signal: stop.signal, onProgress: (message) => message.includes("100/") && stop.abort() });
  const half = await restow.getMigrationStatus();
  await restow.migrateAllSessions();
  await tell("all");
  await other.rollbackSessionMigration("a7", null, { confirm: true });
  await tell("rolled back elsewhere");
  await put("a7", null);
  await tell("overwritten");
  await tell("overwritten, exact", { exact: true });
  await settled(store().delete("s/a7"));
  await tell("gone");
  const refused = await restow.getMigrationStatus({ exact: "yes" }).catch(({ code }) => code);
  restow.close();
  other.close();
  const later = await open({ ...config, worker: false });
  const { exact, chunked } = await later.getMigrationStatus();
  const { ok } = await later.verifyAll();
  const meta = await settled(indexedDB.open("restow"));
  const record = await settled(meta.transaction("meta").objectStore("meta").get("count"));
  meta.close();
  // A count that is not what was written is no damage, and is not believed.
  const spoilt = await settled(indexedDB.open("restow"));
  await settled(spoilt.transaction("meta", "readwrite").objectStore("meta").put({ ...record, legacy: 0, chunked: 7 }));
  spoilt.close();
  const next = await open({ ...config, worker: false });
  const mended = [(await next.getMigrationStatus()).chunked, (await next.verifyAll()).ok];
  later.close();
  next.close();
  app.close();
  return { told, none, half: half.chunked + half.legacy, between: half.chunked > 90 && half.legacy > 90, refused, later: [exact, chunked, ok], mended };
}

for (const worker of [false, true]) {
  test(`a status is quick and true${worker ? ", in a worker" : ""}`, async () => {
    const page = await browser.fresh();
    const { told, ...rest } = await page.evaluate(story, worker);
    assert.deepEqual(told, [
      ["first", 0, 300, 0, true],
      ["again", 0, 300, 0, false],
      ["one more", 0, 301, 0, false],
      ["odd keys", 0, 302, 1, false],
      ["migrated elsewhere", 1, 300, 0, false],
      ["all", 301, 0, 0, true],
      ["rolled back elsewhere", 300, 1, 0, true],
      ["overwritten", 300, 1, 0, false],
      ["overwritten, exact", 300, 0, 1, true],
      ["gone", 300, 0, 0, true],
    ]);
    assert.deepEqual(rest, { none: false, half: 301, between: true, refused: "InvalidArgument", later: [false, 300, true], mended: [300, true] });
    await page.close();
  });
}
