// Counts transactions that write, and makes those strict whose library has no option for it.

const begin = IDBDatabase.prototype.transaction;
const counts = { strict: 0, other: 0 };
let forced = false;

IDBDatabase.prototype.transaction = function transaction(stores, mode, options) {
  const begun = Reflect.apply(begin, this, [stores, mode, forced && mode === "readwrite" ? { durability: "strict" } : options]);
  if (mode === "readwrite") counts[begun.durability === "strict" ? "strict" : "other"] += 1;
  return begun;
};

/** While `work` runs, every transaction that writes is strict. */
export async function strictly(work) {
  forced = true;
  try {
    return await work();
  } finally {
    forced = false;
  }
}

/** What was counted since the last call. */
export function takeCounts() {
  const taken = { ...counts };
  Object.assign(counts, { strict: 0, other: 0 });
  return taken;
}
