/** The long arrays of a sample session: screenshots, audio segments and video. */
import * as texts from "./texts.js";

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const POOL_LENGTH = 1 << 19;
let pool = "";

/** Base64 text that stands for a picture. Slices of one pool: fast, and too far apart to compress. */
function picture(random, bytes) {
  if (!pool) {
    const letters = new Array(POOL_LENGTH);
    let state = 0x9e3779b9;
    for (let index = 0; index < POOL_LENGTH; index += 1) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      letters[index] = BASE64[state >>> 26];
    }
    pool = letters.join("");
  }
  let text = "data:image/jpeg;base64,/9j/4AAQSkZJRgABAQAA";
  while (text.length < bytes) {
    const length = Math.min(bytes - text.length, 60_000);
    const from = random.int(0, POOL_LENGTH - length);
    text += pool.slice(from, from + length);
  }
  return text;
}

function analysis(random) {
  const found = {
    summary: random.pick(texts.SCREEN_TEXTS),
    detectedActivity: random.pick(texts.ACTIVITIES),
    extractedText: `${random.pick(texts.SCREEN_TEXTS)}\n${random.pick(texts.SPOKEN)}`,
    keyElements: random.some(texts.KEY_ELEMENTS, random.int(0, 5)),
    confidence: random.fraction(0.4, 1),
    curiosity: random.fraction(0, 1),
    curiosityReason: `Something changed around ${random.pick(texts.TOPICS)}.`,
    progressIndicators: {
      achievements: random.some(texts.ACHIEVEMENTS, random.int(0, 2)),
      blockers: random.some(texts.BLOCKERS, random.int(0, 1)),
      insights: random.some(texts.INSIGHTS, random.int(0, 1)),
    },
  };
  if (random.chance(0.6)) found.suggestedActions = random.some(texts.ACTIONS, 2);
  if (random.chance(0.5)) found.contextDelta = `Moved on to ${random.pick(texts.TOPICS)}.`;
  return found;
}

/** Screenshots two minutes apart. `pictureBytes` is the mean size of their pictures; 0 for none. */
export function screenshots(random, sessionId, startMs, count, pictureBytes) {
  return Array.from({ length: count }, (_, index) => {
    const at = startMs + index * 120_000;
    const shot = {
      id: `screenshot-${at}-${random.token(9)}`,
      sessionId,
      timestamp: new Date(at).toISOString(),
      attachmentId: `attachment-${at}-${random.token(9)}`,
      analysisStatus: "complete",
      hash: random.token(24),
    };
    if (index % 17 === 16) {
      shot.analysisStatus = "error";
      shot.analysisError = "The model did not answer within 60 s";
    } else {
      shot.aiAnalysis = analysis(random);
    }
    if (random.chance(0.1)) shot.userComment = random.pick(texts.SPOKEN);
    if (random.chance(0.05)) shot.flagged = true;
    if (random.chance(0.05)) shot.path = `/attachments/${shot.attachmentId}.dat`;
    if (pictureBytes > 0) {
      shot.base64 = picture(random, Math.round(pictureBytes * (0.5 + random.next())));
    }
    return shot;
  });
}

/** Audio segments of ten seconds each. */
export function audioSegments(random, sessionId, startMs, count) {
  return Array.from({ length: count }, (_, index) => {
    const at = startMs + index * 10_000;
    const transcription = random.pick(texts.SPOKEN);
    const segment = {
      id: `segment-${at}-${random.token(9)}`,
      sessionId,
      timestamp: new Date(at).toISOString(),
      duration: 10,
      transcription,
      attachmentId: `audio-${at}-${random.token(9)}`,
      transcriptionQuality: random.chance(0.7) ? "final" : "draft",
      sentiment: random.pick(["positive", "neutral", "negative"]),
      containsTask: transcription.includes("remember"),
      containsBlocker: transcription.includes("breaks"),
    };
    if (segment.transcriptionQuality === "final") {
      segment.draftTranscription = transcription.toLowerCase().replace(/[,.]/g, "");
      segment.keyPhrases = random.some(texts.TOPICS, 2);
    }
    return segment;
  });
}

/** A video with chunks and chapters; either may be empty. */
export function video(random, sessionId, startMs, chunkCount, chapterCount) {
  const id = `video-${startMs}-${random.token(9)}`;
  const topic = () => random.pick(texts.TOPICS);
  return {
    id,
    sessionId,
    fullVideoAttachmentId: `attachment-${startMs}-${random.token(9)}`,
    duration: Math.max(chunkCount, chapterCount) * 60,
    chunkingStatus: "complete",
    processedAt: new Date(startMs + 7_200_000).toISOString(),
    chunks: Array.from({ length: chunkCount }, (_, index) => ({
      id: `chunk-${index}-${random.token(9)}`,
      videoId: id,
      sessionId,
      attachmentId: `attachment-${startMs + index}-${random.token(9)}`,
      startTime: index * 60,
      endTime: index * 60 + 60,
      topic: topic(),
      description: random.pick(texts.SCREEN_TEXTS),
      transcriptExcerpt: random.pick(texts.SPOKEN),
      relatedScreenshotIds: [`screenshot-${random.token(9)}`],
      relatedAudioSegmentIds: [],
      analyzed: random.chance(0.8),
    })),
    chapters: Array.from({ length: chapterCount }, (_, index) => ({
      id: `chapter-${sessionId}-${startMs + index}-${random.token(6)}`,
      sessionId,
      startTime: index * 300,
      endTime: index * 300 + 300,
      title: `On ${topic()}`,
      summary: random.pick(texts.SCREEN_TEXTS),
      keyTopics: random.some(texts.TOPICS, 3),
      thumbnail: picture(random, 400),
      confidence: random.fraction(0.5, 1),
      createdAt: new Date(startMs + 7_200_000).toISOString(),
    })),
  };
}
