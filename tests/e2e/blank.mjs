// A browser at an empty page that can import the package, for tests that need no more than that.

import { test } from "node:test";
import { openChromium } from "../../scripts/lib/browsers.mjs";
import { at, dist } from "../../scripts/lib/paths.mjs";
import { serve } from "../../scripts/lib/serve.mjs";

/** Whether tests run with the engine in a worker; see worker-*.test.mjs. */
export const inWorker = process.env.RESTOW_WORKER === "1";

/** A test that exchanges what the page has of IndexedDB or of time, which means nothing to a worker. */
export const testOfPage = inWorker ? () => {} : test;

/** The package as tests import it, with a worker for every configuration. */
const WITH_WORKER = `import * as restow from "/package/index.js";
export const { isRestowError } = restow;
export const open = async (config) => {
  const instance = await restow.open({ worker: true, ...config });
  if (!instance.worker.active) throw new Error(instance.worker.note);
  return instance;
};`;

const routes = {
  "GET /restow/index.js": (_, response) => response.writeHead(200, { "Content-Type": "text/javascript", "Cache-Control": "no-store" }).end(WITH_WORKER),
};

/**
 * Starts server and browser, in a zone and with headers if they are given; `fresh` opens the page in a storage of
 * its own.
 */
export async function start({ timezoneId, headers } = {}) {
  const mounts = { "/": at("tests", "e2e", "blank"), "/restow/": dist, "/package/": dist };
  const server = await serve({ mounts, headers, routes: inWorker ? routes : {} });
  const browser = await openChromium({ timezoneId });
  return {
    async fresh() {
      const page = await browser.context.newPage();
      // What a failed test left open would block the databases of the next one.
      for (const other of browser.context.pages()) if (other !== page) await other.close();
      await page.goto(server.url);
      await page.evaluate(async () => {
        localStorage.clear();
        for (const { name } of await indexedDB.databases()) {
          await new Promise((resolve, reject) => {
            const request = indexedDB.deleteDatabase(name);
            request.onsuccess = resolve;
            request.onerror = () => reject(request.error);
            request.onblocked = () => reject(new Error(`${name} is still open`));
          });
        }
      });
      return page;
    },
    /** One more page on the same storage; `init` runs in it before anything else. */
    async another(init = () => {}) {
      const page = await browser.context.newPage();
      await page.addInitScript(init);
      await page.goto(server.url);
      return page;
    },
    async stop() {
      await browser.close();
      await server.close();
    },
  };
}

/** Runs in the page: puts records into a store of an application's database. */
export async function plant({ database, store, keyPath, records, others = [] }) {
  const db = await new Promise((resolve, reject) => {
    const request = indexedDB.open(database, 1);
    request.onupgradeneeded = () => {
      for (const name of [store, ...others]) request.result.createObjectStore(name, keyPath ? { keyPath } : {});
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  await new Promise((resolve, reject) => {
    const transaction = db.transaction(store, "readwrite");
    for (const [key, record] of records) {
      transaction.objectStore(store).put(record, ...(keyPath ? [] : [key]));
    }
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
  });
  db.close();
}
