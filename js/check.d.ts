import type { Config, Source } from "./index.js";

/** What keys alone tell of a migration. */
export type MayNeedMigration = "yes" | "no" | "maybe";

/**
 * Whether a run would have anything to move, capture or carry, told without loading any WebAssembly: cheap
 * enough to be asked at every start, before Restow is loaded. Takes the configuration that `open` takes, or its
 * sources alone. Reads keys and no record, creates no database, and changes nothing.
 *
 * `"no"`: `checkMigrationNeeded()` would not say `"yes"`. `"yes"`: keys of sessions are there, and Restow has
 * never moved any; whether each body is sound only a run can tell. `"maybe"`: keys do not tell, so open Restow
 * and ask `checkMigrationNeeded()`. It is the answer for a record that holds many sessions, for keys that a
 * registry tells, for what is still in a source after an earlier run, for a layout whose version was raised,
 * and for what can't be read.
 *
 * Never rejects, and answers within ten seconds.
 */
export function mayNeedMigration(config: Config | readonly Source[]): Promise<MayNeedMigration>;
