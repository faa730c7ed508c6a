/** Words that the samples are put together from. */

export const NAMES = [
  "Morning coding session", "Client presentation", "Design review with Ana", "Invoices for October",
  "Fixing the sign-in loop", "Reading: storage quotas", "Sprint planning", "Onboarding call, Lisbon",
  "Release 2.4 checklist", "Bug bash", "Writing the handbook", "Support rota",
  "Prototype: offline mode", "Interview notes", "Budget for Q1", "Refactoring the importer",
  "Pairing with Tomasz", "Accessibility pass", "Database backups", "Late-night incident",
];

export const ACTIVITIES = [
  "Editing TypeScript in VS Code", "Reviewing a pull request", "Reading documentation",
  "Replying to e-mail", "Sketching in Figma", "Running tests in the terminal",
  "Talking in a video call", "Filling in a spreadsheet", "Searching the issue tracker",
];

export const SCREEN_TEXTS = [
  "The editor shows a failing assertion next to a half-renamed function.",
  "A pull request with eleven changed files; two comments are still open.",
  "A terminal window: 214 tests passed, one timed out after 30 s.",
  "The calendar for Thursday, with a gap between 14:00 and 15:30.",
  "A Figma frame of the settings page, the spacing panel is open.",
  "A spreadsheet of expenses; the total in F42 does not match the bank.",
  "Documentation on transactions, scrolled to the part about auto-commit.",
  "The issue tracker, filtered by “regression”, sorted by age.",
  "A video call with four people; the shared screen shows a chart.",
];

export const SPOKEN = [
  "So the redirect happens twice, once from the router and once from the guard.",
  "Let me write that down before I forget it.",
  "I think we can close this one, it was fixed by the upgrade.",
  "Could you share the numbers from last week again?",
  "That test is flaky because it waits for the wrong event.",
  "Right, remember to call the landlord about the boiler.",
  "We agreed on Thursday, half past two, in the small room.",
  "It only breaks when the tab has been asleep for a while.",
  "Good. Then the next thing is the importer.",
];

export const KEY_ELEMENTS = [
  "code editor", "terminal", "browser tab", "chat window", "diff view", "calendar", "chart",
  "error dialog", "spreadsheet", "video tiles", "to-do list", "search box",
];

export const ACTIONS = [
  "Write a regression test", "Answer the open comment", "Book the small room",
  "Check the October total", "Rename the helper", "Send the summary to Ana",
];

export const ACHIEVEMENTS = [
  "The sign-in loop is understood and has a test.", "Two reviews finished.",
  "The settings page has one spacing scale now.", "October is reconciled.",
];

export const BLOCKERS = [
  "The staging certificate has expired.", "Waiting for the export from accounting.",
  "No device with the old browser at hand.",
];

export const INSIGHTS = [
  "Interruptions cluster between 11:00 and 12:00.", "Tests that wait for time are the flaky ones.",
  "Most questions in support are about the same page.",
];

export const EMOTIONS = ["calm", "focused", "curious", "stuck", "relieved", "tired", "pleased"];

export const TAGS = ["work", "client", "deep-work", "admin", "meeting", "bugfix", "writing", "Zürich", "日本語"];

export const CATEGORIES = [
  ["Development", "Frontend", "coding"], ["Development", "Backend", "debugging"],
  ["Meetings", "Client", "presenting"], ["Administration", "Finance", "bookkeeping"],
  ["Design", "Review", "sketching"], ["Learning", "Reading", "research"],
];

export const TOPICS = ["the sign-in loop", "storage quotas", "the importer", "spacing", "the October total", "the rota"];
