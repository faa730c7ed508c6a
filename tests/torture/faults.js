// What browsers do to storage, done on purpose: each fault takes the place of one request.

const exception = (name) => new DOMException("injected", name);
const writes = ["add", "put"];
const reads = ["get", "getKey", "getAll", "getAllKeys", "count", "openCursor", "openKeyCursor"];
const fixed = (target, name, value) => Object.defineProperty(target, name, { get: () => value, configurable: true });

/** Sends a request whose success is turned into a failure, before anyone hears of it. */
function failed(send, name) {
  const request = send();
  const error = exception(name);
  request.addEventListener("success", (event) => {
    event.stopImmediatePropagation();
    const { result } = request;
    fixed(request, "error", error);
    Object.defineProperty(request, "result", { get: () => { throw exception("InvalidStateError"); }, configurable: true });
    if (result instanceof IDBDatabase) result.close();
    const failure = new Event("error", { bubbles: true, cancelable: true });
    request.dispatchEvent(failure);
    // An error that nobody handles takes its transaction along.
    if (!failure.defaultPrevented && request.transaction) abort(request.transaction, error);
  });
  return request;
}

/** Aborts a transaction as the browser does, with the error that it then has. */
function abort(transaction, error) {
  if (error) fixed(transaction, "error", error);
  try {
    transaction.abort();
  } catch {
    // It was on its way to its end already.
  }
}

/** The transaction of a request is aborted right after the request was sent. */
const aborted = (error) => (send, { transaction }) => {
  const request = send();
  if (error) fixed(request, "error", error);
  abort(transaction, error);
  return request;
};

/** Kept from before anything is wrapped: what another tab does is no point of ours. */
const openDatabase = indexedDB.open.bind(indexedDB);

/** Upgrades a database and lets go of it, once everyone else has closed it. */
function upgrade(name, version) {
  openDatabase(name, version).onsuccess = ({ target }) => target.result.close();
}

/** The same, but it thinks better of it, and the version stays. An event of our own making would crash WebKit. */
function askToClose(name, version) {
  const request = openDatabase(name, version);
  request.onupgradeneeded = () => request.transaction.abort();
  request.onerror = (event) => event.preventDefault();
}

export const faults = {
  quota: {
    fits: ({ phase, op }) => phase === "before" && (writes.includes(op) || op === "setItem"),
    instead(send, point) {
      if (point.op === "setItem") throw exception("QuotaExceededError");
      return aborted(exception("QuotaExceededError"))(send, point);
    },
  },
  abort: {
    fits: ({ phase, transaction }) => phase === "before" && transaction !== undefined && transaction.mode !== "versionchange",
    instead: aborted(null),
  },
  unreadable: {
    fits: ({ phase, op }) => phase === "before" && reads.includes(op),
    instead: (send) => failed(send, "UnknownError"),
  },
  "connection closed": {
    fits: ({ phase, transaction }) => phase === "before" && transaction !== undefined && transaction.mode !== "versionchange",
    instead(send, { transaction }) {
      const { db } = transaction;
      const request = aborted(null)(send, { transaction });
      db.close();
      setTimeout(() => db.dispatchEvent(new Event("close")));
      return request;
    },
  },
  denied: {
    fits: ({ phase, op }) => phase === "before" && op === "open",
    instead() {
      throw exception("SecurityError");
    },
  },
  "cannot open": {
    fits: ({ phase, op }) => phase === "before" && op === "open",
    instead: (send) => failed(send, "UnknownError"),
  },
  versionchange: {
    fits: ({ phase, transaction }) => phase === "before" && transaction !== undefined && transaction.mode !== "versionchange",
    // Another tab of a newer release upgrades the application's database. Ours is only asked to close.
    instead(send, { transaction }) {
      const { name, version } = transaction.db;
      const ask = name.startsWith("app") ? upgrade : askToClose;
      ask(name, version + 1);
      return send();
    },
  },
};

const ofTexts = (...ops) => ({ phase, op }) => phase === "before" && ops.includes(op);
const throwing = (name) => () => {
  throw exception(name);
};

/** The same for localStorage, where every step is one call: it is refused once, or from then on. */
export const localFaults = {
  "localStorage full": { fits: ofTexts("setItem"), instead: throwing("QuotaExceededError") },
  "localStorage full from then on": { fits: ofTexts("setItem"), instead: throwing("QuotaExceededError"), lasts: true },
  "localStorage denied": { fits: ofTexts("setItem", "removeItem"), instead: throwing("SecurityError") },
  "localStorage denied from then on": { fits: ofTexts("setItem", "removeItem"), instead: throwing("SecurityError"), lasts: true },
  "localStorage unreadable": { fits: ofTexts("getItem"), instead: throwing("SecurityError"), most: 6 },
  "localStorage unreadable from then on": { fits: ofTexts("getItem"), instead: throwing("SecurityError"), lasts: true, most: 6 },
};

export const everyFault = { ...faults, ...localFaults };
