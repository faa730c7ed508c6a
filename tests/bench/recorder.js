// Records every request and transaction of IndexedDB, with what each one waited for.

/** Requests of a store or an index that a replay knows. */
const REQUESTS = ["add", "put", "get", "getKey", "getAll", "getAllKeys", "delete", "clear", "count", "openCursor", "openKeyCursor"];

/** What of a cursor would have to be replayed, and is not. */
const CURSORS = ["continue", "continuePrimaryKey", "advance", "update", "delete"];

/**
 * Records while `work` runs. Gives the databases it made, and its transactions in order:
 * `{ database, stores, mode, options, ended, requests }`. `ended` says how many transactions had ended
 * when this one began; each request has `after`, the number of answers in its transaction that it had
 * waited for, and its store, its index, its name and its arguments.
 */
export async function recorded(work) {
  const tape = { databases: [], transactions: [], unknown: [] };
  const known = new Map();
  const undo = [];
  let ended = 0;
  const wrap = (prototype, name, around) => {
    const original = prototype[name];
    prototype[name] = function (...args) {
      return around(this, args, () => Reflect.apply(original, this, args));
    };
    undo.push(() => (prototype[name] = original));
  };

  wrap(IDBFactory.prototype, "open", (_, [name, version], send) => {
    const request = send();
    request.addEventListener("upgradeneeded", () => tape.databases.push({ name, version, stores: [], upgrade: request.transaction }));
    return request;
  });
  wrap(IDBDatabase.prototype, "createObjectStore", (database, [name, options], send) => {
    tape.databases.find((one) => one.name === database.name).stores.push({ name, options, indexes: [] });
    return send();
  });
  wrap(IDBObjectStore.prototype, "createIndex", (store, args, send) => {
    const { stores } = tape.databases.find((one) => one.upgrade === store.transaction);
    stores.find((one) => one.name === store.name).indexes.push(args);
    return send();
  });
  wrap(IDBDatabase.prototype, "transaction", (database, [stores, mode = "readonly", options], send) => {
    const transaction = send();
    const row = { database: database.name, stores, mode, options, ended, requests: [], answers: 0 };
    for (const end of ["complete", "abort"]) transaction.addEventListener(end, () => (ended += 1));
    known.set(transaction, row);
    tape.transactions.push(row);
    return transaction;
  });
  for (const name of REQUESTS) {
    const around = (self, args, send) => {
      const index = self instanceof IDBIndex ? self.name : undefined;
      const store = index === undefined ? self : self.objectStore;
      const row = known.get(store.transaction);
      const request = send();
      // What runs while a database is made is of the upgrade's own transaction.
      if (!row) return request;
      row.requests.push({ after: row.answers, store: store.name, index, name, args });
      request.addEventListener("success", () => (row.answers += 1));
      return request;
    };
    wrap(IDBObjectStore.prototype, name, around);
    if (name in IDBIndex.prototype) wrap(IDBIndex.prototype, name, around);
  }
  for (const name of CURSORS) wrap(IDBCursor.prototype, name, (_, __, send) => (tape.unknown.push(name), send()));
  try {
    await work();
  } finally {
    for (const one of undo.toReversed()) one();
  }
  for (const one of tape.databases) delete one.upgrade;
  if (tape.unknown.length > 0) throw new Error(`a replay knows no ${tape.unknown[0]} of cursors`);
  return tape;
}

/** How many requests and transactions there are, and how many of them write. */
export function summary({ transactions }) {
  const counts = {};
  for (const { mode, requests } of transactions) {
    counts[mode] = (counts[mode] ?? 0) + 1;
    for (const { name } of requests) counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
