// Whether two values are the same in every respect that storing keeps: written for the tests
// alone, in another language and by other means than what they test. Returns where they differ.
async (a, b) => {
  const pairs = new Map();
  const own = value => Object.keys(value);
  const compare = async (a, b, path) => {
    if (typeof a !== "object" || a === null || typeof b !== "object" || b === null) {
      return Object.is(a, b) ? null : path;
    }
    if (pairs.has(a)) return pairs.get(a) === b ? null : `${path} (identity)`;
    pairs.set(a, b);
    const tag = Object.prototype.toString.call(a);
    if (tag !== Object.prototype.toString.call(b)) return `${path} (type)`;
    const inner = [];
    switch (tag) {
      case "[object Date]": if (!Object.is(a.getTime(), b.getTime())) return path; break;
      case "[object RegExp]": if (a.source !== b.source || a.flags !== b.flags) return path; break;
      case "[object Number]": case "[object String]": case "[object Boolean]": case "[object BigInt]":
        return Object.is(a.valueOf(), b.valueOf()) ? null : path;
      case "[object Map]": inner.push([[...a].flat(), [...b].flat(), "entries"]); break;
      case "[object Set]": inner.push([[...a], [...b], "members"]); break;
      case "[object ArrayBuffer]": {
        const [x, y] = [new Uint8Array(a), new Uint8Array(b)];
        return x.length === y.length && x.every((byte, at) => byte === y[at]) ? null : path;
      }
      case "[object File]": if (a.name !== b.name || a.lastModified !== b.lastModified) return path;
      case "[object Blob]":
        if (a.type !== b.type) return path;
        return compare(await a.arrayBuffer(), await b.arrayBuffer(), `${path}.bytes`);
      case "[object Error]": case "[object ImageData]":
        for (const key of ["name", "message", "stack", "cause", "width", "height", "colorSpace", "data"]) {
          if (key in a !== key in b) return `${path}.${key}`;
          inner.push([a[key], b[key], key]);
        }
        break;
      default:
        if (ArrayBuffer.isView(a)) {
          if (a.byteOffset !== b.byteOffset || a.byteLength !== b.byteLength) return path;
          return compare(a.buffer, b.buffer, `${path}.buffer`);
        }
        if (Array.isArray(a) !== Array.isArray(b)) return `${path} (array)`;
        if (Array.isArray(a) && a.length !== b.length) return `${path}.length`;
        if (own(a).length !== own(b).length) return `${path} (keys)`;
        for (const [at, key] of own(a).entries()) {
          if (own(b)[at] !== key) return `${path} (order of keys)`;
          inner.push([
            Object.getOwnPropertyDescriptor(a, key).value,
            Object.getOwnPropertyDescriptor(b, key).value,
            key,
          ]);
        }
    }
    for (const [x, y, key] of inner) {
      const found = await compare(x, y, `${path}.${key}`);
      if (found !== null) return found;
    }
    return null;
  };
  return compare(a, b, "value");
}
