// What the page tells the command that opened it, and what a scenario counts.

/** Sends one message. The command waits for `done`; a page that is silent too long has hung. */
export const report = (message) => fetch("/report", { method: "POST", body: JSON.stringify(message) });

const FINDINGS_SHOWN = 5;

/** The counts of one row: what was tried, and what must be zero. */
export class Tally {
  /** A control counts what the browser does without Restow, which need not be zero. */
  constructor(scenario, { control = false } = {}) {
    this.scenario = scenario;
    this.control = control;
    this.start = performance.now();
    Object.assign(this, { tried: 0, lost: 0, torn: 0, undetected: 0, hung: 0, findings: [] });
  }

  /** One point was tried. */
  point() {
    this.tried += 1;
  }

  /** Something is `lost`, `torn`, `undetected` or `hung`. */
  count(kind, what) {
    this[kind] += 1;
    if (this.findings.length < FINDINGS_SHOWN) this.findings.push(`${kind}: ${what}`);
  }

  row() {
    const { scenario, control, tried, lost, torn, undetected, hung, findings, start } = this;
    return { type: "row", scenario, ...(control && { control }), tried, lost, torn, undetected, hung, findings, ms: performance.now() - start };
  }
}

/** Sends the row of a scenario. */
export const reportRow = (tally) => report(tally.row());

/** How many attempts are under way at once. */
const LANES = Number(new URLSearchParams(location.search).get("lanes") ?? 3);

/**
 * Does `work(item)` for each item, a few at a time, and tells that it goes on. The points of a
 * scenario have storage of their own, so that they need not wait for each other.
 */
export async function each(items, work, lanes = LANES) {
  const queue = items.values();
  let last = performance.now();
  const lane = async () => {
    for (const item of queue) {
      await work(item);
      if (performance.now() - last > 2_000) {
        last = performance.now();
        await report({ type: "alive" });
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/** Waits for work, but not for ever. Resolves to `{ late: true }` or `{ value }`; rejects as the work does. */
export async function within(ms, work) {
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, ms, { late: true });
  });
  try {
    return await Promise.race([work.then((value) => ({ value })), late]);
  } finally {
    clearTimeout(timer);
  }
}
