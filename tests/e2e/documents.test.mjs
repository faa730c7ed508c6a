// What the documents promise to a reader who copies from them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { at } from "../../scripts/lib/paths.mjs";
import { plant, start } from "./blank.mjs";

/** The first block of JavaScript after a heading of a document. */
function example(document, heading) {
  const text = readFileSync(at(document), "utf8");
  const from = text.indexOf(`## ${heading}\n`);
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
    restow.verifyDataIntegrity(original, read);
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
