// What has to be true once one record is damaged: of checks, of loading, of a repair and of backups.

import { inWorker, isRefusal } from "./lab.js";
import { kinds } from "./kinds.js";
import { populatedScenario as scenario, withAppended } from "./mends.js";
import { same } from "./oracle.js";
import { dump } from "./storage.js";

/** What has a seal or a digest. Of the others only what can't be understood can be told. */
const READABLE = ["audit", "quarantine", "leases", "meta"];

/** Where damage to one store may be named: a backup and its head are compared with each other. */
const namedAt = {
  backups: ["backups", "backupHeads"], backupHeads: ["backups", "backupHeads"], chunks: ["chunks", "lists"],
  // A list of nobody is one whose manifest is gone.
  lists: ["lists", "manifests"],
};

const EDITED = "b";
const BACK = "c";
const TORN = "d";

export const failing = async (work) => {
  try {
    return { value: await work() };
  } catch (error) {
    return { error };
  }
};


/** One damage, and everything that has to be true of it. */
export class Attempt {
  constructor(place, damage, tally) {
    Object.assign(this, place, { damage, tally });
    this.how = `${damage.store} of ${JSON.stringify(damage.key)}, ${damage.what}`;
    this.owner = damage.record.id ?? null;
    // Whose it is, or seems to be; `null` for what belongs to no session.
    this.concerned = [this.owner, damage.with?.id ?? null, null, ...(damage.puts ?? []).map(({ id }) => id)];
    this.bodies = Object.fromEntries(place.own.manifests.map(([id]) => [id, bodyOf(id)]));
  }

  wrong(kind, what) {
    this.tally.count(kind, `${this.how}: ${what}`);
  }

  /** Whether a check has to tell of it. */
  get mustBeNamed() {
    const { store, kind, what, record } = this.damage;
    // What a carry or a death needs is all that these know: nothing else tells them from sound ones.
    if (READABLE.includes(store)) return what === "garbled" && store !== "meta";
    // What was staged is dropped by the next run, with whatever may be wrong with it: the source rules.
    if (this.owner === TORN && (["lists", "chunks"].includes(store) || what.startsWith("skeleton"))) return false;
    // A tombstone that is gone leaves a session that was never migrated.
    if (store === "manifests" && kind === "removed" && record.state === "rolled-back") return false;
    // An entry of the journal only says where to look; and a generation that no manifest has is a leftover by itself.
    if (store === "journal" && kind === "removed") return false;
    return true;
  }

  async checked(restow) {
    const { damage } = this;
    const before = await dump(this.names.own);
    const all = await failing(() => restow.verifyAll());
    if (all.error) return this.wrong("undetected", `verifyAll fails: ${all.error.code} ${all.error.message}`);
    const places = namedAt[damage.store] ?? [damage.store];
    const named = all.value.problems.filter(({ store, sessionId }) => places.includes(store) && this.concerned.includes(sessionId));
    if (this.mustBeNamed && (all.value.ok || named.length === 0)) this.wrong("undetected", `verifyAll names ${JSON.stringify(all.value.problems)}`);
    if (this.mustBeNamed && ["lists", "chunks", "manifests", "backups"].includes(damage.store) && ["a", EDITED].includes(this.owner) && !this.isAside()) {
      const one = await failing(() => restow.verifySession(this.owner));
      if (one.value?.ok) this.wrong("undetected", "verifySession finds nothing");
      if (one.error && !isRefusal(one.error) && one.error.code !== "NotChunked") this.wrong("undetected", `verifySession fails: ${one.error.code} ${one.error.message}`);
    }
    const rehearsed = await failing(() => restow.repair({ dryRun: true }));
    if (rehearsed.error) this.wrong("undetected", `a rehearsed repair fails: ${rehearsed.error.code} ${rehearsed.error.message}`);
    const where = await same(before, await dump(this.names.own));
    if (where) this.wrong("torn", `checks and a rehearsal have written, at ${where}`);
    return undefined;
  }

  /** A copy under another key is no damage to the session that it was copied from. */
  isAside() {
    return this.damage.kind === "duplicated" && !(this.damage.store === "chunks" && /path|index/.test(this.damage.what));
  }

