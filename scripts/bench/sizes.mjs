// What a page loads, gzipped.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { dist } from "../lib/paths.mjs";

const gzipped = (name) => gzipSync(readFileSync(join(dist, name)), { level: 9 }).length;

/** Bytes of the package and of its light entry, `null` where that is not there. */
export function packageSizes() {
  const code = ["index.js", "restow.js", "restow_bg.wasm"].map(gzipped);
  return { code: code.reduce((sum, bytes) => sum + bytes, 0), check: existsSync(join(dist, "check.js")) ? gzipped("check.js") : null };
}
