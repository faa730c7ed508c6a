// Several tabs of one origin at once, each a worker of its own.

import { open } from "/restow/index.js";
import { kinds } from "./kinds.js";
import { dropAll, dumpApp, each, edit, endsWell, inWorker, isReadable, isWhole, newNames, prepared, undisturbed, watched } from "./lab.js";
import { same } from "./oracle.js";
import { random, spread } from "./random.js";
import { Tally, reportRow } from "./report.js";
import { configOf, tabScenarios } from "./scenarios.js";
import { dump } from "./storage.js";

/** Calls in tabs that begin so many milliseconds apart. Each has to settle, with a code if it fails. */
async function together(scenario, names, tally, how, calls) {
  const settled = await Promise.all(calls.map(({ call, waits }) => inWorker({ name: scenario.name, names, call, waits })));
  for (const [index, { late, value }] of settled.entries()) {
    const what = `${how}, ${calls[index].call}`;
    if (late) tally.count("hung", what);
    else if (value.unhandled || (value.outcome.error && value.outcome.error.name !== "RestowError")) tally.count("undetected", `${what}: ${JSON.stringify(value.outcome ?? value)}`);
  }
  return settled.map(({ value }) => value?.outcome);
}

/** Nobody has migrated a session twice. */
async function migratedOnce(names, ids, tally, how) {
  const { audit } = await dump(names.own);
  for (const id of ids) {
    const times = audit.filter(([, one]) => one.action === "migrate" && one.id === id).length;
    if (times > 1) tally.count("torn", `${how}: ${id} was migrated ${times} times`);
  }
}

async function round(title, scenario, tally, work) {
  const names = newNames();
  tally.point();
  await watched(tally, title, async () => {
    await prepared(scenario, names);
    await work(names);
    await dropAll(names);
  });
}

/** Calls that meet a batch in another tab. Those that change what there is in the end are looked at by bodies alone. */
const MEETINGS = { call: true, load: true, rollback: false, append: false, remove: false };

async function meeting(scenario, other, tally, wanted, waits) {
  const how = `${scenario.name}, the batch and ${other} after ${waits} ms`;
  await round(how, scenario, tally, async (names) => {
    await together(scenario, names, tally, how, [{ call: "call", waits: 0 }, { call: other, waits }]);
    const body = kinds[scenario.kind].body("c");
    const appended = { ...body, items: [...body.items, { index: 25, text: "appended" }, { index: 26, text: "and another" }] };
    const allowed = { c: () => [body, ...(other === "append" ? [appended] : []), ...(other === "remove" ? [undefined] : [])] };
    const loose = { ...scenario, allowed };
    await isWhole(loose, names, tally, how);
    if (MEETINGS[other]) {
      await migratedOnce(names, scenario.ids, tally, how);
      await endsWell(loose, names, wanted, tally, how);
    } else {
      await isReadable(loose, names, tally, how);
    }
  });
}

/** Old code of the application writes a session while it is migrated, or after that. Nothing it wrote is lost. */
async function oldCode(scenario, tally, waits) {
  const how = `${scenario.name}, written by old code after ${waits} ms`;
  await round(how, scenario, tally, async (names) => {
    const before = kinds[scenario.kind].body("c");
    const edited = { ...before, name: "Edited by old code" };
    const writes = new Promise((resolve) => setTimeout(resolve, waits)).then(() => edit(scenario, names, "c", edited));
    const [outcome] = await Promise.all([together(scenario, names, tally, how, [{ call: "call", waits: 0 }]), writes]);
    const restow = await open(configOf(scenario, names));
    await restow.migrateAllSessions();
    const rows = await restow.listSessions();
    const { state } = rows.find(({ id }) => id === "c");
    let found = await restow.loadFullSession("c");
    if (state === "diverged") {
      // Both are there, until someone decides.
      const kept = await kinds[scenario.kind].find((await dumpApp(scenario, names)).docs, "c");
      if ((await same(edited, kept)) !== null) tally.count("lost", `${how}: what was written is not in the source`);
      if ((await same(before, found)) !== null) tally.count("torn", `${how}: the chunks are not what was migrated`);
      await restow.resolveConflict("c", "source", { confirm: true });
      found = await restow.loadFullSession("c");
    }
    if ((await same(edited, found)) !== null) tally.count("lost", `${how}: state ${state}, the edit is gone; ${JSON.stringify(outcome)}`);
    restow.close();
  });
}

/** Two tabs append to one session at once: each append is there once, or was refused. */
async function appends(scenario, tally, waits) {
  const how = `${scenario.name}, two tabs append, ${waits} ms apart`;
  await round(how, { ...scenario, prepare: (restow) => restow.migrateAllSessions() }, tally, async (names) => {
    const outcomes = await together(scenario, names, tally, how, [{ call: "append", waits: 0 }, { call: "append", waits }]);
    const done = outcomes.filter((one) => one && !one.error).length;
    const restow = await open(configOf(scenario, names));
    const { items } = await restow.loadFullSession("c");
    if (items.length !== 25 + 2 * done) tally.count("lost", `${how}: ${done} appends succeeded, and there are ${items.length} items`);
    if (!(await restow.verifySession("c")).ok) tally.count("torn", `${how}: the session does not verify`);
    restow.close();
  });
}

export async function tabs({ rounds = 40, some = Infinity, seed = 1 }) {
  const { below } = random(seed);
  const waits = () => Array.from({ length: rounds }, () => below(250));
  for (const scenario of spread(tabScenarios, some)) {
    const { wanted } = await undisturbed(scenario);
    for (const other of Object.keys(MEETINGS)) {
      const tally = new Tally(`${scenario.name}: a batch and ${{ call: "another batch", load: "a first load", rollback: "a rollback", append: "an append", remove: "a deletion" }[other]}`);
      await each(waits(), (ms) => meeting(scenario, other, tally, wanted, ms));
      await reportRow(tally);
    }
    const old = new Tally(`${scenario.name}: a batch and old code that writes`);
    await each(waits(), (ms) => oldCode(scenario, old, 2 * ms));
    await reportRow(old);
    const two = new Tally(`${scenario.name}: two appends`);
    await each(waits(), (ms) => appends(scenario, two, ms >> 2));
    await reportRow(two);
  }
}

