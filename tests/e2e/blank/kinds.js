// Every kind of source: what the application has planted there, and what has to be left of it once
// sessions `a` and `b` are moved, and once `b` is back. `damaged` stays wherever it is.

import { get, hash31, put, session, sha256, unzip, zip } from "./storage.js";

const json = (id) => JSON.stringify(session(id));
const damaged = '{"serial":12345678901234567890,"id":"damaged","items":[1,2]}';
const around = { version: 3, note: undefined, when: new Date(5), zero: -0 };
const store = { database: "app", store: "docs" };

/** What a record of IndexedDB holds, with what JSON would not tell. */
const shown = (value) => JSON.stringify(value, (key, inner) => (Object.is(inner, -0) ? "-0" : inner === undefined ? "undefined" : inner));

const record = (key) => async () => shown(await get(key));

/** An odd text around a collection; the lone surrogate and the spaces are part of it. */
const state = (collection) => `{ "count" : 12345678901234567890,\r\n\t"count":1.0,"lone":"\ud83d", "state": { "docs":${collection} , "open":[ ]} }\n`;
const spaced = (...members) => `[ ${members.join("\n , ")} ]`;

export const kinds = {
  "a record each": {
    source: { ...store, prefix: "docs/", body: "data" },
    plant: () => put(["docs/a", { data: session("a"), at: 1 }], ["docs/b", { data: session("b"), at: 2 }], ["settings", { theme: "dark" }]),
    read: async () => shown([await get("docs/a"), await get("docs/b"), await get("settings")]),
    left: () => shown([undefined, undefined, { theme: "dark" }]),
    back: () => shown([undefined, { data: session("b"), at: 2 }, { theme: "dark" }]),
  },
  "an array in a wrapper": {
    source: { ...store, key: "docs", body: "data", path: "list" },
    plant: () => put(["docs", { data: { ...around, list: ["no session", session("b"), null, session("a")] }, at: 1 }]),
    read: record("docs"),
    left: () => shown({ data: { ...around, list: ["no session", null] }, at: 1 }),
    back: () => shown({ data: { ...around, list: ["no session", session("b"), null] }, at: 1 }),
  },
  "a map that is the record": {
    source: { ...store, key: 7 },
    plant: () => put([7, { a: session("a"), wrong: session("other"), b: session("b") }]),
    read: record(7),
    left: () => shown({ wrong: session("other") }),
    back: () => shown({ wrong: session("other"), b: session("b") }),
  },
  "an array, emptied, with a checksum": {
    source: { ...store, key: "docs", body: "data", checksum: { path: "meta.sum", rule: "sha256" } },
    async plant() {
      const data = [session("a"), session("b")];
      await put(["docs", { data, meta: { sum: await sha256(JSON.stringify(data)) } }]);
    },
    read: record("docs"),
    left: async () => shown({ data: [], meta: { sum: await sha256("[]") } }),
    back: async () => shown({ data: [session("b")], meta: { sum: await sha256(`[${json("b")}]`) } }),
  },
  "a zipped array with a checksum": {
    source: { ...store, key: "docs", body: "data", gzip: true, checksum: { path: "sum", rule: "hash31" } },
    async plant() {
      const data = await zip(`[${json("a")},${damaged},${json("b")}]`);
      await put(["docs", { data, sum: hash31(data), at: 9 }]);
    },
    async read() {
      const { data, sum, ...rest } = await get("docs");
      return `${await unzip(data)} ${sum === hash31(data)} ${shown(rest)}`;
    },
    left: () => `[${damaged}] true {"at":9}`,
    back: () => `[${damaged},${json("b")}] true {"at":9}`,
  },
  "a key of localStorage each": {
    source: { kind: "localStorage", prefix: "doc:" },
    plant() {
      for (const id of ["a", "b"]) localStorage.setItem(`doc:${id}`, ` ${json(id)}\n`);
      localStorage.setItem("doc:damaged", damaged);
      localStorage.setItem("doc-settings", "{ }");
    },
    read: () => shown(Object.keys(localStorage).sort().map((key) => [key, localStorage.getItem(key)])),
    left: () => shown([["doc-settings", "{ }"], ["doc:damaged", damaged]]),
    back: () => shown([["doc-settings", "{ }"], ["doc:b", ` ${json("b")}\n`], ["doc:damaged", damaged]]),
  },
  "an array inside a text of localStorage": {
    source: { kind: "localStorage", key: "state", path: "state.docs" },
    plant: () => localStorage.setItem("state", state(spaced(json("a"), damaged, json("b")))),
    read: () => localStorage.getItem("state"),
    left: () => state(spaced(damaged)),
    back: () => state(`[ ${damaged},${json("b")} ]`),
  },
  "a map that is a text of localStorage": {
    source: { kind: "localStorage", key: "docs" },
    plant: () => localStorage.setItem("docs", `{"a":${json("a")},"b" : ${json("b")}}`),
    read: () => localStorage.getItem("docs"),
    left: () => "{}",
    back: () => `{"b":${json("b")}}`,
  },
};
