/** The large values of a sample session: summaries, insights, canvas, context, enrichment. */
import * as texts from "./texts.js";

const iso = (ms) => new Date(ms).toISOString();

/** The older shape of a summary. */
export function legacySummary(random, endMs, shots) {
  const shotIds = shots.slice(0, 3).map((shot) => shot.id);
  return {
    narrative: `${random.some(texts.SCREEN_TEXTS, 4).join(" ")} ${random.pick(texts.ACHIEVEMENTS)}`,
    liveSnapshot: {
      currentFocus: random.pick(texts.TOPICS),
      progressToday: random.some(texts.ACHIEVEMENTS, 2),
      momentum: random.pick(["high", "medium", "low"]),
    },
    achievements: random.some(texts.ACHIEVEMENTS, 3),
    blockers: random.some(texts.BLOCKERS, 1),
    recommendedTasks: random.some(texts.ACTIONS, 3).map((title) => ({
      title,
      priority: random.pick(["low", "medium", "high"]),
      context: random.pick(texts.SCREEN_TEXTS),
      relatedScreenshotIds: shotIds,
    })),
    keyInsights: texts.INSIGHTS.map((insight) => ({
      insight,
      timestamp: iso(endMs - 600_000),
      screenshotIds: shotIds,
    })),
    focusAreas: [
      { area: random.pick(texts.TOPICS), duration: 42, percentage: 70 },
      { area: random.pick(texts.TOPICS), duration: 18, percentage: 30 },
    ],
    lastUpdated: iso(endMs),
    screenshotCount: shots.length,
  };
}

/** The newer, flexible shape. */
export function flexibleSummary(random, startMs, endMs) {
  return {
    schemaVersion: "2.0",
    id: `summary-${endMs}-${random.token(6)}`,
    generatedAt: iso(endMs + 90_000),
    sessionContext: { startTime: iso(startMs), endTime: iso(endMs), duration: (endMs - startMs) / 60_000 },
    narrative: random.some(texts.SCREEN_TEXTS, 5).join(" "),
    sections: [
      { type: "achievements", title: "Done", data: { items: random.some(texts.ACHIEVEMENTS, 3) } },
      { type: "blockers", title: "In the way", data: { items: random.some(texts.BLOCKERS, 2) } },
      {
        type: "custom",
        title: "Rhythm",
        data: { perHour: [3, 7, 2, 0, 5], note: random.pick(texts.INSIGHTS), nested: { depth: { of: { three: null } } } },
      },
    ],
    generationMetadata: {
      reasoning: "Long stretches in one editor, short ones elsewhere.",
      confidence: random.fraction(0.6, 1),
      detectedSessionType: "coding",
      primaryTheme: random.pick(texts.TOPICS),
      emphasis: "achievement-focused",
      dataSources: { screenshots: true, audio: true, video: false, context: true, previousSessions: false },
      warnings: [],
    },
    quickAccess: { topAction: random.pick(texts.ACTIONS) },
  };
}

/** What was heard in the recording. */
export function audioInsights(random, endMs) {
  return {
    narrative: random.some(texts.SPOKEN, 5).join(" "),
    emotionalJourney: texts.EMOTIONS.map((emotion, index) => ({
      timestamp: index * 300,
      emotion,
      description: random.pick(texts.SPOKEN),
    })),
    keyMoments: ["achievement", "blocker", "decision", "insight"].map((type, index) => ({
      timestamp: index * 480 + 12.5,
      type,
      description: random.pick(texts.ACHIEVEMENTS),
      context: random.pick(texts.SCREEN_TEXTS),
      excerpt: random.pick(texts.SPOKEN),
    })),
    workPatterns: {
      focusLevel: "high",
      interruptions: random.int(0, 9),
      flowStates: [{ start: 120, end: 1980, description: "Quiet typing" }],
    },
    environmentalContext: { ambientNoise: "a fan", workSetting: "home office", timeOfDay: "morning" },
    processedAt: iso(endMs + 60_000),
    modelUsed: "audio-review-2",
    processingDuration: random.fraction(4, 40),
  };
}

/** How the session's page is drawn. */
export function canvasSpec(random, endMs) {
  return {
    theme: { primary: "#2b6a6c", secondary: "#d9a441", mood: "calm", explanation: "Steady work, few switches." },
    layout: {
      type: "timeline",
      sections: [
        { id: "s-1", type: "hero", emphasis: "high", position: 0, content: { title: random.pick(texts.NAMES) } },
        { id: "s-2", type: "split", emphasis: "low", position: 1, left: { type: "list" }, right: { type: "chart" } },
      ],
      emphasis: "chronological",
    },
    metadata: { generatedAt: iso(endMs), sessionType: "coding", confidence: random.fraction(0.5, 1) },
    componentTree: { type: "Stack", children: [{ type: "Text", children: [] }, { type: "Grid", children: [] }] },
  };
}

/** Notes, tasks and markers made while it ran. */
export function contextItems(random, sessionId, startMs) {
  return ["note", "task", "marker"].map((type, index) => ({
    id: `context-${startMs + index}-${random.token(6)}`,
    sessionId,
    timestamp: iso(startMs + index * 600_000),
    type,
    content: random.pick(texts.SPOKEN),
    ...(type === "marker" ? {} : { linkedItemId: `${type}-${random.token(9)}` }),
  }));
}

/** Where the enrichment of the session stands. */
export function enrichment(random, endMs) {
  const done = { status: "completed", startedAt: iso(endMs), completedAt: iso(endMs + 45_000), cost: random.fraction(0, 1) };
  return {
    enrichmentStatus: {
      status: "completed",
      startedAt: iso(endMs),
      completedAt: iso(endMs + 95_000),
      progress: 100,
      currentStage: "complete",
      audio: done,
      video: { status: "skipped" },
      summary: { status: "completed" },
      totalCost: done.cost,
      errors: [],
      warnings: ["The last two minutes are silent"],
      canResume: false,
    },
    enrichmentConfig: { includeAudioReview: true, includeVideoChapters: false, autoEnrichOnComplete: true, maxCostThreshold: 2 },
    enrichmentLock: { lockedBy: "enrichment-service", lockedAt: iso(endMs), expiresAt: iso(endMs + 3_600_000) },
  };
}
