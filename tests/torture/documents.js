// Real documents of other people, as large as they come: migrated, loaded, read in pieces and put back.

import { open } from "/restow/index.js";
import { dropAll, newNames, watched } from "./lab.js";
import { same } from "./oracle.js";
import { Tally, report, reportRow } from "./report.js";
import { dump, put, zip } from "./storage.js";

/** Each with what is long in it. A map becomes an array of its entries, as an application would keep it. */
const documents = {
  "browser compatibility": { file: "compat/data.json", body: (data) => ({ api: Object.entries(data.api), rest: { ...data, api: null } }), arrays: [{ path: "api", chunk: 100 }], parts: [["rest", "css"], ["rest", "javascript"]] },
  "map of the world": { file: "atlas/countries-10m.json", body: (data) => data, arrays: [{ path: "arcs", chunk: 500 }, { path: "objects.countries.geometries", chunk: 50 }], parts: ["transform"] },
  "emoji": { file: "emoji/data-by-emoji.json", body: (data) => ({ list: Object.values(data), byName: structuredClone(data) }), arrays: [{ path: "list", chunk: 200 }], parts: ["byName"] },
};

const forms = {
  "as a value": { wrap: (body) => body },
  "as zipped text": { gzip: true, wrap: (body) => zip(JSON.stringify(body)) },
};

async function roundTrip(name, { file, body: make, arrays, parts }, { wrap, gzip }, tally) {
  const names = newNames();
  const body = { id: "d", ...make(await (await fetch(`/documents/${file}`)).json()) };
  await put(names.app, [["docs/d", { data: await wrap(body), at: 1 }]]);
  const [, before] = (await dump(names.app)).docs[0];
  const source = { database: names.app, store: "docs", prefix: "docs/", body: "data", gzip };
  const restow = await open({ database: names.own, sources: [source], layout: { arrays, parts }, autoCleanup: false });
  const compare = async (wanted, found, when) => {
    tally.point();
    const where = await same(wanted, found);
    if (where) tally.count("torn", `${name}, ${when}: ${where}`);
    await report({ type: "alive" });
  };
  const { migrated, sessions } = await restow.migrateAllSessions();
  if (migrated !== 1) tally.count("undetected", `${name} was not migrated: ${sessions.map(({ code, reason }) => `${code} ${reason}`)}`);
  await compare(body, await restow.loadFullSession("d"), "loaded");
  const handle = await restow.openSession("d");
  const [{ path }] = arrays;
  const whole = path.split(".").reduce((value, key) => value[key], body);
  const read = [];
  for await (const item of handle.items(path)) read.push(item);
  await compare(whole, read, "read item by item");
  await restow.rollbackSessionMigration("d", undefined, { confirm: true });
  const [, after] = (await dump(names.app)).docs[0];
  await compare(before, after, "put back");
  restow.close();
  await dropAll(names);
}

export async function realDocuments() {
  const tally = new Tally("values: real documents");
  for (const [name, document] of Object.entries(documents)) {
    for (const [form, how] of Object.entries(forms)) await watched(tally, `${name}, ${form}`, () => roundTrip(`${name}, ${form}`, document, how, tally));
  }
  await reportRow(tally);
}
