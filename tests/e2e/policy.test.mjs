// A strict Content Security Policy: 'wasm-unsafe-eval' alone, for the package and for the page.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { plant, start } from "./blank.mjs";
import { scenario } from "./support.mjs";

const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src data:";

let browser;
before(async () => {
  browser = await start({ headers: { "Content-Security-Policy": POLICY } });
});
after(() => browser?.stop());

/** Runs in the page, before anything else: notes what the policy refuses. */
const listen = () => {
  globalThis.refused = [];
  document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => globalThis.refused.push(`${effectiveDirective} ${blockedURI}`));
};

/** Runs in the page: tries an inline script, and gives what was refused, then and before. */
const tryInline = async () => {
  const before = [...globalThis.refused];
  const script = document.createElement("script");
  script.textContent = "globalThis.inline = true";
  document.body.append(script);
  await new Promise((resolve) => setTimeout(resolve, 50));
  return { before, after: globalThis.refused, ran: globalThis.inline === true };
};

const SPOTLESS = { before: [], after: ["script-src-elem inline"], ran: false };

test("the package migrates under a strict policy", async () => {
  await browser.fresh();
  const page = await browser.another(listen);
  const records = ["a", "b"].map((id) => [id, { id, items: Array.from({ length: 20 }, (_, index) => ({ index })) }]);
  await page.evaluate(plant, { database: "app", store: "docs", keyPath: "id", records });
  const migrated = await page.evaluate(async () => {
    const { open } = await import("/restow/index.js");
    const restow = await open({ sources: [{ database: "app", store: "docs" }], layout: { arrays: [{ path: "items", chunk: 5 }] } });
    const result = await restow.migrateAllSessions();
    await restow.loadFullSession("a");
    return result.migrated;
  });
  assert.equal(migrated, 2);
  assert.deepEqual(await page.evaluate(tryInline), SPOTLESS);
});

/** Migrates in a worker, as far as the policy of a server lets it: what was refused, and where the engine was. */
async function inWorker(policy) {
  const server = await start({ headers: { "Content-Security-Policy": policy } });
  try {
    await server.fresh();
    const page = await server.another(listen);
    const warnings = [];
    page.on("console", (message) => message.type() === "warning" && warnings.push(message.text()));
    const records = [["a", { id: "a", items: [1, 2, 3] }]];
    await page.evaluate(plant, { database: "app", store: "docs", keyPath: "id", records });
    const found = await page.evaluate(async () => {
      const { open } = await import("/restow/index.js");
      const restow = await open({ sources: [{ database: "app", store: "docs" }], layout: { arrays: [{ path: "items", chunk: 5 }] }, worker: true });
      const { migrated } = await restow.migrateAllSessions();
      return { migrated, worker: restow.worker, refused: globalThis.refused.map((line) => line.split(" ")[0]) };
    });
    return { ...found, warnings: warnings.length };
  } finally {
    await server.stop();
  }
}

test("a worker needs no more than its script", async () => {
  for (const policy of [POLICY, "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'; img-src data:"]) {
    assert.deepEqual(await inWorker(policy), { migrated: 1, worker: { active: true, note: null }, refused: [], warnings: 0 }, policy);
  }
});

test("where the policy refuses workers, the engine is in the page", async () => {
  const { worker, ...rest } = await inWorker(`${POLICY}; worker-src 'none'`);
  assert.deepEqual(rest, { migrated: 1, refused: ["worker-src"], warnings: 1 });
  assert.deepEqual(worker, { active: false, note: "its script could not be loaded, or a policy forbids it" });
});

scenario(
  "the page migrates without a violation, and refuses an inline script",
  { start: ({ page }) => page.addInitScript(listen) },
  async ({ page, plant: plantSamples, press, figures, problems }) => {
    await plantSamples("small");
    await press("#rehearse");
    await press("#migrate");
    assert.equal((await figures()).Chunked, "11");
    assert.deepEqual(await page.evaluate(() => globalThis.restowDemo.instance.worker), { active: true, note: null });
    assert.deepEqual(await page.evaluate(tryInline), SPOTLESS);
    // The refusal that was asked for is an error of the console.
    assert.equal(problems.splice(0).length, 1);
  },
);
