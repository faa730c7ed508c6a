// How many tests passed, read from what the runners print.

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

const plain = (text) => text.replace(/\u001b\[[0-9;]*m/g, "");

const sum = (rows) =>
  rows.length === 0
    ? null
    : rows.reduce((total, row) => ({
        passed: total.passed + row.passed,
        failed: total.failed + row.failed,
        skipped: total.skipped + row.skipped,
      }));

/**
 * Counts of `cargo test` and of wasm-bindgen's runner: the sum of their result lines.
 *
 * @returns {Counts | null} `null` if there is none
 */
export function cargoCounts(text) {
  const pattern = /^test result: .*?(\d+) passed; (\d+) failed; (\d+) ignored;/gm;
  return sum(
    [...plain(text).matchAll(pattern)].map(([, passed, failed, ignored]) => ({
      passed: Number(passed),
      failed: Number(failed),
      skipped: Number(ignored),
    })),
  );
}

/**
 * Counts of `node --test`, in its TAP and its spec form. A cancelled test failed; a test marked as
 * to do was not done.
 *
 * @returns {Counts | null}
 */
export function nodeCounts(text) {
  const last = (name) => {
    const found = [...plain(text).matchAll(new RegExp(`^(?:#|ℹ) ${name} (\\d+)$`, "gm"))].at(-1);
    return found ? Number(found[1]) : null;
  };
  const passed = last("pass");
  const failed = last("fail");
  if (passed === null || failed === null) return null;
  return {
    passed,
    failed: failed + (last("cancelled") ?? 0),
    skipped: (last("skipped") ?? 0) + (last("todo") ?? 0),
  };
}

/**
 * Counts of our own commands: their last line, `N passed, N failed`.
 *
 * @returns {Counts | null}
 */
export function ownCounts(text) {
  const found = plain(text).trimEnd().match(/(?:^|\n)(\d+) passed, (\d+) failed$/);
  return found && { passed: Number(found[1]), failed: Number(found[2]), skipped: 0 };
}

/**
 * What a step is worth. A skipped test is a failed one, and so is a runner that ran nothing, or
 * that ended badly for a reason that its counts do not show.
 *
 * @param {{ code: number, counts: Counts | null }} outcome
 * @returns {{ passed: number, failed: number, notes: string[] }}
 */
export function judge({ code, counts }) {
  if (!counts || counts.passed + counts.failed + counts.skipped === 0) {
    return { passed: 0, failed: 1, notes: [`no test was counted (exit code ${code})`] };
  }
  const { passed, failed, skipped } = counts;
  const notes = skipped > 0 ? [`${skipped} skipped, which counts as failed`] : [];
  if (code !== 0 && failed === 0) {
    notes.push(`the runner ended with code ${code}`);
    return { passed, failed: skipped + 1, notes };
  }
  return { passed, failed: failed + skipped, notes };
}
