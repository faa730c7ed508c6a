// The walk through plain values, in JavaScript: what it meets is written down as numbers and the bytes of one
// text, so that a thousand values cross the border to WebAssembly at once. `flat.rs` reads them.
//
// Only what is stored most is known here: primitives, plain objects, arrays without holes, dates. Anything
// else, and an object that another piece holds as well, ends the walk of the piece without a result.

const { isArray } = Array;
const { keys } = Object;
const { toString } = Object.prototype;
const { getTime } = Date.prototype;

/** Numbers and units of text after which what was written down is handed over. */
const STEPS = 1 << 15;
const UNITS = 1 << 20;

/** As the tags of `encoder.rs`. */
const [UNDEFINED, NULL, FALSE, TRUE, NUMBER, TEXT] = [0, 1, 2, 3, 4, 5];
const [SEEN, OBJECT, ARRAY, DATE] = [8, 9, 10, 12];

/** Objects with more keys than this are dictionaries, and hardly two of them are alike. */
const MAX_KEYS = 64;
/** Most shapes that are remembered. */
const MAX_SHAPES = 1024;
/** What stands between texts: without it the halves of two broken ones could make a character. */
const BETWEEN = "\0";

// One of each for all walks: what is in them is read before any walk goes on.
const steps = new Uint32Array(STEPS + 8);
const numbers = new Float64Array(STEPS + 8);
const bytes = new Uint8Array(2 * UNITS);
const encoder = new TextEncoder();

/** The UTF-8 of a text, whose halves of broken characters become U+FFFD. Glue would go through it unit by unit. */
function utf8(text) {
  const { read, written } = encoder.encodeInto(text, bytes);
  return read === text.length ? bytes.subarray(0, written) : encoder.encode(text);
}

const sameKeys = (a, b) => a.length === b.length && a.every((key, index) => key === b[index]);

/** Walks the pieces of one value. `seen` has the number of each object that was met before. */
export class Flattener {
  #seen;
  #shapes = new Map();
  #shapesKnown = 0;
  #last = { keys: null, shape: 0 };
  #stack = [];
  #first = 0;
  #met = [];

  constructor(seen) {
    this.#seen = seen;
  }

  /** Begins a piece, whose first object gets this number. */
  begin(piece, first) {
    this.#first = first;
    this.#met = [];
    this.#stack = [{ list: [piece], keys: null, next: 0, count: 1 }];
  }

  /** Forgets the objects of the piece, which is walked in another way, and shapes that nobody heard of. */
  undo() {
    for (const object of this.#met) this.#seen.delete(object);
    this.#met = [];
    this.#shapes.clear();
    this.#shapesKnown = 0;
    this.#last = { keys: null, shape: 0 };
  }

  /** The number of objects met so far, in all pieces. */
  get count() {
    return this.#first + this.#met.length;
  }

  /** What comes next, or `undefined` where it can't be told here. At the end there are no steps. */
  next() {
    const texts = [];
    const shapes = [];
    let [at, numbersAt, units] = [0, 0, 0];
    let top = this.#stack.at(-1);
    while (top !== undefined && at < STEPS && units < UNITS) {
      if (top.next === top.count) {
        this.#stack.pop();
        top = this.#stack.at(-1);
        continue;
      }
      const value = top.keys === null ? top.list[top.next] : top.list[top.keys[top.next]];
      top.next += 1;
      switch (typeof value) {
        case "string":
          steps[at++] = TEXT;
          steps[at++] = value.length;
          units += value.length;
          texts.push(value);
          continue;
        case "number":
          steps[at++] = NUMBER;
          numbers[numbersAt++] = value;
          continue;
        case "boolean":
          steps[at++] = value ? TRUE : FALSE;
          continue;
        case "undefined":
          steps[at++] = UNDEFINED;
          continue;
        case "object":
          break;
        default:
          return undefined;
      }
      if (value === null) {
        steps[at++] = NULL;
        continue;
      }
      const before = this.#seen.get(value);
      if (before !== undefined) {
        if (before < this.#first) return undefined;
        steps[at++] = SEEN;
        steps[at++] = before - this.#first;
        continue;
      }
      this.#seen.set(value, this.count);
      this.#met.push(value);
      if (isArray(value)) {
        const { length } = value;
        // Indices come first and in order, so if the last of them all is in its place, so are all others.
        const indices = keys(value);
        if (indices.length !== length || (length > 0 && indices[length - 1] !== String(length - 1))) return undefined;
        steps[at++] = ARRAY;
        steps[at++] = length;
        top = { list: value, keys: null, next: 0, count: length };
        this.#stack.push(top);
        continue;
      }
      const tag = toString.call(value);
      if (tag === "[object Date]") {
        const time = timeOf(value);
        if (time === undefined) return undefined;
        steps[at++] = DATE;
        numbers[numbersAt++] = time;
        continue;
      }
      if (tag !== "[object Object]") return undefined;
      const names = keys(value);
      const shape = this.#shape(names, shapes);
      if (shape === undefined) return undefined;
      steps[at++] = OBJECT;
      steps[at++] = shape;
      top = { list: value, keys: names, next: 0, count: names.length };
      this.#stack.push(top);
    }
    return { steps: steps.subarray(0, at), numbers: numbers.subarray(0, numbersAt), text: utf8(texts.join(BETWEEN)), shapes };
  }

  /** The number of an object's shape; new ones are added to `shapes`. */
  #shape(names, shapes) {
    if (this.#last.keys !== null && sameKeys(this.#last.keys, names)) return this.#last.shape;
    const known = names.length <= MAX_KEYS ? this.#shapes.get(names.join(BETWEEN)) : undefined;
    if (known !== undefined) {
      // A key may have in it what stands between keys.
      if (!sameKeys(known.keys, names)) return undefined;
      this.#last = known;
      return known.shape;
    }
    const found = { keys: names, shape: this.#shapesKnown };
    this.#shapesKnown += 1;
    shapes.push(names);
    if (names.length <= MAX_KEYS && this.#shapes.size < MAX_SHAPES) {
      this.#shapes.set(names.join(BETWEEN), found);
      this.#last = found;
    }
    return found.shape;
  }
}

/** What calls itself a date and is none has no time. */
function timeOf(date) {
  try {
    return getTime.call(date);
  } catch {
    return undefined;
  }
}
