// Stands between the package and the browser's storage: every request is a point, before it is
// sent and after its success, and so is every commit, before anyone hears of it.

/** What makes requests. A cursor that goes on answers through the request that opened it. */
const methods = {
  IDBFactory: ["open", "deleteDatabase"],
  IDBObjectStore: ["add", "put", "get", "getKey", "getAll", "getAllKeys", "delete", "clear", "count", "openCursor", "openKeyCursor"],
  IDBIndex: ["get", "getKey", "getAll", "getAllKeys", "count", "openCursor", "openKeyCursor"],
  IDBCursor: ["continue", "advance", "update", "delete"],
};

/** What localStorage is asked for, where there is one. */
const texts = ["getItem", "setItem", "removeItem"];

const asked = new WeakMap();

/**
 * Whether a transaction asks the same once more. One that has to stay open while something else is
 * waited for does so, as often as there is time; such points are all alike, and not counted.
 */
export function repeats({ phase, op, self, args, transaction }) {
  if (!transaction || !/^(get|count)/.test(op)) return false;
  const what = `${phase} ${op} ${self.name} ${JSON.stringify(args)}`;
  if (!asked.has(transaction)) asked.set(transaction, new Set());
  const before = asked.get(transaction);
  return before.size === before.add(what).size;
}

/** Transactions that have not come to their end. */
const open = new Set();

/** Undoes what is under way, as the end of a context does. */
export function abortAll() {
  for (const transaction of open) {
    try {
      transaction.abort();
    } catch {
      // It is being committed; that may still happen after a death.
    }
  }
}

/** Calls `onPoint`. Where that throws, nobody else hears of the event. */
function heard(event, onPoint, point) {
  try {
    onPoint(point);
  } catch (error) {
    event.stopImmediatePropagation();
    throw error;
  }
}

/**
 * Wraps the prototypes of this context. `onPoint({ phase, op, request?, transaction? })` is called
 * synchronously at each point; before a request it may return `{ instead(original) }`, which is
 * called in place of sending it. Where it throws, the point is not passed.
 */
export function install(onPoint) {
  for (const [kind, names] of Object.entries(methods)) {
    for (const name of names) wrapRequest(globalThis[kind].prototype, name, onPoint);
  }
  const begin = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function transaction(...args) {
    const begun = Reflect.apply(begin, this, args);
    // The first to listen is the first to hear.
    begun.addEventListener("complete", (event) => {
      open.delete(begun);
      heard(event, onPoint, { phase: "commit", op: begun.mode, transaction: begun, options: args[2] });
    });
    begun.addEventListener("abort", () => open.delete(begun));
    open.add(begun);
    return begun;
  };
  if (globalThis.Storage) for (const name of texts) wrapText(Storage.prototype, name, onPoint);
}

function wrapRequest(prototype, name, onPoint) {
  const original = prototype[name];
  prototype[name] = function (...args) {
    const transaction = this.transaction ?? this.objectStore?.transaction ?? this.source?.transaction;
    const send = () => Reflect.apply(original, this, args);
    const fault = onPoint({ phase: "before", op: name, self: this, args, transaction });
    const request = fault ? fault.instead(send) : send();
    // `continue` and `advance` return nothing.
    request?.addEventListener("success", (event) => heard(event, onPoint, { phase: "after", op: name, self: this, args, request, transaction }));
    return request;
  };
}

function wrapText(prototype, name, onPoint) {
  const original = prototype[name];
  prototype[name] = function (...args) {
    const send = () => Reflect.apply(original, this, args);
    const fault = onPoint({ phase: "before", op: name, self: this, args });
    const result = fault ? fault.instead(send) : send();
    onPoint({ phase: "after", op: name });
    return result;
  };
}
