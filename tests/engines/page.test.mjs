// The page in Firefox and WebKit: samples, a rehearsal, a migration, a rollback.

import assert from "node:assert/strict";
import { test } from "node:test";
import { open, until } from "./support.mjs";

const label = "Launch day";

for (const engine of ["firefox", "webkit"]) {
  test(`the page in ${engine}: rehearse, migrate, roll back`, { timeout: 180_000 }, async (t) => {
    const page = await open(t, engine, "page");
    const idle = () => until(page, () => document.querySelector("#job").hidden);
    const press = async (selector) => {
      await page.call((selector) => document.querySelector(selector).click(), selector);
      await idle();
    };
    const figures = () =>
      page.call(() =>
        Object.fromEntries([...document.querySelectorAll("#figures .figure")].map((one) => [one.querySelector("dt").textContent, one.querySelector("dd").textContent])));
    const databases = () => page.call(async () => (await indexedDB.databases()).map(({ name }) => name).sort());
    await until(page, () => document.querySelector('#main:not([data-state="loading"])') !== null);
    await press('[data-plant="small"]');
    await until(page, () => !document.querySelector("#sessions").hidden);
    const before = await figures();
    assert.deepEqual([before.Sessions, before["To migrate"], before.Done], ["16", "11", "0 %"]);

    await press("#rehearse");
    assert.deepEqual(await databases(), ["taskerino-db"], "a rehearsal creates no database");

    await press("#migrate");
    const after = await figures();
    assert.deepEqual([after.Chunked, after["To migrate"], after.Quarantined], ["11", "0", "5"]);
    assert.deepEqual(await databases(), ["restow", "taskerino-db"]);
    const changed = await page.call(async () => {
      const { instance, samplePlan } = globalThis.restowDemo;
      const ids = [];
      for (const row of samplePlan("small").filter((one) => one.expected === "migrated")) {
        const loaded = await instance.loadFullSession(row.id);
        if (JSON.stringify(loaded) !== JSON.stringify(row.make())) ids.push(row.id);
      }
      return ids;
    });
    assert.deepEqual(changed, [], "what was migrated is what was planted");

    await page.call((label) => {
      const row = [...document.querySelectorAll("#sessions tr")].find((tr) => tr.querySelector(".name")?.textContent === label);
      row.querySelector('[data-action="rollback"]').click();
    }, label);
    await until(page, () => document.querySelector("dialog[open] .preview dd") !== null);
    await page.call(() => document.querySelector('dialog [data-answer="yes"]').click());
    await until(page, (label) => document.querySelector("#news").textContent.includes(`“${label}” is back`), label);
    await idle();
    assert.equal((await figures()).Chunked, "10");
    assert.deepEqual(await page.call(() => globalThis.problems), [], "the console held errors");
  });
}
