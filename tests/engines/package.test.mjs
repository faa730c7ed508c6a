// The package in Firefox and WebKit, as an application uses it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "./support.mjs";

for (const engine of ["firefox", "webkit"]) {
  test(`the package in ${engine}: two kinds of sources, every value as it was`, { timeout: 120_000 }, async (t) => {
    const page = await open(t, engine, "blank");
    const found = await page.call(async () => {
      const request = indexedDB.open("app", 1);
      request.onupgradeneeded = () => request.result.createObjectStore("documents", { keyPath: "id" });
      const db = await new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
      const make = () => ({
        id: "s1",
        title: "Morning",
        pages: Array.from({ length: 120 }, (_, index) => ({ index, at: new Date(index), odd: index % 7 ? undefined : -0 })),
        more: new Map([[NaN, new Set([1n, "two"])]]),
        pixels: new ImageData(2, 1),
        thumbnail: new Blob(["picture"], { type: "image/png" }),
      });
      const transaction = db.transaction("documents", "readwrite");
      transaction.objectStore("documents").put(make());
      await new Promise((resolve) => (transaction.oncomplete = resolve));
      db.close();
      const text = '{ "id": "d1",  "title": "Draft", "pages": [1, 2, 3] }';
      localStorage.setItem("draft:d1", text);

      const { open } = await import("/restow/index.js");
      const restow = await open({
        sources: [{ database: "app", store: "documents" }, { kind: "localStorage", prefix: "draft:" }],
        layout: { label: "title", arrays: [{ path: "pages", chunk: 50 }], parts: ["thumbnail"] },
      });
      const result = await restow.migrateAllSessions();
      const loaded = await restow.loadFullSession("s1");
      let same = true;
      try {
        await restow.verifyDataIntegrity(make(), loaded);
      } catch (error) {
        same = error.message;
      }
      const status = await restow.getMigrationStatus();
      const draft = JSON.stringify(await restow.loadFullSession("d1"));
      const left = localStorage.getItem("draft:d1");
      await restow.rollbackSessionMigration("d1", undefined, { confirm: true });
      const back = localStorage.getItem("draft:d1");
      return {
        errors: result.errors, migrated: result.migrated, rows: result.sessions.map(({ code, reason }) => code && `${code} ${reason}`),
        same, percentage: status.percentage, draft, left, back: back === text,
        picture: await loaded.thumbnail.text(),
      };
    });
    assert.deepEqual(found, {
      errors: [], migrated: 2, rows: [null, null], same: true, percentage: 100,
      draft: '{"id":"d1","title":"Draft","pages":[1,2,3]}', left: null, back: true, picture: "picture",
    });
  });
}
