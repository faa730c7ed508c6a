// What a page loads, gzipped, and what it is made of.

import { existsSync, readFileSync } from "node:fs";
import { gzippedCheck, gzippedSize } from "../lib/build.mjs";
import { at } from "../lib/paths.mjs";
import { wasmTarget } from "../lib/tools.mjs";
import { shares } from "./parts.mjs";

/** As cargo built it, with names. */
const NAMED = at("target", wasmTarget, "release", "restow.wasm");

/** Bytes of the package and of its light entry, and of whose code the module is, if that can be told. */
export const packageSizes = () => ({ code: gzippedSize(), check: gzippedCheck(), parts: existsSync(NAMED) ? shares(readFileSync(NAMED)) : null });
