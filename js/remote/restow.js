// The object that `open` returns where the engine runs in a worker, and the handles that it gives.

import { STATE, UNSENDABLE, rebuilt } from "./link.js";

const METHODS = [
  "getMigrationStatus", "checkMigrationNeeded", "isSessionChunked", "listSessions", "migrateSessionToChunked", "migrateAllSessions",
  "loadFullSession", "createSession", "deleteSession", "verifySession", "verifyAll", "repair", "listBackups",
  "rollbackSessionMigration", "cleanupOldBackups", "resolveConflict", "removeOriginals", "listQuarantine", "readAudit",
  "captureState", "restoreState", "carryState", "undoCarry", "clearMigratedState",
];

const CONSOLE = ["runChunkedMigration", "showMigrationStatus", "migrateSingleSession", "rollbackSession", "cleanupBackups"];

export class RemoteRestow {
  #link;

  constructor(link) {
    this.#link = link;
    if (link.config.console === true) this.#putOnGlobal();
  }

  /** The engine is in a worker. */
  get worker() {
    return { active: true, note: null };
  }

  async openSession(...given) {
    const answer = await this.#link.call(undefined, "openSession", given);
    if (answer === UNSENDABLE) return (await this.#link.home()).openSession(...given);
    return answer.handle === undefined ? answer.value : handleOf(this.#link, answer);
  }

  /** Both values are compared in the page, as they are; the engine is loaded for it. */
  async verifyDataIntegrity(original, migrated) {
    (await this.#link.home()).verifyDataIntegrity(original, migrated);
  }

  installConsole() {
    this.#link.call(undefined, "installConsole", []).catch(() => {});
    this.#putOnGlobal();
  }

  close() {
    this.#link.close();
  }

  #putOnGlobal() {
    const link = this.#link;
    for (const name of CONSOLE) {
      globalThis[name] = async (...given) => {
        const answer = await link.call("console", name, given);
        if (answer !== UNSENDABLE) return answer.value;
        const message = "`options` must be plain data";
        throw rebuilt({ message, fields: { code: "InvalidArgument", retryable: false } });
      };
    }
  }

  static {
    for (const name of METHODS) {
      const method = {
        async [name](...given) {
          const answer = await this.#link.call(undefined, name, given);
          return answer === UNSENDABLE ? (await this.#link.home())[name](...given) : answer.value;
        },
      }[name];
      Object.defineProperty(this.prototype, name, { value: method, configurable: true, writable: true });
    }
  }
}

/** A handle of the worker's, with what it tells without being asked. */
class RemoteHandle {
  #link;
  #number;
  #state;

  constructor(link, { handle, state }) {
    this.#link = link;
    this.#adopt(handle, state);
  }

  get id() {
    return this.#state.id;
  }

  /** The caller's own copy. */
  get metadata() {
    return structuredClone(this.#state.metadata);
  }

  get revision() {
    return this.#state.revision;
  }

  get places() {
    return structuredClone(this.#state.places);
  }

  read(...given) {
    return this.#call("read", given);
  }

  append(...given) {
    return this.#call("append", given);
  }

  setItem(...given) {
    return this.#call("setItem", given);
  }

  set(...given) {
    return this.#call("set", given);
  }

  #adopt(handle, state) {
    if (this.#number !== undefined) this.#link.freed.unregister(this);
    this.#number = handle;
    this.#state = state;
    this.#link.freed.register(this, handle, this);
  }

  async #call(method, given) {
    try {
      const answer = await this.#link.call(this.#number, method, given);
      if (answer === UNSENDABLE) return await this.#atHome(method, given);
      this.#state = answer.state ?? this.#state;
      return answer.value;
    } catch (error) {
      this.#state = error[STATE] ?? this.#state;
      delete error[STATE];
      throw error;
    }
  }

  /** With the engine in the page, if the session still is what this handle has seen. */
  async #atHome(method, given) {
    const { id, revision } = this.#state;
    const twin = await (await this.#link.home()).openSession(id);
    if (twin?.revision !== revision) {
      const message = `session ${id} has changed since this handle was opened; open it again`;
      throw rebuilt({ message, fields: { code: "StaleHandle", retryable: false, sessionId: id } });
    }
    try {
      const value = await twin[method](...given);
      if (twin.revision !== revision) {
        const { handle, state } = await this.#link.call(undefined, "openSession", [id]);
        if (handle !== undefined) this.#adopt(handle, state);
      }
      return value;
    } finally {
      twin.free();
    }
  }
}

/** A handle, with the iteration that all handles have. */
function handleOf(link, answer) {
  if (!(Symbol.asyncIterator in RemoteHandle.prototype)) link.shared.addIterators(RemoteHandle.prototype);
  return new RemoteHandle(link, answer);
}
