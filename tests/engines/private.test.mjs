// A private window of WebKit, which stores no Blobs.

import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "./support.mjs";

test("a private window of WebKit: what has a Blob is refused, all else is kept", { timeout: 120_000 }, async (t) => {
  const page = await open(t, "webkit", "blank", { isPrivate: true });
  const found = await page.call(async () => {
    localStorage.setItem("draft:d1", '{ "id": "d1", "pages": [1, 2, 3] }');
    const { open } = await import("/restow/index.js");
    const restow = await open({
      sources: [{ kind: "localStorage", prefix: "draft:" }],
      layout: { arrays: [{ path: "pages", chunk: 2 }], parts: ["thumbnail"] },
    });
    const create = (body) => restow.createSession(body).then(String, (error) => error.code);
    const picture = new Blob(["picture"]);
    return {
      before: await create({ id: "a", pages: [1, 2, 3] }),
      refused: await create({ id: "b", pages: [1, 2, picture], thumbnail: picture.slice(1) }),
      after: await create({ id: "c", pages: [4] }),
      again: await create({ id: "d", pages: [picture] }),
      migrated: (await restow.migrateAllSessions()).migrated,
      loaded: JSON.stringify(await restow.loadFullSession("d1")),
      created: JSON.stringify(await restow.loadFullSession("c")),
      nothing: await restow.loadFullSession("b"),
    };
  });
  assert.deepEqual(found, {
    before: "a", refused: "UnsupportedValue", after: "c", again: "UnsupportedValue",
    migrated: 1, loaded: '{"id":"d1","pages":[1,2,3]}', created: '{"id":"c","pages":[4]}', nothing: null,
  });
});
