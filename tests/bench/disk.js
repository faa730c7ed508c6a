// What the browser says that it stores.

import { open } from "restow";
import { cut } from "./cut.js";
import { configuration } from "./peers/restow.js";
import { clear, done, each, settled, wait } from "./storage.js";

const STEP_MS = 500;

/** Bytes by `navigator.storage.estimate()`, once they stand still. */
export async function disk({ empty = false, patience = 5_000 }) {
  if (empty) await clear();
  let last = -1;
  for (let waited = 0; waited < patience; waited += STEP_MS) {
    const { usage } = await navigator.storage.estimate();
    if (usage === last) break;
    last = usage;
    await wait(STEP_MS);
  }
  return last;
}

/** Migrates and keeps the originals, so that what comes on top is what Restow stores. */
export async function kept() {
  const restow = await open({ ...configuration, originals: "keep" });
  const { success } = await restow.migrateAllSessions();
  restow.close();
  if (!success) throw new Error("the migration failed");
}

const json = (value) => new TextEncoder().encode(JSON.stringify(value));
const gzip = async (value) => new Uint8Array(await new Response(new Blob([json(value)]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer());

/** What a piece may be stored as. */
const forms = { values: (value) => value, json, gzip };

/** Chunks and backup of each session by hand, in another form. Milliseconds that encoding takes, in all. */
export async function byHand({ form, workload }) {
  const request = indexedDB.open(`bench-${form}`, 1);
  request.onupgradeneeded = () => ["chunks", "backups"].forEach((name) => request.result.createObjectStore(name, { autoIncrement: true }));
  const database = await settled(request);
  let ms = 0;
  await each(workload, async (sessions) => {
    for (const session of sessions) {
      const start = performance.now();
      const pieces = await Promise.all(cut(session).pieces.map(({ value }) => forms[form](value)));
      ms += performance.now() - start;
      const transaction = database.transaction(["chunks", "backups"], "readwrite", { durability: "strict" });
      for (const piece of pieces) transaction.objectStore("chunks").put(piece);
      transaction.objectStore("backups").put(pieces);
      await done(transaction);
    }
  });
  database.close();
  return ms;
}
