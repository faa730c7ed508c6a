import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { at } from "../../scripts/lib/paths.mjs";
import { must } from "../../scripts/lib/run.mjs";
import { temporaryFolder } from "../../scripts/lib/temporary.mjs";

test("a temporary folder goes away with all that is in it", async () => {
  const folder = temporaryFolder("test");
  mkdirSync(join(folder.path, "deep"));
  writeFileSync(join(folder.path, "deep", "file"), "x");
  await folder.remove();
  assert.equal(existsSync(folder.path), false);
});

test("it also goes away when the process ends before it was removed", async () => {
  const program = `
    const { temporaryFolder } = await import(${JSON.stringify(at("scripts", "lib", "temporary.mjs"))});
    console.log(temporaryFolder("test").path);
    process.exit(0);`;
  const path = await must(process.execPath, ["--input-type=module", "--eval", program]);
  assert.equal(existsSync(path.trim()), false);
});
