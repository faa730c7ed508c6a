/** Figures for people. */

const number = new Intl.NumberFormat("en-GB");
const short = new Intl.NumberFormat("en-GB", { maximumSignificantDigits: 3 });
const moment = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });
const UNITS = ["bytes", "kB", "MB", "GB", "TB"];

export const count = (value) => number.format(value);

/** `1 session`, `2 sessions`. */
export const plural = (value, one, many = `${one}s`) => `${count(value)} ${value === 1 ? one : many}`;

/** Bytes in decimal units, three digits. */
export function bytes(value) {
  if (!Number.isFinite(value)) return "unknown";
  let unit = 0;
  let rest = Math.abs(value);
  while (rest >= 999.5 && unit < UNITS.length - 1) {
    rest /= 1000;
    unit += 1;
  }
  return `${value < 0 ? "−" : ""}${short.format(rest)} ${UNITS[unit]}`;
}

/** A span of time: `340 ms`, `12.3 s`, `2 min 5 s`. */
export function duration(ms) {
  if (ms < 1) return "under 1 ms";
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${short.format(ms / 1000)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Remaining time, rounded so that it does not flicker. */
export function remaining(ms) {
  if (ms === null || !Number.isFinite(ms)) return "";
  if (ms < 1_500) return "about a second left";
  if (ms < 60_000) return `about ${Math.ceil(ms / 1000)} s left`;
  return `about ${Math.ceil(ms / 60_000)} min left`;
}

export function time(iso) {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? String(iso) : moment.format(at);
}

export function days(value) {
  if (value === null) return "kept for good";
  if (value <= 0) return "expired";
  return value < 1 ? "less than a day" : plural(Math.ceil(value), "day");
}

/** An id as it is: text, or a number marked as such. */
export const idText = (id) => (id === null || id === undefined ? "unknown id" : id === "" ? "empty id" : String(id));

/** Keys of plain objects in words: `remainingDays` to `remaining days`. */
export const words = (key) => key.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
