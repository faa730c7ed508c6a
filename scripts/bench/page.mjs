// The page of the benchmark: built, served, opened in an engine, and given one job after the other.

import { setTimeout as delay } from "node:timers/promises";
import { Problem } from "../lib/log.mjs";
import { openEngine } from "../lib/open.mjs";
import { at, dist } from "../lib/paths.mjs";
import { serve } from "../lib/serve.mjs";
import { temporaryFolder } from "../lib/temporary.mjs";

/** Longer than any job may take. */
const PATIENCE_MS = 3_600_000;

/** Makes the clocks of the page exact. */
const isolated = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

/**
 * Builds the page with all peers into a folder of its own.
 *
 * @param {{ minify?: boolean, from?: string }} [options]
 * @returns {Promise<{ path: string, remove: () => Promise<void> }>}
 */
export async function buildPage({ minify = true, from = dist } = {}) {
  const { build } = await import("vite");
  const folder = temporaryFolder("bench");
  await build({
    configFile: false, root: at("tests", "bench"), logLevel: "error", publicDir: false,
    resolve: { alias: { restow: `${from}/index.js` } },
    build: { outDir: folder.path, emptyOutDir: true, target: "esnext", minify, chunkSizeWarningLimit: 4_000 },
  });
  return folder;
}

/** What a page asks for, and what it answers: one job at a time. */
function conversation() {
  let [asked, answered, waiting] = [null, null, null];
  const pass = () => {
    if (!asked || !waiting) return;
    waiting.writeHead(200, { "Content-Type": "application/json", ...isolated }).end(JSON.stringify(asked));
    [asked, waiting] = [null, null];
  };
  const routes = {
    "GET /next": (request, response) => {
      waiting = response;
      // Of a page that is gone.
      response.on("close", () => (waiting = waiting === response ? null : waiting));
      pass();
    },
    "POST /report": async (request, response) => {
      let text = "";
      for await (const part of request.setEncoding("utf8")) text += part;
      response.writeHead(204, isolated).end();
      answered?.(JSON.parse(text));
    },
  };
  const ask = async (job) => {
    const answer = new Promise((resolve) => (answered = resolve));
    asked = job;
    pass();
    const late = new AbortController();
    const never = delay(PATIENCE_MS, { error: "the page did not answer" }, { signal: late.signal }).catch(() => ({}));
    const { value, error } = await Promise.race([answer, never]);
    late.abort();
    if (error) throw new Problem(error);
    return value;
  };
  return { routes, ask };
}

/**
 * Opens the page in a new profile. `ask` gives it a job and resolves to what came of it, or rejects with
 * the page's own words. In Chromium `renew` puts a new page in its place, in a process of its own.
 *
 * @param {string} engine
 * @param {string} folder where the page was built
 */
export async function openPage(engine, folder) {
  const { routes, ask } = conversation();
  const server = await serve({ mounts: { "/": folder }, routes, headers: isolated });
  const profile = temporaryFolder("profile");
  const opened = [server.close, profile.remove];
  const close = async () => {
    for (const one of opened.toReversed()) await one();
  };
  try {
    const browser = await openEngine(engine, { profile: profile.path, args: ["--js-flags=--expose-gc"] });
    opened.push(browser.close);
    await browser.goto(server.url);
    let { page } = browser;
    const renew = page && (async () => {
      const next = await page.context().newPage();
      await page.close();
      page = next;
      await page.goto(server.url);
    });
    return { ask, close, renew, profile: profile.path, page };
  } catch (error) {
    await close();
    throw error;
  }
}
