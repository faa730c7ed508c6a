// Folders that live as long as a piece of work.

import { mkdtempSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/**
 * A new folder, which `remove` takes away again, and so does the end of the process. A program that
 * is just ending may still write into it, so `remove` is patient; what is left after that is left.
 */
export function temporaryFolder(name) {
  const path = mkdtempSync(join(tmpdir(), `restow-${name}-`));
  const atExit = () => rmSync(path, { recursive: true, force: true });
  process.once("exit", atExit);
  const remove = async () => {
    process.off("exit", atExit);
    for (let attempt = 0; attempt < 20; attempt += 1) {
      try {
        return await rm(path, { recursive: true, force: true });
      } catch {
        await delay(100);
      }
    }
  };
  return { path, remove };
}
