// Medians, ratios, and how figures are printed.

/** The middle of some numbers, or the mean of the middle two; `null` of none. */
export function median(numbers) {
  if (numbers.length === 0) return null;
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/**
 * How many times as long one takes as another: the median of the ratios of each round, since what
 * disturbs a round disturbs both. `null` where one of them was not measured.
 */
export function ratio(numbers, others) {
  const rounds = Math.min(numbers?.length ?? 0, others?.length ?? 0);
  return median(Array.from({ length: rounds }, (_, round) => numbers[round] / others[round]));
}

/** The same of what was measured by itself, without rounds that belong together. */
export function ratioOfMedians(numbers, others) {
  const [one, other] = [median(numbers ?? []), median(others ?? [])];
  return one === null || other === null || other === 0 ? null : one / other;
}

const digits = (value) => (value >= 100 ? 0 : value >= 10 ? 1 : 2);

/** A number with three significant digits or so. */
export const short = (value) => value.toLocaleString("en-US", { minimumFractionDigits: digits(value), maximumFractionDigits: digits(value) });

export const milliseconds = (ms) => (ms === null ? "–" : ms >= 10_000 ? `${short(ms / 1_000)} s` : `${short(ms)} ms`);

export const times = (value) => (value === null ? "–" : `${value.toFixed(2)}×`);

export const megabytes = (bytes) => `${short(bytes / 1e6)} MB`;

/** Bytes on the disk, or what the browser says where its files can't be told from others. */
export const told = ({ disk, estimate }) => disk ?? estimate;