  /** Each session is read as it is, or refused with a place. */
  async loads(restow, when, { mayFail, left = [] }) {
    for (const id of ["a", EDITED]) {
      const { value, error } = await failing(() => restow.loadFullSession(id));
      const gone = value === null && this.damage.store === "manifests" && this.damage.kind === "removed" && this.owner === id;
      if (error) {
        if (!isRefusal(error)) this.wrong("undetected", `${when} ${id} fails with ${error.code}: ${error.message}`);
        if (!mayFail && !left.some(({ sessionId }) => sessionId === id)) this.wrong("lost", `${when} ${id} is not repaired, and nothing says why: ${error.message}`);
        if (![this.owner, this.damage.with?.id].includes(id)) this.wrong("lost", `${when} ${id}, which was not damaged, fails: ${error.message}`);
      } else if (gone) {
        if (!mayFail && !left.some(({ sessionId }) => sessionId === id)) this.wrong("lost", `${when} ${id} is gone, and nothing says so`);
      } else {
        const where = await same(this.bodies[id], value ?? undefined);
        if (where) this.wrong(value === null ? "lost" : "torn", `${when} ${id} is read with a difference at ${where}`);
      }
    }
    const back = await kinds[scenario.kind].find((await dump(this.names.app)).docs, BACK);
    if (await same(bodyOf(BACK), back)) this.wrong("lost", `${when} what was put back is another`);
  }

  /** What a backup as migrated proves comes back. */
  mustBeWhole(id) {
    return id === "a" && this.damage.store !== "backups";
  }

  async repaired(restow) {
    // The backup of what was only staged goes with it.
    const there = (await dump(this.names.own)).backups.map(([path]) => path);
    const backups = this.own.backups.filter(([path, { id }]) => id !== TORN && there.includes(path)).map(([path]) => path);
    const { value, error } = await failing(() => restow.repair({ confirm: true }));
    if (error) return this.wrong("undetected", `the repair fails: ${error.code} ${error.message}`);
    const { repaired, left } = value;
    const kept = (await dump(this.names.own)).backups.map(([path]) => path);
    if (backups.some((path) => !kept.includes(path))) this.wrong("lost", "the repair has removed a backup");
    const after = await restow.verifyAll();
    const unsaid = after.problems.filter((problem) => !left.some(({ place, sessionId }) => place === problem.place || (sessionId !== null && sessionId === problem.sessionId)));
    if (unsaid.length > 0) this.wrong("undetected", `after the repair ${JSON.stringify(unsaid)} is left, of ${JSON.stringify(value)}`);
    if (this.mustBeNamed && ![...repaired, ...left].some(({ sessionId }) => this.concerned.includes(sessionId))) this.wrong("undetected", "the repair says nothing of it");
    if (left.some(({ sessionId }) => this.mustBeWhole(sessionId))) this.wrong("lost", `could be proven, and is left: ${JSON.stringify(left)}`);
    await this.loads(restow, "repaired,", { mayFail: false, left });
    const image = await dump(this.names.own);
    const again = await restow.repair({ confirm: true });
    if (again.repaired.length > 0) this.wrong("torn", `a second repair has ${JSON.stringify(again.repaired)} to do`);
    const where = await same(image, await dump(this.names.own));
    if (where) this.wrong("torn", `a second repair has written at ${where}`);
    await this.refusesBackup(restow);
    return undefined;
  }

  /** A damaged backup is never used, and a refusal changes nothing. */
  async refusesBackup(restow) {
    const { store, kind, record } = this.damage;
    if (store !== "backups" || !["changed", "truncated", "swapped"].includes(kind) || !["a", EDITED].includes(this.owner)) return;
    const before = await dump(this.names.own);
    const { error } = await failing(() => restow.rollbackSessionMigration(this.owner, record.path, { confirm: true, edits: "discard" }));
    if (!["BackupDamaged", "MalformedRecord"].includes(error?.code)) this.wrong("torn", `the damaged backup was used: ${error?.code}`);
    const month = 40 * 24 * 60 * 60 * 1000;
    await inWorker({ name: scenario.name, names: this.names, call: "cleanUp", clock: month });
    const after = await dump(this.names.own);
    if (!after.backups.some(([path]) => path === record.path)) this.wrong("lost", "a clean-up has removed the damaged backup");
    if (await same(before.chunks, after.chunks)) this.wrong("torn", "the refusal has changed chunks");
  }
}

function bodyOf(id) {
  const body = kinds[scenario.kind].body(id);
  return id === EDITED ? withAppended(body) : body;
}
