// The entry of the package beside a stand-in for the WebAssembly module.

import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, test } from "node:test";
import { pathToFileURL } from "node:url";
import { at } from "../../scripts/lib/paths.mjs";

const folder = mkdtempSync(join(tmpdir(), "restow-entry-"));
copyFileSync(at("js", "index.js"), join(folder, "index.js"));
writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
writeFileSync(
  join(folder, "restow.js"),
  `let starts = 0;
   export default async function init() {
     starts += 1;
     if (globalThis.failStarts > 0) {
       globalThis.failStarts -= 1;
       throw new TypeError("Failed to fetch");
     }
   }
   export class SessionHandle {
     id = "s1";
     constructor(body, places) {
       Object.assign(this, { body, places, reads: [] });
     }
     async read(path, range) {
       this.reads.push(range);
       const value = this.body[typeof path === "string" ? path : path.join(".")];
       if (!range) return value;
       if (range.from < 0) throw new RangeError("no range");
       if (!Array.isArray(value)) throw new TypeError("no array");
       return value.slice(range.from, range.to);
     }
   }
   export const open = (config) => ({ config, starts: () => starts, SessionHandle });`,
);
const { isRestowError, open } = await import(pathToFileURL(join(folder, "index.js")));

const inBrowser = () => Object.assign(globalThis, { indexedDB: {} });

afterEach(() => delete globalThis.indexedDB);
after(() => rmSync(folder, { recursive: true }));

const numbers = (count) => Array.from({ length: count }, (_, index) => index);

async function collect(iterable) {
  const items = [];
  for await (const item of iterable) items.push(item);
  return items;
}

async function handle(body, places) {
  inBrowser();
  const { SessionHandle } = await open({});
  return new SessionHandle(body, places);
}

const array = (path, length, chunk) => ({ path: path.split("."), kind: "array", length, chunk });

test("without IndexedDB, open rejects and loads nothing", async () => {
  const error = await open({}).catch((reason) => reason);
  assert.ok(isRestowError(error));
  assert.ok(error instanceof Error);
  assert.equal(error.code, "StorageUnavailable");
  assert.equal(error.retryable, false);
  assert.match(error.stack, /^RestowError: IndexedDB is not available/);
});

test("a load that failed is tried again, and one that went well is not", async () => {
  inBrowser();
  globalThis.failStarts = 1;
  const error = await open({}).catch((reason) => reason);
  assert.equal(error.code, "LoadFailed");
  assert.equal(error.retryable, true);
  assert.match(error.cause.message, /Failed to fetch/);
  const [first, second] = await Promise.all([open({ database: "a" }), open({ database: "b" })]);
  assert.deepEqual([first.config.database, second.config.database], ["a", "b"]);
  assert.equal(second.starts(), 2);
});

test("only what calls itself a RestowError is one", () => {
  for (const value of [null, undefined, "RestowError", new Error("x"), { name: "RestowError" }]) {
    assert.equal(isRestowError(value), false);
  }
  assert.equal(isRestowError({ name: "RestowError", code: "Closed" }), true);
});

test("items are read chunk by chunk, aligned with the chunks", async () => {
  const session = await handle({ "video.chunks": numbers(45) }, [array("video.chunks", 45, 20)]);
  assert.deepEqual(await collect(session.items("video.chunks")), numbers(45));
  assert.deepEqual(session.reads, [{ from: 0, to: 20 }, { from: 20, to: 40 }, { from: 40, to: 45 }]);
  session.reads.length = 0;
  assert.deepEqual(await collect(session.items(["video", "chunks"], { from: 18, to: 99 })), numbers(45).slice(18));
  assert.deepEqual(session.reads, [{ from: 18, to: 20 }, { from: 20, to: 40 }, { from: 40, to: 45 }]);
});

test("who stops early loads no further chunk", async () => {
  const session = await handle({ shots: numbers(100) }, [array("shots", 100, 10)]);
  for await (const item of session.items("shots")) if (item === 3) break;
  assert.equal(session.reads.length, 1);
});

test("empty ranges read nothing", async () => {
  const session = await handle({ shots: numbers(10), none: [] }, [array("shots", 10, 4), array("none", 0, 4)]);
  assert.deepEqual(await collect(session.items("shots", { from: 10 })), []);
  assert.deepEqual(await collect(session.items("shots", { from: 5, to: 5 })), []);
  assert.deepEqual(await collect(session.items("none")), []);
  assert.deepEqual(session.reads, []);
});

test("an odd range, and what is no array, is left to the module to refuse", async () => {
  const session = await handle({ shots: numbers(10), name: "Morning" }, [array("shots", 10, 4)]);
  await assert.rejects(collect(session.items("shots", { from: -3 })), /no range/);
  await assert.rejects(collect(session.items("name")), /no array/);
});

test("an array that is not chunked is read at once", async () => {
  const session = await handle({ tags: ["a", "b", "c"] }, []);
  assert.deepEqual(await collect(session.items("tags")), ["a", "b", "c"]);
  assert.deepEqual(await collect(session.items("tags", { from: 1 })), ["b", "c"]);
  assert.deepEqual(await collect(session.items("tags", null)), ["a", "b", "c"]);
});

test("a handle yields each chunk and part in turn", async () => {
  const session = await handle({ shots: numbers(3), summary: { a: 1 } }, [
    array("shots", 3, 2),
    { path: ["summary"], kind: "part", length: null },
  ]);
  assert.deepEqual(await collect(session), [
    { path: ["shots"], from: 0, value: [0, 1] },
    { path: ["shots"], from: 2, value: [2] },
    { path: ["summary"], from: null, value: { a: 1 } },
  ]);
});
