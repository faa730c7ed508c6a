// Whether two values are the same in every respect that storing keeps: written for the tests
// alone, in another language and by other means than what they test. Returns where they differ.
async (a, b) => {
  const pairs = new Map();
  // Pairs still to be compared, the next one last: bodies are deeper than a stack, and large.
  const left = [{ x: a, y: b, key: "value", of: null }];
  const path = ({ key, of }) => (of === null ? key : `${path(of)}.${key}`);
  const bytes = async (x, y) => {
    const [one, two] = [new Uint8Array(await x), new Uint8Array(await y)];
    return one.length === two.length && one.every((byte, at) => byte === two[at]);
  };
  while (left.length > 0) {
    const at = left.pop();
    const { x, y } = at;
    if (typeof x !== "object" || x === null || typeof y !== "object" || y === null) {
      if (Object.is(x, y)) continue;
      return path(at);
    }
    if (pairs.has(x)) {
      if (pairs.get(x) === y) continue;
      return `${path(at)} (identity)`;
    }
    pairs.set(x, y);
    const tag = Object.prototype.toString.call(x);
    if (tag !== Object.prototype.toString.call(y)) return `${path(at)} (type)`;
    const inner = [];
    switch (tag) {
      case "[object Date]": if (!Object.is(x.getTime(), y.getTime())) return path(at); break;
      case "[object RegExp]": if (x.source !== y.source || x.flags !== y.flags) return path(at); break;
      case "[object Number]": case "[object String]": case "[object Boolean]": case "[object BigInt]":
        if (Object.is(x.valueOf(), y.valueOf())) continue;
        return path(at);
      case "[object Map]": inner.push({ x: [...x].flat(), y: [...y].flat(), key: "entries", of: at }); break;
      case "[object Set]": inner.push({ x: [...x], y: [...y], key: "members", of: at }); break;
      case "[object ArrayBuffer]":
        if (await bytes(x, y)) continue;
        return path(at);
      case "[object File]": if (x.name !== y.name || x.lastModified !== y.lastModified) return path(at);
      case "[object Blob]":
        if (x.type !== y.type) return path(at);
        if (await bytes(x.arrayBuffer(), y.arrayBuffer())) continue;
        return `${path(at)}.bytes`;
      case "[object Error]": case "[object ImageData]":
        for (const key of ["name", "message", "stack", "cause", "width", "height", "colorSpace", "data"]) {
          if (key in x !== key in y) return `${path(at)}.${key}`;
          inner.push({ x: x[key], y: y[key], key, of: at });
        }
        break;
      default: {
        if (ArrayBuffer.isView(x)) {
          if (x.byteOffset !== y.byteOffset || x.byteLength !== y.byteLength) return path(at);
          inner.push({ x: x.buffer, y: y.buffer, key: "buffer", of: at });
          break;
        }
        if (Array.isArray(x) !== Array.isArray(y)) return `${path(at)} (array)`;
        if (Array.isArray(x) && x.length !== y.length) return `${path(at)}.length`;
        const [mine, theirs] = [Object.keys(x), Object.keys(y)];
        if (mine.length !== theirs.length) return `${path(at)} (keys)`;
        for (const [index, key] of mine.entries()) {
          if (theirs[index] !== key) return `${path(at)} (order of keys)`;
          // A key named `__proto__` is read as what it is.
          const read = (from) => (key === "__proto__" ? Object.getOwnPropertyDescriptor(from, key).value : from[key]);
          inner.push({ x: read(x), y: read(y), key, of: at });
        }
      }
    }
    while (inner.length > 0) left.push(inner.pop());
  }
  return null;
}
