// What people read while a command works.

/** A failure that its message explains fully: it is printed without a stack. */
export class Problem extends Error {
  name = "Problem";
}

/** A duration as people read it. */
export function duration(ms) {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** A size as people read it, in units of 1000 bytes. */
export const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} KB`;

/** One line of a list: a mark, a name, a remark, and how long it took. */
export function line(mark, name, remark, ms) {
  const time = ms === undefined ? "" : ` (${duration(ms)})`;
  console.log(`  ${mark.padEnd(6)} ${name.padEnd(22)} ${remark}${time}`);
}

/**
 * Runs one step and prints a line for it. The work returns its remark; it may call `say` once it
 * knows that it will take a while.
 */
export async function step(name, work) {
  const start = performance.now();
  try {
    const remark = await work((text) => line("…", name, text));
    line("ok", name, remark, performance.now() - start);
  } catch (error) {
    line("FAILED", name, error instanceof Problem ? "" : String(error.message));
    throw error;
  }
}

/** Runs a command's main function, and ends with 1 if it fails. */
export async function main(work) {
  try {
    process.exitCode = (await work()) ?? 0;
  } catch (error) {
    console.error(`\n${error instanceof Problem ? error.message : error.stack}`);
    process.exitCode = 1;
  }
}
