// Restow itself.

import { open } from "restow";
import { layout } from "../cut.js";
import { SOURCE } from "../storage.js";

export const configuration = { sources: [{ database: SOURCE, store: "sessions" }], layout };

/** Works with an open Restow. */
export async function withRestow(work) {
  const restow = await open(configuration);
  try {
    return await work(restow);
  } finally {
    restow.close();
  }
}

export const restow = {
  migrate: () =>
    withRestow(async (restow) => {
      const result = await restow.migrateAllSessions();
      if (!result.success) throw new Error(`${result.errors.length} sessions failed: ${result.errors[0].code}`);
      return result.sessions?.map(({ phases }) => phases);
    }),
  migrateOne: (id) =>
    withRestow(async (restow) => {
      const { outcome, code } = await restow.migrateSessionToChunked(id);
      if (outcome !== "migrated") throw new Error(`${outcome}: ${code}`);
    }),
  load: (id) => withRestow((restow) => restow.loadFullSession(id)),
  count: () => withRestow(async (restow) => (await restow.getMigrationStatus()).chunked),
};
