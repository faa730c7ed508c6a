import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { find, isFile } from "../../scripts/lib/programs.mjs";
import { checkNode, lockedVersion, outdatedPackages } from "../../scripts/lib/tools.mjs";

test("the locked version is that of the package itself", () => {
  const lock = `[[package]]
name = "wasm-bindgen-macro"
version = "0.1.0"

[[package]]
name = "wasm-bindgen"
version = "0.2.130"
`;
  assert.equal(lockedVersion(lock, "wasm-bindgen"), "0.2.130");
  assert.throws(() => lockedVersion(lock, "wasm"), /does not name wasm/);
});

const lock = {
  packages: {
    "": { version: "0.1.0" },
    "node_modules/vite": { version: "8.0.0" },
    "node_modules/vite/node_modules/postcss": { version: "9.0.0" },
    "node_modules/@rolldown/mac": { version: "1.0.0", optional: true },
  },
};

test("an installation that has what the lock names is left alone", () => {
  const installed = {
    packages: {
      "node_modules/vite": { version: "8.0.0" },
      "node_modules/vite/node_modules/postcss": { version: "9.0.0" },
    },
  };
  assert.deepEqual(outdatedPackages(lock, installed), []);
});

test("a missing package and another version are seen", () => {
  const installed = {
    packages: {
      "node_modules/vite": { version: "7.9.9" },
      "node_modules/@rolldown/mac": { version: "0.9.0", optional: true },
    },
  };
  assert.deepEqual(outdatedPackages(lock, installed), ["vite", "postcss", "@rolldown/mac"]);
});

test("a Node that is too old is refused", () => {
  for (const version of ["20.19.0", "20.20.2", "22.12.0", "23.0.0", "24.1.0"]) checkNode(version);
  for (const version of ["18.20.0", "20.18.3", "21.7.0", "22.11.0"]) {
    assert.throws(() => checkNode(version), /does not suit/, version);
  }
});

test("a variable that names no program is reported, not passed over", () => {
  assert.equal(find("chromium", { CHROMIUM: process.execPath }), process.execPath);
  assert.throws(() => find("chromium", { CHROMIUM: "/nowhere/chromium" }), /CHROMIUM names \/nowhere/);
});

test("a path through something that is no folder leads to no file", () => {
  const here = fileURLToPath(import.meta.url);
  assert.deepEqual([isFile(here), isFile(`${here}/inside`), isFile(`${here}.none`)], [true, false, false]);
});
