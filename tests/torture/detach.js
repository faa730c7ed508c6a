// Blobs that hold their bytes themselves. In Firefox one that was read from a record can be neither read nor
// stored any more, now and then, once that record was written again.

const inside = (value) => {
  if (value instanceof Map) return [...value].flat();
  if (value instanceof Set) return [...value];
  return ["[object Object]", "[object Array]"].includes(Object.prototype.toString.call(value)) ? Object.values(value) : [];
};

async function ofBytes(blob) {
  const bytes = await blob.arrayBuffer();
  const { name, type, lastModified } = blob;
  return blob instanceof File ? new File([bytes], name, { type, lastModified }) : new Blob([bytes], { type });
}

/** Puts Blobs made of bytes in the places of those in a value, however deep, and returns it. */
export async function detached(root) {
  const seen = new Set();
  const blobs = new Map();
  for (const left = [root]; left.length > 0; ) {
    const value = left.pop();
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    if (value instanceof Blob) blobs.set(value, await ofBytes(value));
    else left.push(...inside(value));
  }
  const other = (value) => blobs.get(value) ?? value;
  for (const value of seen) {
    const content = inside(value);
    if (!content.some((one) => blobs.has(one))) continue;
    if (value instanceof Map) {
      const entries = [...value];
      value.clear();
      for (const [key, one] of entries) value.set(other(key), other(one));
    } else if (value instanceof Set) {
      value.clear();
      for (const one of content) value.add(other(one));
    } else {
      for (const key of Object.keys(value)) {
        if (blobs.has(value[key])) Object.defineProperty(value, key, { value: other(value[key]), writable: true, enumerable: true, configurable: true });
      }
    }
  }
  return other(root);
}
