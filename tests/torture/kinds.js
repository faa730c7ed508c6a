// Kinds of sources in IndexedDB: what the application has there, and where a session lies in it.

import { planted } from "./states.js";
import { sha256, unzip, zip } from "./storage.js";

const items = (id, count) => Array.from({ length: count }, (_, index) => ({ index, text: `${id} ${index}`, at: new Date(index) }));

/** Whether sessions have Blobs: `blobs=0` in the address of a page goes on to its workers and frames. */
export const withBlobs = new URLSearchParams(location.search).get("blobs") !== "0";

/** A session with a bit of everything that structured cloning keeps and JSON does not. No piece of it is another one's. */
export const session = (id, more = {}) => {
  const twice = { deep: [[]], of: id };
  const list = [[twice, twice], , `third of ${id}`, -0]; // eslint-disable-line no-sparse-arrays
  return {
    unknown: undefined, id, name: `Session ${id}`, items: items(id, 25), inner: { list, note: "\ud83d alone" },
    summary: new Map([["seen", new Set([1, NaN, -0, "x"])], [{ key: 1 }, 12n]]),
    bytes: new Uint8Array([1, 2, 3]), ...(withBlobs && { blob: new Blob([`blob of ${id}`], { type: "text/plain" }) }), nothing: null, empty: [], ...more,
  };
};

/** A session that JSON text can hold. */
export const plain = (id, more = {}) => ({
  id, name: `Session ${id}`, items: Array.from({ length: 25 }, (_, index) => ({ index, text: `${id} ${index}` })),
  inner: { list: [id, null, `third of ${id}`] }, summary: { of: id }, ...more,
});

const neighbour = ["settings", { theme: "dark", opened: new Date(7) }];
const value = (records, key) => records.find(([found]) => indexedDB.cmp(found, key) === 0)?.[1];

/**
 * `plant(bodies)` is what the application has stored, `find(records, id)` the session in a source as
 * it lies there now, `edit(records, id, body)` the record with which the application replaces it.
 */
const parsed = (text) => (text === undefined ? undefined : JSON.parse(text));
const isOf = (app) => (key) => key === app || key.startsWith(`${app}:`);

/** localStorage as records of one application, told from those of others by its name. */
export const texts = {
  put(app, records) {
    for (const [key, text] of records) localStorage.setItem(key, text);
  },
  dump: (app) => ({ docs: Object.keys(localStorage).filter(isOf(app)).sort().map((key) => [key.slice(app.length), localStorage.getItem(key)]) }),
  drop: (app) => Object.keys(localStorage).filter(isOf(app)).forEach((key) => localStorage.removeItem(key)),
};

export const kinds = {
  rows: {
    body: session,
    source: (database) => ({ database, store: "docs", prefix: "docs/", body: "data" }),
    plant: (bodies) => [...bodies.map((body) => [`docs/${body.id}`, { data: body, at: 1 }]), neighbour],
    find: (records, id) => value(records, `docs/${id}`)?.data,
    edit: (records, id, body) => [[`docs/${id}`, { data: body, at: 2 }]],
  },
  array: {
    body: session,
    source: (database) => ({ database, store: "docs", key: "docs", body: "data", path: "list" }),
    plant: (bodies) => [["docs", { data: { version: 3, list: ["no session", ...bodies, null], zero: -0 }, at: 1 }], neighbour],
    find: (records, id) => value(records, "docs")?.data.list.find((one) => one?.id === id),
    edit(records, id, body) {
      const record = value(records, "docs");
      const list = record.data.list.filter((one) => one?.id !== id);
      return [["docs", { ...record, data: { ...record.data, list: [...list, body] } }]];
    },
  },
  map: {
    body: session,
    source: (database) => ({ database, store: "docs", key: 7 }),
    plant: (bodies) => [[7, Object.fromEntries([["wrong", { id: "other" }], ...bodies.map((body) => [body.id, body])])], neighbour],
    find: (records, id) => value(records, 7)?.[id],
    edit: (records, id, body) => [[7, { ...value(records, 7), [id]: body }]],
  },
  checksum: {
    body: plain,
    source: (database) => ({ database, store: "docs", key: "docs", body: "data", checksum: { path: "meta.sum", rule: "sha256" } }),
    plant: async (bodies) => [["docs", { data: bodies, meta: { sum: await sha256(JSON.stringify(bodies)) } }], neighbour],
    find: (records, id) => value(records, "docs")?.data.find((one) => one.id === id),
    async edit(records, id, body) {
      const data = [...value(records, "docs").data.filter((one) => one.id !== id), body];
      return [["docs", { data, meta: { sum: await sha256(JSON.stringify(data)) } }]];
    },
  },
  zipped: {
    body: plain,
    source: (database) => ({ database, store: "docs", key: "docs", body: "data", gzip: true }),
    plant: async (bodies) => [["docs", { data: await zip(JSON.stringify(bodies)), at: 9 }], neighbour],
    find: async (records, id) => JSON.parse(await unzip(value(records, "docs").data)).find((one) => one.id === id),
    async edit(records, id, body) {
      const all = JSON.parse(await unzip(value(records, "docs").data)).filter((one) => one.id !== id);
      return [["docs", { data: await zip(JSON.stringify([...all, body])), at: 10 }]];
    },
  },
  "a key each": {
    local: true,
    body: plain,
    source: (app) => ({ kind: "localStorage", prefix: `${app}:` }),
    plant: (bodies, app) => bodies.map((body) => [`${app}:${body.id}`, ` ${JSON.stringify(body)}\n`]),
    find: (records, id) => parsed(value(records, `:${id}`)),
    edit: (records, id, body, app) => [[`${app}:${id}`, JSON.stringify(body)]],
  },
  "inside one text": {
    local: true,
    body: plain,
    source: (app) => ({ kind: "localStorage", key: app, path: "state.docs" }),
    plant: (bodies, app) => [[app, `{ "count" : 12345678901234567890, "state": { "docs":${JSON.stringify(bodies)} , "open":[ ]} }\n`]],
    find: (records, id) => parsed(value(records, ""))?.state.docs.find((one) => one.id === id),
    edit(records, id, body, app) {
      const state = parsed(value(records, ""));
      const docs = [...state.state.docs.filter((one) => one.id !== id), body];
      return [[app, JSON.stringify({ ...state, state: { ...state.state, docs } })]];
    },
  },
  // Sessions, a key each, and beside them what else an application keeps there.
  state: {
    local: true,
    body: plain,
    source: (app) => ({ kind: "localStorage", prefix: `${app}:doc-` }),
    plant: (bodies, app) => [...bodies.map((body) => [`${app}:doc-${body.id}`, JSON.stringify(body)]), ...Object.entries(planted).map(([end, text]) => [`${app}${end}`, text])],
    find: (records, id) => parsed(value(records, `:doc-${id}`)),
    edit: (records, id, body, app) => [[`${app}:doc-${id}`, JSON.stringify(body)]],
  },
};

/** What is deleted and put back by hand has no Blobs: engines lose those whose record is gone. */
kinds["rows without Blobs"] = { ...kinds.rows, body: (id) => session(id, { blob: null }) };
