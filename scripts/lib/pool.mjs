// Work that is done several at once.

/**
 * Begins the items in their order, `atOnce` at a time; one that is `alone` has nothing beside it. Ends when
 * all have ended; the first failure is thrown then.
 *
 * @template {{ alone?: boolean }} T
 * @param {T[]} items
 * @param {number} atOnce
 * @param {(item: T) => Promise<void>} work
 */
export async function pooled(items, atOnce, work) {
  const failures = [];
  const running = new Set();
  const roomFor = ({ alone }) => running.size === 0 || (!alone && running.size < atOnce && ![...running].some((one) => one.alone));
  for (const item of items) {
    while (!roomFor(item)) await Promise.race([...running].map((one) => one.ended));
    const one = { alone: item.alone };
    const ended = work(item).catch((error) => failures.push(error));
    one.ended = ended.then(() => running.delete(one));
    running.add(one);
  }
  await Promise.all([...running].map((one) => one.ended));
  if (failures.length > 0) throw failures[0];
}
