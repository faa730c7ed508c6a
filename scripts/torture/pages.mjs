// Parts that a page runs by itself: opened, listened to, and ended where it falls silent.

import { openEngine } from "../lib/open.mjs";
import { serveTorture } from "./server.mjs";

/** Longer than one attempt may take. A page that says nothing for so long has hung. */
const SILENCE_MS = 200_000;

/** A row that says that the whole part hung or failed. */
const broken = (scenario, kind, what) => ({ scenario, tried: 0, lost: 0, torn: 0, undetected: 0, hung: 0, ms: 0, [kind]: 1, findings: [what] });

/**
 * Opens the page of a part in an engine, and hears its rows until it is done.
 *
 * @param {string} engine
 * @param {{ part: string, [option: string]: string | number }} options
 * @param {(row: object) => void} onRow
 */
export async function runPage(engine, options, onRow) {
  let heard;
  let onDone;
  const done = new Promise((resolve) => (onDone = resolve));
  const fail = (kind, what) => {
    onRow(broken(options.part, kind, what));
    onDone();
  };
  const listen = () => {
    clearTimeout(heard);
    heard = setTimeout(fail, SILENCE_MS, "hung", `the page said nothing for ${SILENCE_MS / 1000} s`);
  };
  const server = await serveTorture((message) => {
    listen();
    if (message.type === "row" || message.type === "check") onRow(message);
    if (message.type === "failed") onRow(broken(options.part, "undetected", message.message));
    if (message.type === "done") onDone();
  });
  const browser = await openEngine(engine);
  try {
    browser.page?.on("crash", () => fail("undetected", "the browser's page crashed"));
    listen();
    const asked = Object.entries(options).filter(([, value]) => value !== undefined);
    await browser.goto(`${server.url}?${new URLSearchParams(asked)}`);
    await done;
  } finally {
    clearTimeout(heard);
    await browser.close();
    await server.close();
  }
}
