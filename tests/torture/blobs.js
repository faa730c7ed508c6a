// Blobs that move: they are read from one record, put into others, and the first record goes.

import { open } from "/restow/index.js";
import { dropAll, each, newNames, watched } from "./lab.js";
import { Tally, reportRow } from "./report.js";
import { dump, put } from "./storage.js";

const ids = ["a", "b", "c"];
const contents = (id) => `blob of ${id}`;
const record = (id) => ({ data: { id, blob: new Blob([contents(id)]), items: [new Blob([contents(id)])] }, at: 1 });

/** Counts Blobs that can't be read any more. A second look tells a failure that stays from one that passes. */
async function look(blob, id, tally, how) {
  const read = () => blob.text().catch(({ name }) => name);
  if ((await read()) === contents(id)) return;
  await new Promise((resolve) => setTimeout(resolve, 100));
  const found = await read();
  if (found !== contents(id)) tally.count("lost", `${how}: the Blob of ${id} gives ${found}`);
}

/** The same with nothing but puts and gets: what the engine itself makes of it. */
async function byHand(names, tally) {
  for (const id of ids) {
    const { data } = new Map((await dump(names.app)).docs).get(`docs/${id}`);
    await look(data.blob, id, tally, "by hand, before");
    await put(names.own, [[`backup ${id}`, { data }], [id, data]]);
    await put(names.app, [[`docs/${id}`, undefined]]);
  }
  const left = new Map((await dump(names.own)).docs);
  for (const id of ids) await look(left.get(id).blob, id, tally, "by hand");
}

async function byRestow(names, tally) {
  const source = { database: names.app, store: "docs", prefix: "docs/", body: "data" };
  const restow = await open({ database: names.own, sources: [source], layout: { arrays: [{ path: "items", chunk: 1 }] }, autoCleanup: false });
  const { migrated } = await restow.migrateAllSessions();
  if (migrated !== ids.length) tally.count("undetected", `only ${migrated} were migrated`);
  for (const id of ids) {
    try {
      const { blob, items } = await restow.loadFullSession(id);
      await look(blob, id, tally, "by Restow");
      await look(items[0], id, tally, "by Restow, in a chunk");
    } catch (error) {
      tally.count("lost", `${id} can't be loaded: ${error.code} ${error.message}`);
    }
  }
  restow.close();
}

export async function blobs({ rounds = 40 }) {
  for (const [name, way] of [["moved by Restow", byRestow], ["moved by hand, without Restow", byHand]]) {
    const tally = new Tally(`Blobs: ${name}`, { control: way === byHand });
    await each(Array.from({ length: rounds }, (_, round) => round), async (round) => {
      const names = newNames();
      tally.point();
      await watched(tally, `round ${round}`, async () => {
        await put(names.app, ids.map((id) => [`docs/${id}`, record(id)]));
        await way(names, tally);
        await dropAll(names);
      });
    });
    await reportRow(tally);
  }
}
