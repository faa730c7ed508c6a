/** One sample session, complete and deterministic. */
import { randomFrom } from "./random.js";
import * as media from "./media.js";
import * as parts from "./parts.js";
import * as texts from "./texts.js";

/** A Monday morning; every sample starts on a day counted from here. */
const FIRST_DAY = Date.UTC(2025, 8, 1, 8, 15);
const DAY = 86_400_000;

/**
 * A session as the application stored it. The same seed and shape give the same session.
 *
 * Shape: `id`, `name`, `status`, `day`; `screenshots` and `audioSegments` (numbers; `null` leaves
 * the field out), `videoChunks` and `chapters` (numbers; `null` for no video), `pictureBytes` (mean
 * size of a picture), `summary` (`"flexible"`, `"legacy"` or `null`), `extras` (insights, canvas,
 * context items and enrichment; default true).
 */
export function sampleSession(seed, shape = {}) {
  const random = randomFrom(seed);
  const startMs = FIRST_DAY + (shape.day ?? random.int(0, 60)) * DAY + random.int(0, 540) * 60_000;
  const { screenshots = 21, audioSegments = 101, videoChunks = null, chapters = 0, summary = "flexible", extras = true } = shape;
  const minutes = Math.max(5, (screenshots ?? 0) * 2, Math.ceil((audioSegments ?? 0) / 6));
  const endMs = startMs + minutes * 60_000;
  const id = shape.id ?? `${startMs}-${random.token(9)}`;
  const [category, subCategory, activityType] = random.pick(texts.CATEGORIES);
  const status = shape.status ?? "completed";
  const shots = screenshots === null ? null : media.screenshots(random, id, startMs, screenshots, shape.pictureBytes ?? 0);

  const session = {
    id,
    name: shape.name ?? random.pick(texts.NAMES),
    description: random.some(texts.SCREEN_TEXTS, 2).join(" "),
    status,
    startTime: new Date(startMs).toISOString(),
    screenshotInterval: random.pick([2, 5, -1]),
    autoAnalysis: true,
    enableScreenshots: screenshots !== null,
    audioMode: audioSegments === null ? "off" : "transcription",
    audioRecording: audioSegments !== null,
  };
  if (status === "completed") session.endTime = new Date(endMs).toISOString();
  if (status === "paused") Object.assign(session, { pausedAt: new Date(endMs).toISOString(), totalPausedTime: 184_000 });
  if (shots) session.screenshots = shots;
  if (shots?.length) session.lastScreenshotTime = shots.at(-1).timestamp;
  if (audioSegments !== null) {
    session.audioSegments = media.audioSegments(random, id, startMs, audioSegments);
    session.fullAudioAttachmentId = `audio-${endMs}-${random.token(9)}`;
    session.fullTranscription = session.audioSegments.map((segment) => segment.transcription).join(" ");
    session.transcriptUpgradeCompleted = random.chance(0.5);
  }
  session.extractedTaskIds = [`task-${random.token(9)}`];
  session.extractedNoteIds = [];
  session.audioReviewCompleted = audioSegments !== null;
  session.tags = random.some(texts.TAGS, random.int(0, 4));
  Object.assign(session, { category, subCategory, activityType, totalDuration: minutes });
  if (summary === "flexible") session.summary = parts.flexibleSummary(random, startMs, endMs);
  if (summary === "legacy") session.summary = parts.legacySummary(random, endMs, shots ?? []);
  if (videoChunks !== null) {
    session.video = media.video(random, id, startMs, videoChunks, chapters);
    session.videoRecording = true;
    session.videoConfig = { sourceType: "display", displayIds: ["1"], quality: "medium", fps: 15, resolution: { width: 1920, height: 1080 } };
  }
  if (extras) addExtras(session, random, startMs, endMs);
  return session;
}

/** Everything that an older reader would not know: later fields, and fields of no version at all. */
function addExtras(session, random, startMs, endMs) {
  if (session.audioSegments) {
    session.audioInsights = parts.audioInsights(random, endMs);
    session.audioKeyMoments = [
      { id: `moment-${random.token(6)}`, timestamp: 61.5, label: "Found it", type: "achievement", segmentId: "segment-1", excerpt: random.pick(texts.SPOKEN) },
    ];
    session.audioConfig = { sourceType: "both", balance: 60, micVolume: 80, systemVolume: 45 };
  }
  session.canvasSpec = parts.canvasSpec(random, endMs);
  session.contextItems = parts.contextItems(random, session.id, startMs);
  Object.assign(session, parts.enrichment(random, endMs));
  session.relationships = [
    {
      id: `relationship-${random.token(9)}`,
      type: "session-task",
      sourceType: "session",
      sourceId: session.id,
      targetType: "task",
      targetId: session.extractedTaskIds[0],
      canonical: true,
      metadata: { source: "ai", confidence: 0.82, reasoning: "Named in the recording", createdAt: new Date(endMs).toISOString() },
    },
  ];
  session.relationshipVersion = 1;
  session.version = 3;
  session.focusScore = random.fraction(0, 1);
  session.experimental = { pinned: false, colour: null, constructor: "a key that some code trips over", history: [[], [1, [2, []]]] };
}
