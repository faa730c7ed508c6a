// Where things lie.

import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** A path below the root. */
export const at = (...parts) => join(root, ...parts);

/** The built package. */
export const dist = at("dist");

/** The page. */
export const www = at("www");

/** Short-lived files of our own; ignored by git. */
export const scratch = at(".tools");

/** What one user keeps for all clones. */
export const userCache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "restow");
