// How every peer splits a session: the layout of the preset `taskerino`.

export const layout = {
  label: "name",
  arrays: [{ path: "screenshots", chunk: 20 }, { path: "audioSegments", chunk: 100 }],
  parts: ["summary", "audioInsights"],
};

/** A session in pieces: `{ skeleton, pieces: [{ path, index, value }] }`. */
export function cut(session) {
  const skeleton = { ...session };
  const pieces = [];
  for (const { path, chunk } of layout.arrays) {
    const items = session[path];
    skeleton[path] = [];
    for (let from = 0; from < items.length; from += chunk) pieces.push({ path, index: from / chunk, value: items.slice(from, from + chunk) });
  }
  for (const path of layout.parts) {
    skeleton[path] = null;
    pieces.push({ path, index: 0, value: session[path] });
  }
  return { skeleton, pieces };
}

/** The session again, from a skeleton and its pieces in order. */
export function join(skeleton, pieces) {
  const session = { ...skeleton };
  const arrays = new Set(layout.arrays.map(({ path }) => path));
  for (const path of arrays) session[path] = [];
  for (const { path, value } of pieces) {
    if (arrays.has(path)) session[path].push(...value);
    else session[path] = value;
  }
  return session;
}

/** Deep equality of JSON-like values, order of keys included. */
export function equal(a, b) {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  if (Array.isArray(a)) return a.length === b.length && a.every((item, index) => equal(item, b[index]));
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  return keys.length === others.length && keys.every((key, index) => key === others[index] && equal(a[key], b[key]));
}
