/** Which sessions each size consists of, where they lie, and what should become of each. */
import { olderPlan } from "./older.js";
import { SOURCES } from "./places.js";
import { randomFrom } from "./random.js";
import { sampleSession } from "./session.js";

/** Sessions that can be migrated, those of them with a row of their own, and their size in all. */
export const SIZES = {
  small: { sessions: 11, rows: 6, bytes: 550_000 },
  medium: { sessions: 29, rows: 24, bytes: 20_000_000 },
  large: { sessions: 125, rows: 120, bytes: 150_000_000 },
};

/** The first six: every shape that matters, at the edges of chunks. Ids as real ones, and odd ones. */
const EDGES = [
  { screenshots: 21, audioSegments: 101, videoChunks: 21, chapters: 4, summary: "flexible" },
  { screenshots: 20, audioSegments: 100, videoChunks: 0, chapters: 3, summary: "legacy", id: "client/acme/2025-09-02" },
  { screenshots: 0, audioSegments: 0, summary: null, status: "active", extras: false, name: "Just started" },
  { screenshots: 1, audioSegments: 1, videoChunks: 1, summary: "legacy", id: "🚀-launch-day", name: "Launch day" },
  { screenshots: 41, audioSegments: null, summary: "flexible", status: "interrupted", id: 1757059200000, name: "Recovered after a crash" },
  { screenshots: 101, audioSegments: 201, videoChunks: 101, chapters: 12, summary: "flexible", name: "Why does <b>bold</b> & “quoted” text break the title?" },
];

/** Shapes in the middle, for the sessions after the first six. */
function everyday(random) {
  return {
    screenshots: random.int(40, 160),
    audioSegments: random.chance(0.8) ? random.int(50, 420) : null,
    videoChunks: random.chance(0.4) ? random.int(0, 120) : null,
    chapters: random.int(0, 8),
    summary: random.pick(["flexible", "legacy", null]),
    status: random.pick(["completed", "completed", "paused", "interrupted"]),
    extras: random.chance(0.85),
  };
}

/** Bytes of a session besides its pictures: measured on average, good enough to meet the size. */
const BARE_BYTES = { screenshot: 1_150, audioSegment: 480, videoChunk: 520 };

function shapes(size) {
  const { rows, bytes } = SIZES[size];
  const random = randomFrom(`shapes of ${size}`);
  const all = Array.from({ length: rows }, (_, index) => EDGES[index] ?? everyday(random));
  const sum = (field) => all.reduce((total, shape) => total + (shape[field] ?? 0), 0);
  const bare = sum("screenshots") * BARE_BYTES.screenshot + sum("audioSegments") * BARE_BYTES.audioSegment + sum("videoChunks") * BARE_BYTES.videoChunk;
  const pictureBytes = Math.max(0, (bytes - bare) / sum("screenshots"));
  return all.map((shape, index) => ({ day: index % 60, pictureBytes: pictureBytes > 500 ? pictureBytes : 0, ...shape }));
}

/** A session that is there only to be refused: small, with the id that its seed gives. */
const victim = (seed) => sampleSession(seed, { screenshots: 3, audioSegments: 2, summary: "legacy", extras: false });

/** Where each session of the newest version lies: in a row of its own. */
const ROW = { place: "row", source: SOURCES.row };

/** Rows that must stay where they are, one of each kind. `damage` says how its text is spoilt. */
function broken(size, round) {
  const seed = (kind) => `${size} broken ${kind} ${round}`;
  const row = (kind, code, change, more = {}) => {
    const body = victim(seed(kind));
    const id = body.id;
    return { id, code, ...ROW, expected: "quarantined", make: () => change(structuredClone(body)), ...more };
  };
  const kinds = [
    row("mismatch", "IdMismatch", (body) => ({ ...body, id: `${body.id}-copy` })),
    row("truncated", "GzipUnreadable", (body) => body, { gzip: true, damage: "truncate" }),
    row("text", "NotAnObject", () => "saved while the disk was full"),
  ];
  if (size === "small") return kinds;
  return [
    ...kinds,
    row("missing", "IdMissing", ({ id: _, ...body }) => body),
    row("invalid", "IdInvalid", (body) => ({ ...body, id: true })),
    row("inexact", "JsonNotExact", (body) => body, { gzip: true, damage: "bigNumber" }),
  ];
}

/** Sessions that have a row each; an id made by the seed is known before the body is. */
function rowsPlan(size) {
  const good = shapes(size).map((shape, index) => {
    const seed = `${size} ${index}`;
    const id = shape.id ?? sampleSession(seed, { ...shape, screenshots: null, audioSegments: null, videoChunks: null, summary: null, extras: false }).id;
    return { id: odd(id, size), ...ROW, expected: "migrated", gzip: index % 3 === 1, make: () => sampleSession(seed, { ...shape, id: odd(id, size) }) };
  });
  const rounds = size === "large" ? 3 : 1;
  const bad = Array.from({ length: rounds }, (_, round) => broken(size, round)).flat();
  if (size === "large") bad.push({ id: "", ...ROW, code: "IdEmpty", expected: "quarantined", make: () => ({ ...victim("large empty"), id: "" }) });
  // Spread the broken ones among the others: a run must go on after each.
  const step = Math.max(1, Math.floor(good.length / bad.length));
  return good.flatMap((row, index) => [row, ...((index + 1) % step === 0 ? bad.splice(0, 1) : [])]).concat(bad);
}

/**
 * Sessions of a size: `{ id, place, source, expected, code?, gzip?, damage?, make() }`, where `place`
 * is a kind of place, `source` the name of its source, and `make` gives the body.
 */
export function samplePlan(size) {
  if (!Object.hasOwn(SIZES, size)) throw new RangeError(`size must be one of: ${Object.keys(SIZES).join(", ")}`);
  return [...rowsPlan(size), ...olderPlan()];
}

/** Keeps the fixed ids of two sizes apart, so that both can be planted. */
function odd(id, size) {
  if (size === "small") return id;
  const shift = Object.keys(SIZES).indexOf(size);
  if (typeof id === "number") return id + shift;
  return /^\d+-[0-9a-z]{9}$/.test(id) ? id : `${id}-${size}`;
}
