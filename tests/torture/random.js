// Numbers that look random and are the same for the same seed.

/** A generator of the kind mulberry32: small, fast, and good enough to choose what to try. */
export function random(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (bound) => Math.floor(next() * bound);
  return { next, below, pick: (list) => list[below(list.length)], chance: (part) => next() < part };
}

/** So many of a list, spread evenly, the first and the last among them; all if there are no more. */
export function spread(list, count) {
  if (list.length <= count) return [...list];
  if (count <= 1) return list.slice(0, count);
  return Array.from({ length: count }, (_, index) => list[Math.round((index * (list.length - 1)) / (count - 1))]);
}
