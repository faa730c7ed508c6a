// Bodies of every shape and type that structured cloning keeps, the same ones for the same seed.

import { withBlobs } from "./kinds.js";
import { random } from "./random.js";

const KEYS = ["", "__proto__", "constructor", "toString", "length", "a.b", "*", "0", "-1", "01", " ", "\n", "é", "😀", "\ud83d", "then", "hasOwnProperty", "key", "value", "id2", "<b>", "\u0000"];
const TEXTS = ["", "text", "😀 and é", "\ud800", "\udfff\ud800", "GZIP_V1:no", "<img src=x onerror=alert(1)>", "\u0000\u2028", "null", "x".repeat(300)];
const NUMBERS = [0, -0, 1, -1, 0.1, NaN, Infinity, -Infinity, 2 ** 53, 2 ** 53 + 2, Number.MIN_VALUE, Number.MAX_VALUE, 1e21, -1e-7];

/** Sets what may be named `__proto__`. */
const define = (target, key, value) => Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });

export function generator(seed) {
  const { next, below, pick, chance } = random(seed);

  const bytes = () => Uint8Array.from({ length: below(24) }, () => below(256));

  function view() {
    const buffer = new Uint8Array(32).map(() => below(256)).buffer;
    const Class = pick([Int8Array, Uint8ClampedArray, Int16Array, Uint32Array, Float32Array, Float64Array, BigInt64Array]);
    return chance(0.5) ? new Class(buffer, 8, 1) : new DataView(buffer, below(8), below(16));
  }

  const simple = [
    () => undefined, () => null, () => true, () => false, () => pick(NUMBERS), () => next() * 1e6, () => below(1000),
    () => pick(TEXTS), () => `text ${below(1e6)}`, () => `text ${below(1e6)}`, () => BigInt(below(1e9)) ** 3n, () => -(2n ** 70n),
  ];
  const odd = [
    () => new Date(below(2e12)), () => new Date(NaN), () => /a+b\/[c]/giu, bytes, () => bytes().buffer, view,
    () => Object(below(9)), () => Object("boxed"), () => Object(false), () => Object(5n),
    () => new RangeError(`error ${below(9)}`), () => new Error("with a cause", { cause: below(9) }),
  ];
  if (withBlobs) {
    odd.push(
      () => new Blob([bytes()], { type: pick(["", "text/plain", "image/png"]) }),
      () => new File([bytes()], pick(["", "a.txt", "é😀"]), { lastModified: below(2e12) }),
    );
  }

  function list(depth, seen) {
    const found = [];
    if (chance(0.15)) found.length = below(6);
    for (let left = below(5); left > 0; left -= 1) found.push(value(depth - 1, seen));
    if (chance(0.1)) found.length += below(3);
    if (chance(0.1)) define(found, pick(["note", "-1", "__proto__", "01"]), value(0, seen));
    return found;
  }

  function object(depth, seen) {
    const found = {};
    for (let left = below(6); left > 0; left -= 1) define(found, chance(0.4) ? pick(KEYS) : `key${below(20)}`, value(depth - 1, seen));
    return found;
  }

  /** A value; `seen` are the objects of this piece, which may be used in it again. */
  function value(depth, seen = []) {
    if (depth <= 0 || chance(0.35)) return pick(simple)();
    if (chance(0.06) && seen.length > 0) return pick(seen);
    if (chance(0.25)) return pick(odd)();
    const keep = (made) => (seen.push(made), made);
    const at = below(4);
    if (at === 0) return keep(list(depth, seen));
    if (at === 1) return keep(new Map(Array.from({ length: below(4) }, () => [value(depth - 1, seen), value(depth - 1, seen)])));
    if (at === 2) return keep(new Set(Array.from({ length: below(4) }, () => value(depth - 1, seen))));
    return keep(object(depth, seen));
  }

  /** Something deep: lists in lists, far beyond what a careless recursion bears well. */
  function deep(levels) {
    let found = value(0);
    for (let level = 0; level < levels; level += 1) found = level % 2 === 0 ? [found] : { in: found };
    return found;
  }

  /** A list that is chunked: the items of a chunk share nothing with those of another one. */
  function chunked() {
    const length = pick([0, 1, 9, 10, 11, 25, 40]);
    const items = Array.from({ length }, () => value(3));
    if (chance(0.2)) for (let holes = below(8); holes > 0; holes -= 1) delete items[below(length || 1)];
    if (chance(0.1)) define(items, "note", value(1));
    return items;
  }

  /** A session. Some lack what the layout takes out, or have something else there. */
  function session(id) {
    const body = {};
    const fields = {
      id: () => id,
      name: () => (chance(0.9) ? `Session ${id}` : value(1)),
      items: () => (chance(0.95) ? chunked() : value(1)),
      inner: () => (chance(0.9) ? { before: value(1), list: chunked(), after: value(2) } : value(1)),
      summary: () => value(4),
    };
    for (let left = below(5); left > 0; left -= 1) fields[pick(KEYS.filter((key) => key !== "__proto__"))] = () => value(3);
    if (chance(0.3)) fields.deep = () => deep(50 + below(200));
    if (chance(0.2)) fields.wide = () => Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`w${index}`, index]));
    const names = Object.keys(fields).sort(() => next() - 0.5);
    for (const name of names) if (name === "id" || chance(0.9)) define(body, name, fields[name]());
    if (chance(0.1)) define(body, "__proto__", value(2));
    return body;
  }

  return { session, value, random: { next, below, pick, chance } };
}
