// What was written to localStorage lately, and what other tabs say they wrote to the same keys: the rules of
// src/browser/sources/local/written.rs. A tab may write over what another has just written without having
// seen it; it is told by a `storage` event afterwards, and puts back what it alone has lost.

/** For how long a write is remembered. */
const WINDOW_MS = 10_000;
/** Most values that are put back to one key after one write, so that two tabs never go on for ever. */
const MAX_PUT_BACKS = 8;

export class Written {
  #texts;
  #writes = new Map();
  #heard = new Set();

  constructor(texts) {
    this.#texts = texts;
    addEventListener("storage", this.#hear);
  }

  stop() {
    removeEventListener("storage", this.#hear);
  }

  /** `ours` was written just now where `seen` lay; `null` stands for no text. */
  note(key, seen, ours) {
    const now = performance.now();
    for (const [old, { at }] of this.#writes) if (now - at > WINDOW_MS) this.#writes.delete(old);
    this.#writes.set(key, { at: now, seen, ours, putBacks: 0 });
  }

  /** Keys that other tabs wrote to as well, since the last call. */
  take() {
    const heard = [...this.#heard].sort();
    this.#heard.clear();
    return heard;
  }

  #hear = ({ key, storageArea, newValue: theirs }) => {
    // `sessionStorage` has the same event. Where everything was cleared there is no key.
    const write = key === null || storageArea !== this.#texts ? undefined : this.#writes.get(key);
    if (!write || performance.now() - write.at > WINDOW_MS) return;
    // A tab that wrote what was seen here lost nothing.
    if (theirs === write.ours || theirs === write.seen) return;
    this.#heard.add(key);
    // What another tab removed is not brought back, but nor is what it left removed.
    if (theirs === null || this.#texts.getItem(key) !== write.ours || write.putBacks === MAX_PUT_BACKS) return;
    write.putBacks += 1;
    // From now on the last word is theirs, whatever was once seen.
    write.seen = undefined;
    write.ours = theirs;
    try {
      this.#texts.setItem(key, theirs);
    } catch {
      // Where there is no room any more, the key is told all the same.
    }
  };
}
