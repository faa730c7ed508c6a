// What becomes of the texts that an application has in localStorage beside its sessions.

import { texts } from "./kinds.js";
import { dump } from "./storage.js";

/** Texts of snapshots, whichever key they were captured from, and what a carry has made. */
async function captured({ own }) {
  const state = await dump(own);
  return new Set((state?.backups ?? []).filter(([, one]) => one.originalFormat === "state").flatMap(([, { session }]) => session.map(([, text, of]) => (of === "carry" ? JSON.parse(text).text : text))));
}

/**
 * Every text of state that was there before the call is there, or in a snapshot; and each key holds what
 * it held before, or what an undisturbed call makes of it. `before` and `wanted` are dumps.
 */
export async function keepsTexts(scenario, names, before, wanted, tally, how) {
  const kept = await captured(names);
  const state = (docs) => docs.filter(([key]) => !key.startsWith(":doc-"));
  const now = new Map(state(texts.dump(names.app).docs));
  for (const [key, text] of state(before.docs)) {
    if (now.get(key) !== text && !kept.has(text)) tally.count("lost", `${scenario.name}, ${how}: what ${key} held is in no snapshot`);
  }
  const allowed = new Map();
  for (const docs of [before.docs, wanted.docs]) for (const [key, text] of state(docs)) allowed.set(key, [...(allowed.get(key) ?? []), text]);
  for (const [key, text] of now) {
    if (!allowed.get(key)?.includes(text)) tally.count("torn", `${scenario.name}, ${how}: ${key} holds neither what it held nor what it should (${text.length} letters)`);
  }
  for (const [key, text] of state(before.docs)) {
    const stays = wanted.docs.some(([one, end]) => one === key && end === text);
    if (stays && now.get(key) !== text) tally.count("torn", `${scenario.name}, ${how}: ${key} should have stayed as it was`);
  }
}
