// localStorage on behalf of a worker, which has none. The rules are those of the engine in the page
// (src/browser/sources/local): a text is compared and written in one turn, in the callback of a request of a
// transaction of our database, in which the lease and all that is expected were found unchanged.

import { Written } from "./written.js";

/** How long another tab's write may take until it is heard of. */
const SETTLE_MS = 200;

/** What the worker is told when something fails. */
const failure = (kind, thrown) => ({ kind, name: String(thrown?.name ?? "UnknownError"), message: String(thrown?.message ?? "") });

const isFull = ({ name }) => name === "QuotaExceededError" || name === "NS_ERROR_DOM_QUOTA_REACHED";

function denying(work) {
  try {
    return work();
  } catch (thrown) {
    throw failure("denied", thrown);
  }
}

/** A range of keys, or a key. */
const query = (method, argument) => (method === "deleteRange" ? IDBKeyRange.bound(...argument) : argument);

const sameLease = (found, seen) => (found === undefined) === (seen === undefined) && found?.token === seen?.token && found?.until === seen?.until;

const asExpected = (found, [, generation, revision]) => found?.generation === generation && found?.revision === revision;

export class PageStorage {
  #written = null;
  #unsettled = false;
  #databases = new Map();

  keys() {
    const texts = this.#open();
    return denying(() => Array.from({ length: texts.length }, (_, index) => texts.key(index)).filter((key) => key !== null));
  }

  read(key) {
    const texts = this.#open();
    return denying(() => texts.getItem(key));
  }

  /** Waits, and tells which keys other tabs wrote to as well. */
  async settle() {
    if (this.#unsettled) {
      this.#unsettled = false;
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    }
    return this.#written?.take() ?? [];
  }

  /**
   * The checked write: `"done"`, `"refused"` as it was asked for, `"late"` after its time, or `"changed"` where
   * the text, the lease or a manifest is not what the worker has seen.
   */
  async swap(request) {
    const texts = this.#open();
    if (!request.batch) return this.#turn(texts, request, () => {}) ?? "done";
    const db = await this.#connect(request.batch.database);
    return db ? this.#transact(db, texts, request) : "changed";
  }

  close() {
    this.#written?.stop();
    for (const flight of this.#databases.values()) flight.then((db) => db?.close(), () => {});
  }

  /** Whoever has looked at localStorage hears of what others do to it. */
  #open() {
    const texts = denying(() => globalThis.localStorage);
    if (!texts) throw failure("unavailable");
    this.#written ??= new Written(texts);
    return texts;
  }

  #transact(db, texts, { batch, ...request }) {
    return new Promise((resolve, reject) => {
      let tx;
      try {
        tx = db.transaction(batch.stores, "readwrite", { durability: batch.durability });
      } catch {
        // The connection is closing: the worker tries again, on a new one.
        this.#databases.delete(batch.database);
        resolve("changed");
        return;
      }
      let outcome;
      const end = (settle, what) => {
        outcome ??= () => settle(what);
        try {
          tx.abort();
        } catch {
          // It is over already, or about to commit.
        }
      };
      const timer = setTimeout(end, request.limit, resolve, "late");
      tx.oncomplete = () => {
        clearTimeout(timer);
        resolve("done");
      };
      tx.onabort = () => {
        clearTimeout(timer);
        if (outcome) outcome();
        else reject(failure("aborted", tx.error ?? { name: "AbortError" }));
      };
      const queue = () => {
        for (const [method, store, argument] of batch.ops) {
          tx.objectStore(store)[method === "deleteRange" ? "delete" : method](query(method, argument));
        }
      };
      const decide = (found) => {
        const lease = batch.holder === null || sameLease(found.shift(), batch.lease);
        if (!lease || !batch.expected.every((one, index) => asExpected(found[index], one))) return end(resolve, "changed");
        try {
          const stop = this.#turn(texts, request, queue);
          if (stop) end(resolve, stop);
        } catch (thrown) {
          end(reject, thrown.kind ? thrown : failure("aborted", thrown));
        }
      };
      const leases = batch.holder === null ? [] : [tx.objectStore("leases").get(batch.holder)];
      const asks = [...leases, ...batch.expected.map(([id]) => tx.objectStore("manifests").get(id))];
      // Without conditions, any answer proves that the transaction has begun.
      const last = asks.at(-1) ?? tx.objectStore(batch.stores[0]).count(-1);
      last.onsuccess = () => decide(asks.map(({ result }) => result));
    });
  }

  /** All that happens in one turn; what keeps it from happening, if anything. */
  #turn(texts, { key, seen, next, refuse, deadline }, queue) {
    if (Date.now() > deadline) return "late";
    const there = denying(() => texts.getItem(key));
    if (there !== seen) return "changed";
    if (refuse) return "refused";
    queue();
    if (next === there) return undefined;
    try {
      if (next === null) texts.removeItem(key);
      else texts.setItem(key, next);
    } catch (thrown) {
      throw failure(isFull(thrown) ? "full" : "denied", thrown);
    }
    if (denying(() => texts.getItem(key)) !== next) throw failure("lost", { name: "DataError" });
    this.#unsettled = true;
    this.#written.note(key, seen, next);
    return undefined;
  }

  /** Our database as it is; `null` where there is none any more. */
  #connect(name) {
    if (!this.#databases.has(name)) {
      const forget = () => this.#databases.delete(name);
      const flight = new Promise((resolve, reject) => {
        const request = indexedDB.open(name);
        let absent = false;
        request.onupgradeneeded = () => {
          absent = true;
          request.transaction.abort();
        };
        request.onsuccess = () => {
          const db = request.result;
          db.onversionchange = () => {
            forget();
            db.close();
          };
          db.onclose = forget;
          resolve(db);
        };
        request.onerror = () => {
          forget();
          if (absent) resolve(null);
          else reject(failure("aborted", request.error));
        };
      });
      this.#databases.set(name, flight);
    }
    return this.#databases.get(name);
  }
}
