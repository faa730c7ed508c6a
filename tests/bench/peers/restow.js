// Restow itself.

import { open } from "restow";
import { layout } from "../cut.js";
import { SOURCE, using } from "../storage.js";

export const configuration = { sources: [{ database: SOURCE, store: "sessions" }], layout };

/** Works with an open Restow. */
export const withRestow = (work, more = {}) => using(open({ ...configuration, ...more }), work);

const peer = (more) => ({
  migrate: () =>
    withRestow(async (restow) => {
      const result = await restow.migrateAllSessions();
      if (!result.success) throw new Error(`${result.errors.length} sessions failed: ${result.errors[0].code}`);
      if (more.worker && !restow.worker.active) throw new Error(`there is no worker: ${restow.worker.note}`);
      return result.sessions?.map(({ phases }) => phases);
    }, more),
  migrateOne: (id) =>
    withRestow(async (restow) => {
      const { outcome, code } = await restow.migrateSessionToChunked(id);
      if (outcome !== "migrated") throw new Error(`${outcome}: ${code}`);
    }, more),
  load: (id) => withRestow((restow) => restow.loadFullSession(id), more),
  count: () => withRestow(async (restow) => (await restow.getMigrationStatus()).chunked, more),
});

export const restow = peer({});

/** The same with its engine in a worker. */
export const inWorker = peer({ worker: true });
