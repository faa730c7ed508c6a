// `npm run build`, and what `npm pack` runs first: brings dist/ up to date.

import { ensurePackage } from "./lib/build.mjs";
import { main } from "./lib/log.mjs";

await main(ensurePackage);
