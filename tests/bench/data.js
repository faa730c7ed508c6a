// Sessions of a wished size, the same for the same index everywhere: 400 screenshots with a nested
// analysis and 200 audio segments in a megabyte of JSON.

import { random } from "../torture/random.js";

const SYLLABLES = ["an", "ber", "co", "den", "el", "fra", "go", "hin", "is", "ju", "kel", "lo", "min", "nor", "ot", "pra", "qui", "ran", "sol", "tem", "un", "ver", "wil", "xen", "yor", "zu"];
const FIRST = Date.UTC(2025, 8, 1, 8, 15);

/** Words and sentences that all sessions draw from, as people and models repeat themselves. */
function vocabulary() {
  const { below, pick } = random(1);
  const words = Array.from({ length: 900 }, () => Array.from({ length: 1 + below(3) }, () => pick(SYLLABLES)).join(""));
  const sentence = () => `${Array.from({ length: 6 + below(9) }, () => pick(words)).join(" ")}.`;
  return { words, sentences: Array.from({ length: 400 }, sentence) };
}

const { words, sentences } = vocabulary();

const token = (draw, length) => Array.from({ length }, () => draw.below(36).toString(36)).join("");
const some = (draw, list, count) => Array.from({ length: count }, () => draw.pick(list));
const fresh = (draw, count) => `${some(draw, words, count).join(" ")}.`;
const prose = (draw, known, count) => `${some(draw, sentences, known).join(" ")} ${fresh(draw, count)}`;

export function screenshot(draw, sessionId, index) {
  const at = FIRST + index * 120_000;
  return {
    id: `screenshot-${at}-${token(draw, 9)}`, sessionId, timestamp: new Date(at).toISOString(),
    attachmentId: `attachment-${at}-${token(draw, 9)}`, analysisStatus: "complete", hash: token(draw, 24),
    aiAnalysis: {
      summary: prose(draw, 2, 8), detectedActivity: draw.pick(sentences), extractedText: prose(draw, 12, 24),
      keyElements: some(draw, words, draw.below(6)), confidence: draw.below(100) / 100, curiosity: draw.below(100) / 100,
      progressIndicators: { achievements: some(draw, sentences, draw.below(3)), blockers: some(draw, sentences, draw.below(2)), insights: some(draw, sentences, 1) },
      suggestedActions: some(draw, sentences, 2), contextDelta: fresh(draw, 6),
    },
    flagged: draw.chance(0.05),
  };
}

function audioSegment(draw, sessionId, index) {
  const at = FIRST + index * 10_000;
  return {
    id: `segment-${at}-${token(draw, 9)}`, sessionId, timestamp: new Date(at).toISOString(), duration: 10,
    transcription: prose(draw, 6, 14), attachmentId: `audio-${at}-${token(draw, 9)}`,
    transcriptionQuality: draw.pick(["draft", "final"]), sentiment: draw.pick(["positive", "neutral", "negative"]),
    containsTask: draw.chance(0.1), containsBlocker: draw.chance(0.1), keyPhrases: some(draw, words, 4),
  };
}

export const idOf = (index) => `session-${String(index).padStart(6, "0")}`;

/** The session of an index, about `kilobytes` of JSON. */
export function session(index, kilobytes) {
  const draw = random(index * 7_919 + kilobytes);
  const id = idOf(index);
  const screenshots = Math.max(1, Math.round(kilobytes * 0.4));
  return {
    id, name: fresh(draw, 3), description: draw.pick(sentences), status: "completed",
    startTime: new Date(FIRST).toISOString(), endTime: new Date(FIRST + screenshots * 120_000).toISOString(),
    screenshotInterval: 2, autoAnalysis: true, enableScreenshots: true, audioMode: "transcription", audioRecording: true,
    screenshots: Array.from({ length: screenshots }, (_, at) => screenshot(draw, id, at)),
    audioSegments: Array.from({ length: Math.max(1, Math.round(kilobytes * 0.2)) }, (_, at) => audioSegment(draw, id, at)),
    tags: some(draw, words, 3), category: draw.pick(words),
    summary: { narrative: prose(draw, 5, 20), highlights: some(draw, sentences, 3) },
    audioInsights: { narrative: prose(draw, 2, 8), emotions: [] },
  };
}
