// Whether two values are the same, told by one walk through both: what was read back is compared with what
// was written, and nothing crosses to WebAssembly.
//
// Only what is stored most is known here: primitives, plain objects, arrays without holes, dates. Of anything
// else nothing is said, and digests have to tell.

const { isArray } = Array;
const { getPrototypeOf, is, keys } = Object;
const { getTime } = Date.prototype;

/**
 * True only where both have the same values in the same order. An object that is met twice is not told of: it
 * would have to be the same one in both.
 */
export function alike(one, other) {
  return new Pairs().alike(one, other);
}

class Pairs {
  #ones = new Set();
  #others = new Set();
  #met = 0;

  alike(one, other) {
    if (typeof one !== "object" || one === null) return is(one, other);
    if (typeof other !== "object" || other === null) return false;
    this.#met += 1;
    if (this.#ones.add(one).size !== this.#met || this.#others.add(other).size !== this.#met) return false;
    const kind = getPrototypeOf(one);
    if (getPrototypeOf(other) !== kind) return false;
    if (kind === Array.prototype) return isArray(one) && isArray(other) && this.#lists(one, other);
    if (kind === Date.prototype) return is(getTime.call(one), getTime.call(other));
    return kind === Object.prototype && this.#objects(one, other);
  }

  #lists(one, other) {
    const { length } = one;
    if (other.length !== length || !isWhole(one) || !isWhole(other)) return false;
    for (let at = 0; at < length; at += 1) if (!this.alike(one[at], other[at])) return false;
    return true;
  }

  #objects(one, other) {
    const names = keys(one);
    const others = keys(other);
    if (names.length !== others.length) return false;
    for (let at = 0; at < names.length; at += 1) {
      const name = names[at];
      if (others[at] !== name || !this.alike(one[name], other[name])) return false;
    }
    return true;
  }
}

/** Whether an array has no hole, and nothing beside its items: indices come first among its keys, and in order. */
function isWhole(list) {
  const indices = keys(list);
  return indices.length === list.length && (list.length === 0 || indices[list.length - 1] === String(list.length - 1));
}
