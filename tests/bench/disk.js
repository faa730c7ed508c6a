// What the browser says that it stores.

import { open } from "restow";
import { configuration } from "./peers/restow.js";
import { clear, wait } from "./storage.js";

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
