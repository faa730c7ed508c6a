/**
 * A small seeded generator: the same seed gives the same samples in every browser, so that what
 * came out of a migration can be compared with what went in.
 */

/** Turns text into a 32-bit seed (FNV-1a with a final mix). */
function hash(text) {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  return (value ^ (value >>> 13)) >>> 0;
}

/** A generator for a seed; any text or number will do. */
export function randomFrom(seed) {
  let state = hash(String(seed));
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
  const int = (low, high) => low + Math.floor(next() * (high - low + 1));
  const pick = (list) => list[int(0, list.length - 1)];
  return {
    next,
    int,
    pick,
    chance: (probability) => next() < probability,
    /** Some items of a list, each once, in the order of the list. */
    some: (list, count) => {
      const chosen = new Set();
      while (chosen.size < Math.min(count, list.length)) chosen.add(int(0, list.length - 1));
      return list.filter((_, index) => chosen.has(index));
    },
    /** A number with two decimals. */
    fraction: (low, high) => Math.round((low + next() * (high - low)) * 100) / 100,
    /** Base-36 text of a given length. */
    token: (length) => Array.from({ length }, () => int(0, 35).toString(36)).join(""),
  };
}
