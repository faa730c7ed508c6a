// `npm start`: builds what is missing and serves the page. With `--headless`: does the page's main
// job in a browser without a window and says whether every session ended as it should.

import { parseArgs } from "node:util";
import { ensurePackage } from "./lib/build.mjs";
import { runHeadless } from "./lib/headless.mjs";
import { Problem, main } from "./lib/log.mjs";
import { ensurePrograms } from "./lib/programs.mjs";
import { serve } from "./lib/serve.mjs";

const preferredPort = 4173;

function options() {
  try {
    const { values } = parseArgs({ options: { headless: { type: "boolean", default: false } } });
    return values;
  } catch (error) {
    throw new Problem(`${error.message}\nnpm start [-- --headless]`);
  }
}

/** Serves until someone presses Ctrl-C. */
async function serveUntilStopped() {
  const server = await serve({ port: preferredPort });
  console.log(`\n  Open ${server.url} in a browser. Ctrl-C stops the server.\n`);
  await new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, resolve);
  });
  await server.close();
  console.log("  Stopped.");
}

await main(async () => {
  const { headless } = options();
  console.log("Restow");
  await ensurePackage();
  if (!headless) return serveUntilStopped();
  await ensurePrograms("Chromium", ["chromium"]);
  return runHeadless();
});
