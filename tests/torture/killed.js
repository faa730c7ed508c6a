// What the browser does until it is killed, and what is looked at when it is started again.

import { open } from "/restow/index.js";
import { dropAll, isReadable, isWhole, prepared } from "./lab.js";
import { Tally, report } from "./report.js";
import { configOf } from "./scenarios.js";
import { kinds, texts } from "./kinds.js";

const many = Array.from({ length: 12 }, (_, index) => `s${index}`);

/** What is under way when the browser is killed: the whole of a batch, and then of what comes after it. */
const works = {
  "batch, rows": { kind: "rows" },
  "batch, array": { kind: "array" },
  "batch, zipped": { kind: "zipped" },
  "batch, a key each": { kind: "a key each" },
  "batch, inside one text": { kind: "inside one text" },
};

const scenarioOf = (name) => ({ ...works[name], name, ids: many, call: (restow) => restow.migrateAllSessions(), allowed: {} });

const namesOf = (round) => ({ app: `app-kill-${round}`, own: `restow-kill-${round}` });

/** Plants what several rounds begin with, for what has to be on the disk before the first kill. */
export async function plantRounds({ list, only }) {
  for (const round of list) await prepared(scenarioOf(only), namesOf(round));
}

/** Plants, says that it begins, and goes on for ever: migrates, rolls back, edits, and again. */
export async function toBeKilled({ round, only }) {
  const scenario = scenarioOf(only);
  const names = namesOf(round);
  if (!kinds[scenario.kind].local) await prepared(scenario, names);
  await report({ type: "begun" });
  const restow = await open(configOf(scenario, names));
  for (let turn = 0; ; turn += 1) {
    await restow.migrateAllSessions({ force: true });
    for (const id of many.slice(0, 3)) await restow.rollbackSessionMigration(id, undefined, { confirm: true });
    await report({ type: "turn", turn });
  }
}

/** Looks at what is left, runs once more, and looks again. A check of its own for localStorage that reaches the disk late. */
export async function afterKill({ round, only }) {
  const scenario = scenarioOf(only);
  const names = namesOf(round);
  const tally = new Tally(`killed: ${only}`);
  tally.point();
  await isWhole(scenario, names, tally, `round ${round}`);
  const restow = await open(configOf(scenario, names));
  await restow.migrateAllSessions({ force: true });
  const rows = await restow.listSessions();
  for (const id of many) {
    const { state } = rows.find((row) => row.id === id) ?? {};
    // Nobody edited anything, so nothing is a conflict. What was just put back into localStorage stays
    // there until a later start has found it on the disk.
    const settling = kinds[scenario.kind].local && state === "legacy";
    if (state !== "chunked" && !settling) tally.count("torn", `round ${round}: ${id} is ${state} in the end`);
  }
  restow.close();
  await isWhole(scenario, names, tally, `round ${round}, after one more run`);
  await isReadable(scenario, names, tally, `round ${round}`);
  await dropAll(names);
  await report(tally.row());
}

/** Migrates or rolls back sessions of localStorage, and says so at once: the disk does not know yet. */
export async function beforeItIsWritten({ round, only, step }) {
  const scenario = scenarioOf(only);
  const names = namesOf(round);
  const restow = await open(configOf(scenario, names));
  if (step === "migrate") await restow.migrateAllSessions();
  else for (const id of many.slice(0, 6)) await restow.rollbackSessionMigration(id, undefined, { confirm: true });
  await report({ type: "begun" });
  return new Promise(() => {});
}

/** After the kill: sessions that were rolled back and may be anywhere are whole somewhere, and no older copy rules. */
export async function afterLateWrite({ round, only, step }) {
  const scenario = scenarioOf(only);
  const names = namesOf(round);
  const tally = new Tally(`killed before localStorage was written: ${step}, ${only}`);
  tally.point();
  const reappeared = texts.dump(names.app).docs.some(([, text]) => text.includes('"s0"'));
  await isWhole(scenario, names, tally, `round ${round}`);
  const restow = await open(configOf(scenario, names));
  const { errors } = await restow.migrateAllSessions();
  if (errors.length > 0) tally.count("undetected", `round ${round}: ${errors.map(({ code }) => code)}`);
  const { diverged } = await restow.getMigrationStatus();
  if (diverged > 0) tally.count("torn", `round ${round}: ${diverged} are diverged, though nobody edited anything`);
  restow.close();
  await isWhole(scenario, names, tally, `round ${round}, after one more run`);
  await isReadable(scenario, names, tally, `round ${round}`);
  await report({ ...tally.row(), reappeared });
}

