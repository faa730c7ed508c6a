// Records of Restow's own database are damaged, one at a time: it is named, never read as something
// shorter, and repaired as far as anything proves it.

import { open } from "/restow/index.js";
import { damagesOf, harm, keyFields, putBack } from "./damage.js";
import { dropAll, each, inWorker, isWebKit, newNames, prepared, watched } from "./lab.js";
import { Attempt, failing } from "./mended.js";
import { populatedScenario as scenario } from "./mends.js";
import { same } from "./oracle.js";
import { random, spread } from "./random.js";
import { Tally, reportRow, within } from "./report.js";
import { configOf } from "./scenarios.js";
import { dump } from "./storage.js";

/** Longer than one death takes. */
const TORN_LIMIT_MS = 20_000;

/**
 * What is stored before the damage: a session as it was migrated, an edited one, one that was put back,
 * one that a death has left torn, and one in quarantine.
 */
export async function populated() {
  const names = newNames();
  await prepared(scenario, names);
  const restow = await open(configOf(scenario, names));
  await scenario.fill(restow);
  const whole = await dump(names.own);
  // The first death that leaves something in flight, and not only asked for.
  for (let at = 0; at < 200; at += 1) {
    const { late, value: torn } = await within(TORN_LIMIT_MS, tornAt(at, names, whole));
    if (late) {
      restow.close();
      // It may keep a transaction of a worker that has ended until its page is closed.
      if (isWebKit) return populated();
      throw new Error("the database is held by a worker that has ended");
    }
    if (!torn) break;
    const { own, app } = torn;
    if (own.journal.length === 0) continue;
    const sound = await restow.verifyAll();
    restow.close();
    if (!sound.ok) throw new Error(`what is stored has problems before any damage: ${JSON.stringify(sound.problems)}`);
    for (const store of Object.keys(own)) if (own[store].length === 0) throw new Error(`there is nothing in ${store} to be damaged`);
    return { names, own, app, fields: await keyFields(names.own) };
  }
  throw new Error("no death has left anything in flight");
}

/** What a death at this point leaves; `null` where the call is over before. */
async function tornAt(at, names, whole) {
  await putBack(names.own, whole);
  const { value } = await inWorker({ name: scenario.name, names, call: "tear", fault: { kind: "death", at } });
  return value?.died ? { own: await dump(names.own), app: await dump(names.app) } : null;
}

/** Every damage to every record, each with its store. */
export function everyDamage({ own, fields }, seed, changes) {
  const made = random(seed);
  const ofStore = (store) => own[store].flatMap(([key, record], index) => {
    const others = own[store].filter((_, at) => at !== index).map(([, one]) => one);
    return damagesOf({ key, record, fields: fields[store], others }, made, changes).map((damage) => ({ ...damage, store, key, record, index }));
  });
  return Object.keys(own).map((store) => ({ store, damages: ofStore(store) }));
}

/** Codes with which every call refuses a database whose format it does not know. */
const UNKNOWN_FORMAT = ["MalformedRecord", "SchemaTooNew"];

/** What the database says of its format is damaged: every call refuses it with a code, or all is well. Nothing is written. */
async function refusedOrWell(restow, tried) {
  const before = await dump(tried.names.own);
  const { error } = await failing(() => restow.verifyAll());
  if (!error) return false;
  const calls = { loadFullSession: () => restow.loadFullSession("a"), repair: () => restow.repair({ confirm: true }), migrateAllSessions: () => restow.migrateAllSessions() };
  for (const [name, call] of Object.entries(calls)) {
    const { error } = await failing(call);
    if (!UNKNOWN_FORMAT.includes(error?.code)) tried.wrong("undetected", `${name} of an unknown format: ${error?.code ?? "no error"}`);
  }
  const where = await same(before, await dump(tried.names.own));
  if (where) tried.wrong("torn", `a call that refuses the format has written at ${where}`);
  return true;
}

/** Damages one record, and looks at all that follows. */
async function attempt(place, damage, tally) {
  const tried = new Attempt(place, damage, tally);
  await watched(tally, tried.how, async (step) => {
    step("the damage");
    await putBack(place.names.own, place.own);
    await putBack(place.names.app, place.app);
    try {
      await harm(place.names.own, damage.store, damage);
    } catch (error) {
      // A key or a value that no database takes is no damage that one can have.
      if (["DataError", "ConstraintError", "DataCloneError"].includes(error?.name)) return;
      throw error;
    }
    tally.point();
    const restow = await open(configOf(scenario, place.names));
    try {
      step("the check");
      if (damage.store === "meta" && (await refusedOrWell(restow, tried))) return;
      await tried.checked(restow);
      step("the load");
      await tried.loads(restow, "damaged,", { mayFail: true });
      step("the repair");
      await tried.repaired(restow);
    } finally {
      restow.close();
    }
  });
}

/** Every record of every store, or so many damages of each. */
export async function mending({ points: most = Infinity, seed = 1, only, rounds: changes = 1 }) {
  const lanes = Number(new URLSearchParams(location.search).get("lanes") ?? 3);
  const places = [];
  for (let lane = 0; lane < lanes; lane += 1) places.push(await populated());
  const plans = places.map((place) => everyDamage(place, seed, changes));
  for (const [at, { store, damages }] of plans[0].entries()) {
    if (only && only !== store) continue;
    const tally = new Tally(`record damaged: ${store}`);
    const free = places.map((_, index) => index);
    // Each lane has a place of its own, so that no two damages meet.
    await each(spread([...damages.keys()], most), async (index) => {
      const lane = free.pop();
      await attempt(places[lane], plans[lane][at].damages[index], tally);
      free.push(lane);
    }, lanes);
    await reportRow(tally);
  }
  for (const { names } of places) await dropAll(names);
}

