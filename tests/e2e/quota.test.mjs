// Storage that is really full: the browser's own quota, lowered through its debugging protocol.

import assert from "node:assert/strict";
import { test } from "node:test";
import { plant, start } from "./blank.mjs";

const COUNT = 10;
const KB = 1000;
const ids = Array.from({ length: COUNT }, (_, index) => `s${index}`);

/** A session of 100 KB that no browser compresses: the same for the same id, in the page and here. */
const body = (id) => {
  let seed = 7 + [...id].reduce((sum, char) => sum * 31 + char.charCodeAt(0), 0);
  const random = () => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) >>> 8;
  return { id, items: Array.from({ length: 100 }, (_, index) => ({ index, text: Array.from({ length: 250 }, () => random().toString(36)).join("").slice(0, 1000) })) };
};

/**
 * A page with sessions in a storage of so many bytes, or without a limit; `lift` takes the limit away. The browser is
 * a new one and the limit comes first: what it once granted to an origin it grants for half a minute.
 */
async function limited(t, bytes) {
  const browser = await start();
  t.after(() => browser.stop());
  const page = await browser.fresh();
  const protocol = await page.context().newCDPSession(page);
  const origin = new URL(page.url()).origin;
  // Without a size it is the browser's own again.
  const limit = (quotaSize) => protocol.send("Storage.overrideQuotaForOrigin", { origin, quotaSize });
  await limit(bytes);
  await page.evaluate(plant, { database: "app", store: "docs", keyPath: "id", records: ids.map((id) => [id, body(id)]) });
  const { usage } = await protocol.send("Storage.getUsageAndQuota", { origin });
  await page.evaluate(async () => {
    const { open } = await import("/restow/index.js");
    globalThis.restow = await open({ sources: [{ database: "app", store: "docs" }], layout: { arrays: [{ path: "items", chunk: 10 }] }, autoCleanup: false });
  });
  return { page, usage, lift: () => limit() };
}

const migrate = (options) =>
  globalThis.restow.migrateAllSessions(options).then(
    ({ success, migrated, errors }) => ({ success, migrated, codes: errors.map(({ code }) => code) }),
    ({ name, code }) => ({ name, code }),
  );

const everything = async (ids) => {
  const { chunked, legacy } = await globalThis.restow.getMigrationStatus({ exact: true });
  const { ok } = await globalThis.restow.verifyAll();
  const bodies = [];
  // Loading tries once more to migrate, where room was left after all.
  for (const id of ids) bodies.push(await globalThis.restow.loadFullSession(id));
  return { counts: [ok, chunked, legacy], bodies };
};

test("however far the quota is lowered, a session is moved as a whole or not at all", async (t) => {
  const reached = [];
  const { usage } = await limited(t);
  for (const room of [6_000, 2_500, 1_500, 1_000, 600, 300, 50]) {
    const { page, lift } = await limited(t, usage + room * KB);
    // So that the browser's own refusal is met, and not the look at its estimate before.
    const found = await page.evaluate(migrate, { headroom: "ignore" });
    if (found.name) assert.deepEqual([found.name, found.code], ["RestowError", "QuotaExceeded"], `${room} KB`);
    else assert.ok(found.success ? found.codes.length === 0 : found.codes.every((code) => code === "QuotaExceeded"), `${room} KB: ${JSON.stringify(found)}`);
    const moved = found.migrated ?? 0;
    reached.push(moved);
    const seen = await page.evaluate(everything, ids);
    assert.deepEqual(seen.bodies, ids.map(body), `${room} KB`);
    assert.deepEqual(seen.counts, [true, moved, COUNT - moved], `${room} KB`);

    await lift();
    const rest = await page.evaluate(migrate);
    assert.equal(rest.success, true, `${room} KB: ${JSON.stringify(rest)}`);
    const { bodies, counts } = await page.evaluate(everything, ids);
    assert.deepEqual([bodies, counts], [ids.map(body), [true, COUNT, 0]], `${room} KB`);
  }
  // All fit at first, none at last, and some in between.
  assert.equal(reached[0], COUNT);
  assert.equal(reached.at(-1), 0);
  assert.ok(reached.some((moved) => moved > 0 && moved < COUNT), `${reached}`);
});
