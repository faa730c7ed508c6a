// What a page loads, gzipped.

import { gzippedCheck, gzippedSize } from "../lib/build.mjs";

/** Bytes of the package, and of its light entry. */
export const packageSizes = () => ({ code: gzippedSize(), check: gzippedCheck() });
