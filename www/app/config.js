/** The whole configuration of this page, just as an application would write it. */
import { TENANT } from "../samples.js";

/** The preset knows all of it but the drafts; `sources` are spelled out to have those among them. */
export const CONFIG = {
  preset: "taskerino",
  sources: [
    {
      database: "taskerino-db",
      store: "collections",
      prefix: "sessions/",
      body: "data",
      gzip: true,
      foreign: {
        chunkedMetadata: "/metadata",
        suffixes: ["/summary", "/audio-insights", "/canvas-spec", "/transcription", "/context-items"],
        numbered: ["/screenshots/chunk-", "/audio-segments/chunk-", "/video-chunks/chunk-"],
      },
    },
    {
      database: "taskerino-db",
      store: "collections",
      key: "sessions",
      body: "data",
      gzip: true,
      checksum: { path: "checksum", rule: "hash31" },
    },
    { kind: "localStorage", prefix: "taskerino-draft:" },
    { kind: "localStorage", key: "taskerino-v3-state", path: "sessions" },
  ],
  console: true,
  worker: true,
};

/** Other applications, whose presets know all of it. */
export const APPLICATIONS = {
  streak: { preset: "streak", console: true, worker: true },
  agents: { preset: "agents", tenantId: TENANT, console: true, worker: true },
};

/** The application that the address names, so that a page that is loaded again shows the same one. */
export function configOf(hash) {
  const name = hash.slice(1);
  return Object.hasOwn(APPLICATIONS, name) ? APPLICATIONS[name] : CONFIG;
}

/** The preset's layout with larger chunks, and so another version: sessions are brought to it. */
export const NEWER_LAYOUT = {
  version: 2,
  label: "name",
  arrays: [
    { path: "screenshots", chunk: 50 },
    { path: "audioSegments", chunk: 200 },
    { path: "video.chunks", chunk: 100 },
  ],
  parts: ["summary", "audioInsights", "canvasSpec", "fullTranscription", "contextItems"],
};

/** A configuration as it would be written in a program; what fits a line stands on one. */
export function written(value, indent = "") {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const deeper = `${indent}  `;
  const isList = Array.isArray(value);
  const items = (step) => Object.entries(value).map(([key, inner]) => `${isList ? "" : `${key}: `}${written(inner, step)}`);
  const [open, close] = isList ? "[]" : "{}";
  const line = isList ? `[${items("").join(", ")}]` : `{ ${items("").join(", ")} }`;
  if (line.length + indent.length <= 96 && !line.includes("\n")) return line;
  return `${open}\n${items(deeper).map((item) => `${deeper}${item},\n`).join("")}${indent}${close}`;
}
