// What the documents promise to a reader who copies from them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { at } from "../../scripts/lib/paths.mjs";
import { plant, start } from "./blank.mjs";

/** The first block of JavaScript after a heading of a document, of whatever depth. */
function example(document, heading) {
  const text = readFileSync(at(document), "utf8");
  const from = text.indexOf(`# ${heading}\n`);
  assert.notEqual(from, -1, `${document} has no heading ${heading}`);
  return text.slice(from).match(/```js\n([\s\S]*?)```/)[1];
}

const session = {
  id: "s1",
  title: "Three years of notes",
  pages: Array.from({ length: 120 }, (_, index) => ({ index, text: `page ${index}`, seen: index % 2 === 0 })),
  thumbnail: { width: 3, note: undefined },
  video: { chunks: [1, 2, 3], name: "clip" },
  later: "after the arrays, so that the order of keys can be seen",
};

const planted = { database: "my-app", store: "documents", keyPath: "id", records: [["s1", session]] };

let browser;
before(async () => {
  browser = await start();
});
after(() => browser?.stop());

test("the reader of the format reads what Restow wrote, and is as short as it says", async () => {
  const reader = example("docs/FORMAT.md", "Reading a session without Restow");
  const lines = reader.trim().split("\n");
  assert.ok(lines.length <= 20, `${lines.length} lines`);
  const page = await browser.fresh();
  await page.evaluate(plant, planted);
  const found = await page.evaluate(async (reader) => {
    const { open } = await import("/restow/index.js");
    const restow = await open({
      sources: [{ database: "my-app", store: "documents" }],
      layout: { arrays: [{ path: "pages", chunk: 50 }, { path: "video.chunks", chunk: 2 }], parts: ["thumbnail"] },
    });
    const original = structuredClone(await restow.loadFullSession("s1"));
    const readSession = new Function(`${reader}; return readSession;`)();
    const read = await readSession("restow", "s1");
    await restow.verifyDataIntegrity(original, read);
    return { read: JSON.stringify(read), chunked: await restow.isSessionChunked("s1"), none: await readSession("restow", "s2") };
  }, reader);
  assert.deepEqual(found, { read: JSON.stringify(session), chunked: true, none: null });
  await page.close();
});

test("the README's first migration migrates", async () => {
  const code = example("README.md", "A first migration").replace('from "restow"', 'from "/restow/index.js"');
  const page = await browser.fresh();
  await page.evaluate(plant, planted);
  const loaded = await page.evaluate(async (code) => {
    const url = URL.createObjectURL(new Blob([`${code}\nexport { session, result };`.replace('"/restow', `"${location.origin}/restow`)], { type: "text/javascript" }));
    const { session, result } = await import(url);
    return { session: JSON.stringify(session), migrated: result.migrated };
  }, code);
  assert.deepEqual(loaded, { session: JSON.stringify(session), migrated: 1 });
  await page.close();
});

test("the guide's sources are taken as they stand, and each gives its sessions", async () => {
  const code = example("docs/MIGRATION_GUIDE.md", "Where sessions lie");
  const page = await browser.fresh();
  const found = await page.evaluate(async (code) => {
    const { hash31, session, zip } = await import("/storage.js");
    const { sources } = new Function(`return { ${code} };`)();
    const list = { version: 3, list: [session("all")] };
    const db = await new Promise((resolve, reject) => {
      const request = indexedDB.open("my-app", 1);
      request.onupgradeneeded = () => request.result.createObjectStore("documents");
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const each = { data: await zip(JSON.stringify(session("each"))) };
    await new Promise((resolve) => {
      const transaction = db.transaction("documents", "readwrite");
      transaction.objectStore("documents").put(each, "documents/each");
      transaction.objectStore("documents").put({ data: list, timestamp: 1, checksum: hash31(JSON.stringify(list)) }, "documents");
      transaction.oncomplete = resolve;
    });
    db.close();
    localStorage.setItem("doc:key", JSON.stringify(session("key")));
    localStorage.setItem("my-app-state", JSON.stringify({ state: { documents: [session("state")] } }));
    const { open } = await import("/restow/index.js");
    const restow = await open({ sources, layout: { arrays: [{ path: "items", chunk: 10 }] } });
    const { migrated, sessions } = await restow.migrateAllSessions();
    for (const id of ["each", "all", "key", "state"]) await restow.verifyDataIntegrity(session(id), await restow.loadFullSession(id));
    return { migrated, warnings: sessions.flatMap(({ warnings }) => warnings), left: localStorage.getItem("my-app-state") };
  }, code);
  assert.deepEqual(found, { migrated: 4, warnings: [], left: '{"state":{"documents":[]}}' });
  await page.close();
});

test("the limits of README and guide are limits that can be opened with", async () => {
  const page = await browser.fresh();
  await page.evaluate(plant, planted);
  for (const document of ["README.md", "docs/MIGRATION_GUIDE.md"]) {
    const code = `({ ${example(document, "Limits")} }).limits`;
    const found = await page.evaluate(async (code) => {
      const { open } = await import("/restow/index.js");
      const limits = (0, eval)(code);
      const restow = await open({ sources: [{ database: "my-app", store: "documents" }], layout: { arrays: [] }, limits });
      const { sessions } = await restow.migrateAllSessions({ dryRun: true });
      restow.close();
      return [limits.length, sessions.length];
    }, code);
    assert.ok(found[0] >= 4 && found[1] === 1, `${document}: ${found}`);
  }
  await page.close();
});
