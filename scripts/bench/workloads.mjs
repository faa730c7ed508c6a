// What is measured, and how much of it in a quick run.

/** Peers in their order, with what stands in tables. */
export const peers = [
  { id: "restow", name: "Restow", does: "backup, every value verified" },
  { id: "floor", name: "floor", does: "Restow's requests replayed, nothing computed" },
  { id: "plain-a", name: "plain JS (a)", does: "backup, nothing verified" },
  { id: "plain-b", name: "plain JS (b)", does: "backup, chunks read back and compared" },
  { id: "plain-c", name: "plain JS (c)", does: "backup, chunks read back, SHA-256 of both sides" },
  { id: "plain-d", name: "plain JS (d)", does: "JSON bytes, encoded once, for chunks, backup and proof" },
  { id: "algorithm", name: "chunk by chunk", does: "backup, some fields of what is read back" },
  { id: "dexie", name: "Dexie upgrade", does: "no backup, nothing verified" },
  { id: "rxdb", name: "RxDB migration", does: "no backup, nothing verified, not split into records" },
];

/** What chunks and backup could be stored as, with what stands in tables. */
export const forms = { values: "pieces and backup by hand, as values", json: "as JSON bytes", gzip: "as gzipped JSON" };

const size = (kilobytes) => (kilobytes >= 1_000 ? `${kilobytes / 1_000} MB` : `${kilobytes} KB`);
const workload = (count, kilobytes) => ({ count, kilobytes, name: `${count.toLocaleString("en-US")} × ${size(kilobytes)}` });

/** Rounds of what takes longest: one forwards, one backwards. */
const FEW = 2;

const whole = {
  rounds: 3,
  batches: { "1mb": workload(100, 1_000), "50kb": workload(1_000, 50), "5kb": { ...workload(10_000, 5), rounds: FEW }, "20mb": workload(5, 20_000) },
  demand: workload(20, 1_000),
  few: workload(100, 5), many: workload(10_000, 5),
  status: { ...workload(10_000, 5), times: 15 },
  handles: { small: 1_000, large: 100_000, times: 31 },
  appending: { kilobytes: 5_000, times: 21 }, access: { kilobytes: 5_000, times: 21 },
  moving: workload(500, 1_000), memory: { batch: workload(500, 1_000), one: workload(1, 20_000) },
  disk: workload(50, 1_000),
  claims: [workload(1, 2_000), workload(50, 2_000), workload(500, 2_000)],
};

const quick = {
  ...whole,
  rounds: 3,
  batches: { "1mb": workload(10, 1_000), "50kb": workload(60, 50), "5kb": workload(200, 5), "20mb": workload(1, 20_000) },
  demand: workload(8, 1_000),
  few: workload(50, 5), many: workload(500, 5),
  status: { ...workload(1_000, 5), times: 9 },
  handles: { small: 1_000, large: 100_000, times: 15 },
  appending: { kilobytes: 5_000, times: 11 }, access: { kilobytes: 5_000, times: 11 },
  moving: workload(20, 1_000), memory: { batch: workload(20, 1_000), one: workload(1, 20_000) },
  disk: workload(15, 1_000),
  claims: [workload(1, 2_000), workload(50, 2_000)],
};

const smoke = { ...quick, rounds: 1, batches: { "50kb": workload(4, 50) } };

export const runs = { whole, quick, smoke };

/** Rounds of a workload, or of what has none of its own. */
export const roundsOf = ({ rounds }, workload) => Math.min(rounds, workload?.rounds ?? (workload ? rounds : FEW));

/** Everything that `--workload` takes. */
export const everyWorkload = [...Object.keys(whole.batches), "demand", "access", "calls", "memory", "disk", "claims"];
