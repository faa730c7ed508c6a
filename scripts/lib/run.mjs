// Other programs, run and watched.

import { spawn } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { Problem } from "./log.mjs";
import { root } from "./paths.mjs";

const running = new Set();

// Whoever is told to stop takes the programs it started along.
for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]]) {
  process.on(signal, () => {
    for (const child of running) child.kill(signal);
    if (process.listenerCount(signal) === 1) process.exit(code);
  });
}

/**
 * Runs a program to its end. Resolves to its exit code, its standard output, and all it printed
 * in the order it came. A code other than 0 is an answer, not an error.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string>, onText?: (text: string) => void }} [options]
 */
export function run(program, args, { cwd = root, env = {}, onText } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.add(child);
    let stdout = "";
    let output = "";
    const collect = (stream, isStdout) => {
      stream.setEncoding("utf8");
      stream.on("data", (text) => {
        if (isStdout) stdout += text;
        output += text;
        onText?.(text);
      });
    };
    collect(child.stdout, true);
    collect(child.stderr, false);
    child.on("error", (error) => {
      running.delete(child);
      reject(new Problem(`${program} could not be started: ${error.message}`));
    });
    child.on("close", (code, signal) => {
      running.delete(child);
      resolve({ code: code ?? 1, signal, stdout, output });
    });
  });
}

/** The same, where only success will do. Resolves to the standard output. */
export async function must(program, args, options) {
  const { code, signal, stdout, output } = await run(program, args, options);
  if (code === 0) return stdout;
  const end = signal ? `was ended by ${signal}` : `ended with code ${code}`;
  throw new Problem(`${[program, ...args].join(" ")} ${end}:\n${output.trimEnd()}`);
}

/** Whether a file is there and may be run. */
export function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The full path of a program on PATH, or `null`. */
export function which(name) {
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, name)).find(isProgram) ?? null;
}
