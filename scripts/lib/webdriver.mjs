// Drivers that speak the W3C's WebDriver protocol: started, asked, and stood before wasm-bindgen's
// test runner, which knows too little about them.

import { createServer } from "node:http";
import { spawn } from "node:child_process";
import { createServer as createProbe } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { Problem } from "./log.mjs";

const startMs = 20_000;

/** A port that is free now. */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createProbe().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

const headers = { "Content-Type": "application/json" };

/** One command. Rejects with the driver's own words. */
async function command(url, method, path, body) {
  const response = await fetch(`${url}${path}`, { method, headers, body: body && JSON.stringify(body) });
  const { value } = await response.json();
  if (response.ok) return value;
  throw new Problem(`${method} ${path}: ${value?.error}: ${value?.message}`);
}

/**
 * Starts a program and takes it, and whatever it has started, along when it is closed: drivers
 * leave their browsers behind. `output` is what it has printed.
 */
export function background(program, args, env = {}) {
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  const ended = new Promise((resolve) => child.once("close", resolve).once("error", resolve));
  const kill = (signal) => {
    try {
      process.kill(-child.pid, signal);
    } catch {
      // It is gone.
    }
  };
  const atExit = () => kill("SIGKILL");
  process.once("exit", atExit);
  const close = async () => {
    process.off("exit", atExit);
    kill("SIGTERM");
    await Promise.race([ended, delay(3_000)]);
    kill("SIGKILL");
    await Promise.race([ended, delay(1_000)]);
  };
  return { output: () => output, running: () => child.pid !== undefined && child.exitCode === null && child.signalCode === null, close };
}

/** Starts a driver, and waits until it answers. */
export async function startDriver({ program, args = [], env = {} }) {
  const port = await freePort();
  const driver = background(program, [...args, `--port=${port}`], env);
  const url = `http://127.0.0.1:${port}`;
  for (const end = Date.now() + startMs; Date.now() < end; await delay(50)) {
    if (!driver.running()) break;
    const ready = await command(url, "GET", "/status").catch(() => null);
    if (ready) return { url, close: driver.close };
  }
  await driver.close();
  throw new Problem(`${program} did not start:\n${driver.output()}`);
}

/** A session of a driver with one page. */
export async function openSession(url, capabilities) {
  const opened = await command(url, "POST", "/session", { capabilities: { alwaysMatch: capabilities } });
  const path = `/session/${opened.sessionId}`;
  await command(url, "POST", `${path}/timeouts`, { script: 60_000, pageLoad: 60_000 });
  return {
    version: `${opened.capabilities.browserName} ${opened.capabilities.browserVersion}`,
    goto: (address) => command(url, "POST", `${path}/url`, { url: address }),
    /** Calls a function in the page, with arguments and a result that are JSON. */
    async call(work, ...args) {
      const script = `const done = arguments[arguments.length - 1];
        Promise.resolve().then(() => (${work})(...Array.from(arguments).slice(0, -1))).then(
          (value) => done({ value: value === undefined ? null : value }),
          (error) => done({ error: String(error && error.name) + ": " + String(error && error.message) }),
        );`;
      const { value, error } = await command(url, "POST", `${path}/execute/async`, { script, args });
      if (error) throw new Error(error);
      return value;
    },
    close: () => command(url, "DELETE", path),
  };
}

/**
 * Stands before a driver: every new session gets our capabilities, and the one before it is ended,
 * since some drivers have but one at a time.
 *
 * @param {string} url
 * @param {() => object} capabilities asked for anew for each session
 */
export async function withCapabilities(url, capabilities) {
  let session = null;
  const pass = async (request) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    let body = chunks.length > 0 ? Buffer.concat(chunks) : undefined;
    const opens = request.method === "POST" && request.url === "/session";
    if (opens) {
      if (session) await command(url, "DELETE", `/session/${session}`).catch(() => null);
      body = JSON.stringify({ capabilities: { alwaysMatch: capabilities() } });
    }
    const response = await fetch(`${url}${request.url}`, { method: request.method, headers, body });
    const text = await response.text();
    if (opens && response.ok) session = JSON.parse(text).value.sessionId;
    return { status: response.status, text };
  };
  const server = createServer((request, response) => {
    pass(request)
      .catch((error) => ({ status: 502, text: JSON.stringify({ value: { error: "unknown error", message: error.message } }) }))
      .then(({ status, text }) => response.writeHead(status, headers).end(text));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${server.address().port}`, close };
}
