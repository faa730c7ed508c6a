// Whether a value is the same once it was sent to a worker.

/** Types of which all that Restow stores is sent. */
const WHOLE = new Set(
  [
    "Date", "RegExp", "Boolean", "Number", "String", "BigInt", "ArrayBuffer", "DataView", "Int8Array", "Uint8Array", "Uint8ClampedArray",
    "Int16Array", "Uint16Array", "Int32Array", "Uint32Array", "Float16Array", "Float32Array", "Float64Array", "BigInt64Array",
    "BigUint64Array", "Blob", "File", "Error", "ImageData",
  ].map((name) => `[object ${name}]`),
);

/** Values inside a value; `null` where something is not just data, or its type is none that is known. */
function inside(value) {
  const tag = Object.prototype.toString.call(value);
  if (WHOLE.has(tag)) return [];
  if (tag === "[object Map]") return [...Map.prototype.entries.call(value)].flat(1);
  if (tag === "[object Set]") return [...Set.prototype.values.call(value)];
  if (!Array.isArray(value) && tag !== "[object Object]") return null;
  const values = [];
  for (const key of Object.keys(value)) {
    const own = Object.getOwnPropertyDescriptor(value, key);
    if (!own || !("value" in own)) return null;
    values.push(own.value);
  }
  return values;
}

/**
 * Whether sending keeps all of a value that storing would keep. What it says no to may still be refused, or
 * be stored as something else: whoever has the engine at hand asks it.
 */
export function crosses(given) {
  const seen = new Set();
  const rest = [given];
  while (rest.length > 0) {
    const value = rest.pop();
    if (typeof value === "function" || typeof value === "symbol") return false;
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    let values;
    try {
      values = inside(value);
    } catch {
      return false;
    }
    if (values === null) return false;
    for (const one of values) rest.push(one);
  }
  return true;
}
