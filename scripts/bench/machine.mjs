// Where it was measured, without anything that names the machine.

import { createRequire } from "node:module";
import { cpus, loadavg, totalmem, type } from "node:os";
import { at } from "../lib/paths.mjs";

const require = createRequire(at("package.json"));

/** `load` is how much it had to do beforehand: from about the number of cores on, it was busy. */
export function machine() {
  const cores = cpus();
  return { cpu: cores[0]?.model.trim() ?? "unknown", cores: cores.length, memoryGB: Math.round(totalmem() / 2 ** 30), system: type(), load: Number(loadavg()[0].toFixed(1)) };
}

/** Versions of Restow and of the libraries that are measured with it. */
export function versions() {
  const { version, devDependencies } = require("./package.json");
  return { restow: version, idb: devDependencies.idb, dexie: devDependencies.dexie, rxdb: devDependencies.rxdb };
}

/** Name and version of a browser, from what it calls itself. */
export function browserName(userAgent) {
  const [, name, version] = userAgent.match(/(Firefox|Chrome)\/(\d+)/) ?? [];
  return name ? `${name === "Chrome" ? "Chromium" : name} ${version}` : userAgent;
}
