// Messages to and from the worker, and the calls that they belong to.

import { crosses } from "./crosses.js";
import { PageStorage } from "./storage.js";

/** Calls with a callback and a signal, and which of their arguments has them. */
const WATCHED = { migrateAllSessions: 0, migrateSessionToChunked: 1, verifyAll: 0, runChunkedMigration: 0, migrateSingleSession: 1 };
const WATCHED_OPTIONS = ["dryRun", "verbose", "backupRetentionDays", "batchSize", "force", "headroom"];

/** An error as the engine makes it. */
export function rebuilt({ message, fields }) {
  return Object.assign(new Error(message), { name: "RestowError", ...fields });
}

const closed = () => rebuilt({ message: "this Restow instance is closed", fields: { code: "Closed", retryable: false } });
const died = (reason) => rebuilt({ message: `the worker has ended: ${reason}`, fields: { code: "Browser", retryable: false } });

/** Asked for something that can't be sent, or would not arrive as it is. */
export const UNSENDABLE = Symbol("unsendable");

export class Link {
  #worker;
  #storage = new PageStorage();
  #calls = new Map();
  #last = 0;
  #opening;
  #over = null;
  #home = null;

  constructor(worker, config, shared) {
    this.config = config;
    this.shared = shared;
    this.#worker = worker;
    worker.onmessage = ({ data }) => this.#receive(data);
    worker.onerror = (event) => this.#die(String(event.message || "an error in it"));
    worker.onmessageerror = () => this.#die("a message of its could not be read");
    this.opened = new Promise((resolve, reject) => {
      this.#opening = { resolve, reject };
      // What a clone would change, the engine has to see as it is.
      if (!crosses(config)) reject(new DOMException("", "DataCloneError"));
      else worker.postMessage({ open: config });
    });
    this.freed = new FinalizationRegistry((handle) => this.#over || worker.postMessage({ free: handle }));
  }

  /** Calls a method there. Resolves to its answer, or to `UNSENDABLE` before anything has happened. */
  call(on, method, given) {
    if (this.#over) return Promise.reject(this.#over());
    const call = ++this.#last;
    return new Promise((resolve, reject) => {
      const waiting = { resolve, reject };
      try {
        const message = this.#watch(call, waiting, { call, on, method, given });
        if (!crosses(message.given)) return resolve(UNSENDABLE);
        this.#worker.postMessage(message);
      } catch {
        waiting.finish?.();
        return resolve(UNSENDABLE);
      }
      this.#calls.set(call, waiting);
    });
  }

  /** The same configuration with the engine in the page, for what can't be sent. */
  home() {
    if (this.#over) return Promise.reject(this.#over());
    this.#home ??= this.shared.openHere({ ...this.config, console: false, autoCleanup: false });
    return this.#home;
  }

  /** Closes both sides. What is under way there comes to its end. */
  close() {
    if (this.#over) return;
    this.#over = closed;
    this.#worker.postMessage({ close: true });
    this.#home?.then((restow) => restow.close(), () => {});
    if (this.#calls.size === 0) this.#storage.close();
  }

  /** Ends the worker at once; nothing is under way yet. */
  end() {
    this.#over = closed;
    this.#storage.close();
    this.#worker.terminate();
  }

  #receive(data) {
    if ("progress" in data) return this.#calls.get(data.progress)?.progress(data.given);
    if ("print" in data) return console[data.print](...data.given);
    if ("ask" in data) return void this.#answer(data);
    if ("opened" in data) return data.opened ? this.#opening.resolve() : this.#opening.reject(rebuilt(data.error));
    const waiting = this.#calls.get(data.call);
    if (!waiting) return;
    this.#calls.delete(data.call);
    waiting.finish?.();
    if (data.error) waiting.reject(Object.assign(rebuilt(data.error), data.state && { [STATE]: data.state }));
    else waiting.resolve(data);
    if (this.#over && this.#calls.size === 0) this.#storage.close();
  }

  async #answer({ ask, what, given }) {
    try {
      this.#worker.postMessage({ reply: ask, value: await this.#storage[what](...given) });
    } catch (thrown) {
      const { kind = "browser", name = "UnknownError", message = "" } = thrown ?? {};
      this.#worker.postMessage({ reply: ask, error: { kind, name, message } });
    }
  }

  /** Keeps callback and signal here, and says which there are. */
  #watch(call, waiting, message) {
    const at = WATCHED[message.method];
    const options = message.given[at];
    if (at === undefined || typeof options !== "object" || options === null) return message;
    const { onProgress, signal } = options;
    const sent = {};
    for (const name of WATCHED_OPTIONS) if (options[name] !== undefined) sent[name] = options[name];
    const hears = typeof onProgress === "function";
    const stops = typeof signal?.aborted === "boolean";
    // What is no callback and no signal is refused there.
    if (!hears && onProgress !== undefined) sent.onProgress = onProgress;
    if (!stops && signal !== undefined) sent.signal = signal;
    if (!hears && !stops) return { ...message, given: replaced(message.given, at, sent) };
    const stop = () => stops && signal.aborted && this.#worker.postMessage({ abort: call });
    waiting.progress = (told) => {
      try {
        if (hears) onProgress.apply(null, told);
      } catch (thrown) {
        // A progress bar must not stop a migration.
        console.error(thrown);
      }
      stop();
    };
    if (stops) signal.addEventListener?.("abort", stop);
    waiting.finish = () => stops && signal.removeEventListener?.("abort", stop);
    return { ...message, given: replaced(message.given, at, sent), watch: { at, signal: stops ? signal.aborted : undefined } };
  }

  #die(reason) {
    this.#over ??= () => died(reason);
    this.#worker.terminate();
    this.#storage.close();
    for (const waiting of this.#calls.values()) {
      waiting.finish?.();
      waiting.reject(died(reason));
    }
    this.#calls.clear();
    this.#opening.reject(died(reason));
  }
}

/** What a handle is told with an error; no field of the error. */
export const STATE = Symbol("state");

function replaced(given, at, value) {
  const copy = [...given];
  copy[at] = value;
  return copy;
}
