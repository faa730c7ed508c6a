// Of whose code the WebAssembly is made: bytes of its functions, by the crate that their names begin with.

/** What is nobody else's. */
export const OWN = "Restow's own";

/** Crates that belong together, in the order in which they are tried. */
const GROUPS = [
  [OWN, /^restow$/],
  ["collections, sorting, texts and futures of Rust's libraries", /^(core|alloc|std|hashbrown|dlmalloc|futures_\w+|memchr)$/],
  ["serde", /^(serde\w*|itoa|ryu|zmij)$/],
  ["bindings to the browser", /^(js_sys|wasm_bindgen\w*|web_sys|idb|rexie|gloo\w*)$/],
];
const OTHERS = "patterns, dates, hashes and the rest";

/** The crate of a mangled name, of either kind; `null` where there is none. */
export function crateOf(name) {
  if (name.startsWith("_R")) return name.match(/C(?:s[0-9A-Za-z]*_)\d+([a-z]\w*?)(?=\d|$|[A-Z]|_)/)?.[1] ?? null;
  const [, length, rest] = name.match(/^_ZN(\d+)(.*)$/) ?? [];
  if (length === undefined) return null;
  const path = rest.slice(0, Number(length)).replaceAll("$LT$", "<").replaceAll("$RF$", "&").replaceAll("$u20$", " ").replaceAll("..", "::");
  return path.match(/^_?[<&]*(?:mut )?(?:dyn )?([a-z]\w*)/)?.[1] ?? null;
}

const groupOf = (crate) => GROUPS.find(([, names]) => names.test(crate ?? ""))?.[0] ?? OTHERS;

/** Reads what a module says about itself. */
class Reader {
  constructor(bytes, at = 0) {
    Object.assign(this, { bytes, at });
  }

  number() {
    for (let [value, shift] = [0, 0]; ; shift += 7) {
      const byte = this.bytes[this.at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  text() {
    const length = this.number();
    this.at += length;
    return new TextDecoder().decode(this.bytes.subarray(this.at - length, this.at));
  }
}

const [CUSTOM, CODE, FUNCTION_NAMES] = [0, 10, 1];

/** Bytes of each function of a module, and the name of each, in their order. */
export function functionsOf(module) {
  const reader = new Reader(module, 8);
  const [sizes, names] = [[], new Map()];
  while (reader.at < module.length) {
    const kind = module[reader.at++];
    const length = reader.number();
    const end = reader.at + length;
    if (kind === CODE) {
      for (let count = reader.number(); count > 0; count -= 1) {
        const size = reader.number();
        sizes.push(size);
        reader.at += size;
      }
    } else if (kind === CUSTOM && reader.text() === "name") {
      while (reader.at < end) {
        const part = module[reader.at++];
        const length = reader.number();
        const next = reader.at + length;
        for (let count = part === FUNCTION_NAMES ? reader.number() : 0; count > 0; count -= 1) names.set(reader.number(), reader.text());
        reader.at = next;
      }
    }
    reader.at = end;
  }
  // Imports are counted first, and have names as well.
  const imported = names.size - sizes.length;
  return sizes.map((size, index) => ({ size, name: names.get(index + imported) ?? "" }));
}

/** `{ group: share of the code }`, the largest first. */
export function shares(module) {
  const bytes = {};
  for (const { size, name } of functionsOf(module)) {
    const group = groupOf(crateOf(name));
    bytes[group] = (bytes[group] ?? 0) + size;
  }
  const all = Object.values(bytes).reduce((sum, size) => sum + size, 0);
  return Object.fromEntries(Object.entries(bytes).sort(([, one], [, other]) => other - one).map(([group, size]) => [group, size / all]));
}
