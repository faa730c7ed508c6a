/** A streak, as an application for daily chores counts it, before and after signing in. */
import { ACCOUNT, ANONYMOUS } from "./keys.js";

const DAY_MS = 86_400_000;

/** A day so many days ago on the person's calendar, as the application writes it: `Wed Dec 10 2025`. */
function dayText(ago, now) {
  const day = new Date(now);
  day.setHours(12, 0, 0, 0);
  day.setDate(day.getDate() - ago);
  return day.toDateString();
}

/**
 * The state of someone who never signed in and claims a streak of `days`, with a history of as many days
 * up to yesterday, of which the application keeps the last `keeps`.
 */
export function anonymousState({ days = 45, keeps = 40, now = Date.now() } = {}) {
  const kept = Math.min(days, keeps);
  const history = Array.from({ length: kept }, (_, index) => dayText(kept - index, now));
  return {
    streak: {
      current: days,
      lastCompletedDate: days > 0 ? dayText(1, now) : null,
      bestStreak: days,
      history,
    },
    engagement: {
      totalCompletions: days + 12,
      consecutiveDays: Math.min(days, 6),
      firstVisit: new Date(now - (days + 30) * DAY_MS).toISOString(),
      lastVisit: new Date(now - DAY_MS / 2).toISOString(),
      visitCount: days * 2 + 3,
      hasSeenAuthPrompt: true,
      dismissedAuthPromptCount: 2,
    },
    lastSyncTime: null,
  };
}

/** A new account: all of its figures are zeros, which must not win. */
export function accountState({ now = Date.now() } = {}) {
  return {
    streak: { current: 0, lastCompletedDate: null, bestStreak: 0, history: [] },
    engagement: {
      totalCompletions: 0,
      consecutiveDays: 0,
      firstVisit: new Date(now).toISOString(),
      lastVisit: new Date(now).toISOString(),
      visitCount: 1,
      hasSeenAuthPrompt: true,
      dismissedAuthPromptCount: 0,
    },
    lastSyncTime: null,
    user: {
      isAuthenticated: true,
      profile: { id: "user-001", email: "ana@example.com", email_verified: true, createdAt: new Date(now).toISOString(), preferences: {} },
      hasConfiguredRooms: false,
    },
  };
}

/** Keys and texts before signing in. */
export const streakTexts = (options) => [
  [ANONYMOUS, JSON.stringify(anonymousState(options))],
  ["migration_banner_dismissed", "true"],
];

/** The key and text that signing in adds. */
export const accountText = (options) => [ACCOUNT, JSON.stringify(accountState(options))];
