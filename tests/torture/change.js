// One random change to one value, somewhere inside.

/** Every place inside a value that can be changed: each is a function that changes it. */
function places(root, random, { additions, integers }) {
  const found = [];
  const seen = new Set();
  const at = (set, value) => {
    found.push(() => set(other(value, random, integers)));
    visit(value);
  };
  function visit(value) {
    if (typeof value !== "object" || value === null || seen.has(value)) return;
    seen.add(value);
    if (value instanceof Map) {
      const entries = [...value];
      entries.forEach(([key, inner], index) => {
        at((to) => value.set(key, to), inner);
        found.push(() => rebuilt(value, entries.toSpliced(index, 1), (entry) => value.set(...entry)));
      });
      found.push(() => value.set({ added: true }, 1));
    } else if (value instanceof Set) {
      const members = [...value];
      members.forEach((member, index) => found.push(() => rebuilt(value, members.toSpliced(index, 1), (one) => value.add(one))));
      found.push(() => value.add({ added: true }));
    } else if (value instanceof Date) {
      found.push(() => value.setTime((value.getTime() || 0) + 1));
    } else if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
      const bytes = new Uint8Array(value.buffer ?? value);
      if (bytes.length > 0) found.push(() => void (bytes[random.below(bytes.length)] ^= 1 << random.below(8)));
    } else if (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype) {
      for (const key of Object.keys(value)) {
        at((to) => define(value, key, to), Object.getOwnPropertyDescriptor(value, key).value);
        found.push(() => delete value[key]);
      }
      if (additions) found.push(() => define(value, "added by accident", undefined));
      if (Array.isArray(value)) found.push(() => void (value.length += 1));
    }
  }
  visit(root);
  return found;
}

const define = (target, key, value) => Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });

function rebuilt(collection, entries, add) {
  collection.clear();
  entries.forEach(add);
}

/** Another value, as close to the one that was there as an accident may come. */
function other(value, random, integers) {
  switch (typeof value) {
    case "number": return integers && value === 0 ? 1 : Object.is(value, 0) ? -0 : Object.is(value, -0) ? 0 : random.chance(0.5) ? value + 1 : String(value);
    case "string": return random.chance(0.5) || value === "" ? `${value}x` : value.slice(1);
    case "boolean": return !value;
    case "bigint": return value + 1n;
    case "undefined": return null;
    default: return value === null ? undefined : Array.isArray(value) ? {} : null;
  }
}

/**
 * Changes one value inside `holder.value`, itself included; adds fields only where one would be a value.
 * Where numbers are integers, -0 is no other one.
 */
export function changeOne(holder, random, { additions = true, integers = false } = {}) {
  const whole = () => (holder.value = other(holder.value, random, integers));
  random.pick([whole, ...places(holder.value, random, { additions, integers })])();
}
