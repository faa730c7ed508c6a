// What an application does with Restow, once through. The test calls `run` and looks at its answer.

import { mayNeedMigration, type MayNeedMigration } from "restow/check";
import { open, type Config, type MigrationStatus, type WorkerUse } from "restow";
import { clear, database, ids, inspect, plant, reading, store, type Reading } from "./application.js";

const config: Config = {
  sources: [{ database, store }],
  layout: { version: 1, label: "title", arrays: [{ path: "samples", chunk: 10 }], parts: ["report"] },
  database: "greenhouse-restow",
};

export interface Answer {
  /** Where the engine was. */
  worker: WorkerUse;
  before: MigrationStatus;
  after: MigrationStatus;
  /** What keys alone tell, before and after. */
  may: MayNeedMigration[];
  errors: number;
  /** Whether each loaded session is what was planted, to the last bit. */
  equal: boolean;
  items: number;
  pieces: string[];
  appended: number;
  application: { version: number; readings: number; settings: number };
}

/** Deep equality in which -0 is not 0 and the order of keys counts. */
function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const [left, right] = [Object.entries(a), Object.entries(b)];
  return (
    Array.isArray(a) === Array.isArray(b) &&
    left.length === right.length &&
    left.every(([key, value], index) => key === right[index]?.[0] && same(value, right[index]?.[1]))
  );
}

async function run(worker: boolean): Promise<Answer> {
  await clear();
  await plant();
  const may = [await mayNeedMigration(config)];
  const restow = await open({ ...config, worker });
  const before = await restow.getMigrationStatus();
  const result = await restow.migrateAllSessions();
  const after = await restow.getMigrationStatus();
  may.push(await mayNeedMigration(config));
  const application = await inspect();

  let equal = true;
  for (const id of ids) equal &&= same(await restow.loadFullSession<Reading>(id), reading(id));

  const handle = await restow.openSession("north-bed");
  if (!handle) throw new Error("north-bed is gone");
  let items = 0;
  for await (const _ of handle.items("samples", { from: 2 })) items += 1;
  const pieces: string[] = [];
  for await (const piece of handle) pieces.push(`${piece.path.join(".")}@${piece.from}`);
  const appended = await handle.append("samples", [{ at: 0, value: 0 }]);

  restow.close();
  return { worker: restow.worker, before, after, may, errors: result.errors.length, equal, items, pieces, appended, application };
}

declare global {
  var run: (worker: boolean) => Promise<Answer>;
}
globalThis.run = run;
