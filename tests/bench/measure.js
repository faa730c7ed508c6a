// Small calls, measured many times.

/** Milliseconds of each of `times` calls. */
export async function each(times, call) {
  const measured = [];
  for (let round = 0; round < times; round += 1) {
    const start = performance.now();
    await call(round);
    measured.push(performance.now() - start);
  }
  return measured;
}

/** The calls of several in turn, so that a noisy moment meets them all: `{ name: [ms] }`. */
export async function inTurn(times, calls) {
  const measured = Object.fromEntries(Object.keys(calls).map((name) => [name, []]));
  const names = Object.keys(calls);
  for (let round = 0; round < times; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) measured[name].push(...(await each(1, () => calls[name](round))));
  }
  return measured;
}
