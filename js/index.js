// The entry of the package. Importing it does nothing: no load, no touch of the browser, so that it
// is safe on a server. The WebAssembly module is loaded by the first `open`.

/** Looks like the errors that come out of the WebAssembly module. */
class RestowError extends Error {
  constructor(code, message, { retryable, cause }) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.retryable = retryable;
  }

  get name() {
    return "RestowError";
  }
}

let loading;

/** Loads the module once. A load that failed is forgotten, so that the next call tries again. */
function load() {
  loading ??= import("./restow.js")
    .then(async (module) => {
      // Without an argument it fetches `restow_bg.wasm` from beside itself, by a `new URL(…,
      // import.meta.url)` that browsers and bundlers understand alike.
      await module.default();
      addIterators(module.SessionHandle.prototype);
      return module;
    })
    .catch((cause) => {
      loading = undefined;
      const message = "the WebAssembly module of Restow could not be loaded";
      throw new RestowError("LoadFailed", message, { retryable: true, cause });
    });
  return loading;
}

/** Whether the console was told that there is no worker. Once is enough. */
let noted = false;

/** Why the engine is in the page although a worker was asked for. */
function tellNote(note) {
  if (!noted) console.warn(`restow: the engine runs in the page, not in a worker: ${note}`);
  noted = true;
}

/** Browsers and bundlers alike know a worker's script by just this expression. */
const begin = () => new Worker(new URL("./worker.js", import.meta.url), { type: "module" });

/** Opens with the engine in the page. `note` says why it is not in a worker, where one was asked for. */
async function openHere(config, note = null) {
  const module = await load();
  const restow = module.open(config);
  Object.defineProperty(restow, "worker", { value: Object.freeze({ active: false, note }), configurable: true });
  return restow;
}

async function openThere(config) {
  const remote = await import("./remote.js").catch(() => null);
  if (!remote) return { note: "its script could not be loaded" };
  return remote.openInWorker(config, { begin, openHere, addIterators });
}

export async function open(config) {
  if (!("indexedDB" in globalThis)) {
    const message = "IndexedDB is not available here; call this in a browser";
    throw new RestowError("StorageUnavailable", message, { retryable: false });
  }
  if (config?.worker !== true) return openHere(config);
  const { instance, note } = await openThere(config);
  if (instance) return instance;
  tellNote(note);
  return openHere(config, note);
}

export function isRestowError(error) {
  // Not by class: an error may come from another frame or a worker.
  return typeof error === "object" && error !== null && error.name === "RestowError" && typeof error.code === "string";
}

/** The ranges of at most one chunk each that make up `from..to`. */
function* steps(from, to, step) {
  for (let start = from; start < to; ) {
    const end = Math.min(to, (Math.floor(start / step) + 1) * step);
    yield { from: start, to: end };
    start = end;
  }
}

const keys = (path) => (Array.isArray(path) ? path.map(String) : path === "" ? [] : String(path).split("."));

const samePath = (a, b) => a.length === b.length && a.every((key, index) => key === b[index]);

const isBound = (value) => value === Infinity || (Number.isInteger(value) && value >= 0);

// Generators can't be written in Rust; they need nothing but `read` and `places`.
const iterators = {
  async *items(path, range) {
    const { from = 0, to = Infinity } = range ?? {};
    const place = this.places.find((one) => one.kind === "array" && samePath(one.path, keys(path)));
    if (!place || !isBound(from) || !isBound(to)) {
      // Not chunked, or not right: one read, which refuses what is no array and no range.
      yield* await this.read(path, { from, to });
      return;
    }
    for (const part of steps(from, Math.min(to, place.length), place.chunk)) {
      yield* await this.read(path, part);
    }
  },

  async *[Symbol.asyncIterator]() {
    for (const { path, kind, length, chunk } of this.places) {
      if (kind === "part") {
        yield { path, from: null, value: await this.read(path) };
        continue;
      }
      for (const part of steps(0, length, chunk)) {
        yield { path, from: part.from, value: await this.read(path, part) };
      }
    }
  },
};

function addIterators(prototype) {
  for (const name of Reflect.ownKeys(iterators)) {
    Object.defineProperty(prototype, name, { value: iterators[name], configurable: true, writable: true });
  }
}
