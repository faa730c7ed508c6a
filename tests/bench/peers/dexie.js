// Dexie's way: a second version with an upgrade function. All of it is one transaction of the browser's.

import Dexie from "dexie";
import { cut, join } from "../cut.js";
import { done, SOURCE, using } from "../storage.js";

async function opened() {
  const database = new Dexie(SOURCE, { chromeTransactionDurability: "strict" });
  database.version(1).stores({ sessions: "id" });
  database
    .version(2)
    .stores({ sessions: "id", manifests: "id", chunks: "[session+path+index]" })
    .upgrade(async (transaction) => {
      for (const id of await transaction.table("sessions").toCollection().primaryKeys()) {
        const { skeleton, pieces } = cut(await transaction.table("sessions").get(id));
        await transaction.table("chunks").bulkAdd(pieces.map((piece) => ({ session: id, ...piece })));
        await transaction.table("manifests").add({ id, skeleton });
        await transaction.table("sessions").delete(id);
      }
    });
  await database.open();
  return database;
}

const withDatabase = (work) => using(opened(), work);

/** The upgrade's durability can't be chosen, so a small strict transaction follows it. */
async function flush(database) {
  const transaction = database.backendDB().transaction("manifests", "readwrite", { durability: "strict" });
  transaction.objectStore("manifests").put({ id: "", skeleton: null });
  transaction.objectStore("manifests").delete("");
  await done(transaction);
}

export const dexie = {
  migrate: () => withDatabase(flush),
  load: (id) =>
    withDatabase(async (database) => {
      const pieces = await database.table("chunks").where("[session+path+index]").between([id, Dexie.minKey, Dexie.minKey], [id, Dexie.maxKey, Dexie.maxKey]).toArray();
      return join((await database.table("manifests").get(id)).skeleton, pieces);
    }),
  count: () => withDatabase((database) => database.table("manifests").count()),
};
