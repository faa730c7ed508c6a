// A private window of WebKit, which stores no Blobs.

import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "./support.mjs";

test("a private window of WebKit: what has a Blob is refused, all else is kept", { timeout: 120_000 }, async (t) => {
  const page = await open(t, "webkit", "app", { isPrivate: true });
  const found = await page.call(() => globalThis.privateWindow());
  assert.deepEqual(found, {
    before: "a", refused: "UnsupportedValue", after: "c", again: "UnsupportedValue",
    migrated: 1, loaded: '{"id":"d1","pages":[1,2,3]}', created: '{"id":"c","pages":[4]}', nothing: null,
  });
});
