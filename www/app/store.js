/** One state for the whole page. Sections watch the keys they draw. */
import { configOf } from "./config.js";

export function createStore(initial) {
  let state = { ...initial };
  let changed = null;
  const watchers = [];

  function flush() {
    const now = changed;
    changed = null;
    for (const { keys, render } of watchers) {
      if (!keys.some((key) => now.has(key))) continue;
      try {
        render(state);
      } catch (error) {
        // One section that fails must not leave the others stale.
        reportError(error);
      }
    }
  }

  return {
    get: () => state,
    /** Replaces some keys. Watchers run once, after the current task's synchronous part. */
    set(patch) {
      const keys = Object.keys(patch).filter((key) => !Object.is(state[key], patch[key]));
      if (keys.length === 0) return;
      state = { ...state, ...patch };
      if (changed) {
        keys.forEach((key) => changed.add(key));
      } else {
        changed = new Set(keys);
        queueMicrotask(flush);
      }
    },
    /** Calls `render(state)` now, and whenever one of the keys has changed. */
    watch(keys, render) {
      watchers.push({ keys, render });
      render(state);
    },
  };
}

/** What the page knows. Nothing else is kept anywhere. */
export const store = createStore({
  restow: null,
  // What it was opened with.
  config: configOf(location.hash),
  // From Restow.
  status: null,
  needed: null,
  sessions: [],
  state: null,
  backups: [],
  quarantine: [],
  audit: [],
  // From the browser: `{ usage, quota, bodies, local }`, and the same from before the last run.
  storage: null,
  storageBefore: null,
  // The work under way: `{ kind, label, done, total, detail, cancel }`.
  job: null,
  // The last batch: `{ kind, result }`.
  report: null,
  // The session that is open: `{ id, handle }` or `{ id, body }`.
  open: null,
  notices: [],
});
