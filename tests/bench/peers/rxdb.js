// RxDB's way: a newer schema with a migration strategy. A document stays a document, so what the strategy
// makes of a session is its skeleton and its pieces in one record. RxDB plants its own format.

import { addRxPlugin, createRxDatabase } from "rxdb/plugins/core";
import { RxDBMigrationSchemaPlugin } from "rxdb/plugins/migration-schema";
import { getRxStorageDexie } from "rxdb/plugins/storage-dexie";
import { cut, join } from "../cut.js";
import { each, using } from "../storage.js";
import { session } from "../data.js";

addRxPlugin(RxDBMigrationSchemaPlugin);

const id = { type: "string", maxLength: 100 };
const schemaOf = (version, properties) => ({ version, primaryKey: "id", type: "object", properties: { id, ...properties }, required: ["id"] });
const jsonType = (value) => (Array.isArray(value) ? "array" : typeof value);

/** The fields of a session, as a schema has to name them. */
const before = () => {
  const { id: _, ...fields } = session(0, 5);
  return schemaOf(0, Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, { type: jsonType(value) }])));
};
const after = schemaOf(1, { skeleton: { type: "object" }, pieces: { type: "array" } });

const migrationStrategies = {
  1: (document) => {
    const { _deleted, _rev, _meta, _attachments, ...body } = document;
    const { skeleton, pieces } = cut(body);
    return { id: body.id, skeleton, pieces, _deleted, _rev, _meta, _attachments };
  },
};

function withDatabase(work) {
  const storage = getRxStorageDexie({ chromeTransactionDurability: "strict" });
  return using(createRxDatabase({ name: "bench-rxdb", storage, multiInstance: false }), work);
}

const migrated = (work) =>
  withDatabase(async (database) => {
    const { sessions } = await database.addCollections({ sessions: { schema: after, migrationStrategies, autoMigrate: false } });
    if (await sessions.migrationNeeded()) await sessions.migratePromise();
    return work(sessions);
  });

export const rxdb = {
  plant: (workload) =>
    withDatabase(async (database) => {
      const { sessions } = await database.addCollections({ sessions: { schema: before() } });
      await each(workload, async (list) => {
        const { error } = await sessions.bulkInsert(list);
        if (error.length > 0) throw new Error(`${error.length} sessions were not planted`);
      });
    }),
  migrate: () => migrated(() => undefined),
  load: (wanted) =>
    migrated(async (sessions) => {
      const { skeleton, pieces } = (await sessions.findOne(wanted).exec()).toJSON();
      return join(skeleton, pieces);
    }),
  count: () => migrated((sessions) => sessions.count().exec()),
  left: () => 0,
};
