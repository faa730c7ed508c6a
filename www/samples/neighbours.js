/** What of the application is no session to be moved, and what nobody may touch. */
import { draftOf } from "./places.js";
import { sampleSession } from "./session.js";

/** A backup of the application's own, a session it chunked itself, and other collections. */
export function neighbours(size) {
  const kept = sampleSession(`${size} kept`, { screenshots: 4, audioSegments: 3, summary: "legacy" });
  const stamp = kept.endTime.replace(/[:.]/g, "-");
  return [
    [
      `sessions/${kept.id}.backup-${stamp}`,
      {
        session: kept,
        backupCreatedAt: kept.endTime,
        expiresAt: new Date(Date.parse(kept.endTime) + 30 * 86_400_000).toISOString(),
        originalFormat: "monolithic",
      },
    ],
    ...chunkedByTheApplication(sampleSession(`${size} chunked`, { screenshots: 23, audioSegments: 5, summary: "flexible" })),
    ["tasks", [{ id: `task-${size}`, title: "Write a regression test", done: false, priority: "medium" }]],
    ["notes", [{ id: `note-${size}`, content: "The small room is booked.", tags: ["admin"] }]],
    ["settings", { theme: "auto", retention: { days: 30 }, lastOpened: null }],
  ];
}

/**
 * Texts in localStorage: settings, also under a key that looks almost like a draft's, and the draft
 * of a session that has got its row since, which the application forgot to remove.
 */
export function neighbourTexts(plan) {
  const saved = plan.find((row) => row.place === "row" && /^client\/acme/.test(row.id));
  const { audioSegments: _, summary: __, ...draft } = saved.make();
  const earlier = { ...draft, status: "active", screenshots: draft.screenshots.slice(0, 5) };
  return [
    [draftOf(saved.id), JSON.stringify(earlier)],
    ["taskerino-draft-settings", '{"every": 30, "keep":[ ] }'],
    ["taskerino-theme", "dark"],
  ];
}

/** A session in the application's later layout: metadata, chunks of twenty, values of their own. */
function chunkedByTheApplication(session) {
  const { screenshots, audioSegments, summary, audioInsights, canvasSpec, contextItems, fullTranscription, ...rest } = session;
  const at = `sessions/${session.id}`;
  const counts = (items, chunkSize) => ({ count: items.length, chunkCount: Math.ceil(items.length / chunkSize), chunkSize });
  const metadata = {
    ...rest,
    chunks: {
      screenshots: counts(screenshots, 20),
      audioSegments: counts(audioSegments, 100),
      videoChunks: counts([], 100),
    },
    hasSummary: true,
    hasAudioInsights: true,
    hasCanvasSpec: true,
    hasTranscription: true,
    hasVideo: false,
    hasFullAudio: true,
    storageVersion: 1,
    createdAt: session.startTime,
    updatedAt: session.endTime,
  };
  return [
    [`${at}/metadata`, metadata],
    [`${at}/summary`, summary],
    [`${at}/audio-insights`, audioInsights],
    [`${at}/canvas-spec`, canvasSpec],
    [`${at}/context-items`, contextItems],
    [`${at}/transcription`, fullTranscription],
    [`${at}/screenshots/chunk-000`, { sessionId: session.id, chunkIndex: 0, screenshots: screenshots.slice(0, 20) }],
    [`${at}/screenshots/chunk-001`, { sessionId: session.id, chunkIndex: 1, screenshots: screenshots.slice(20) }],
    [`${at}/audio-segments/chunk-000`, { sessionId: session.id, chunkIndex: 0, segments: audioSegments }],
  ];
}
