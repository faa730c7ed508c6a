// What is asked of the disk: with which options transactions are begun that others stand on.

import { open } from "/restow/index.js";
import { install } from "./hooks.js";
import { kinds } from "./kinds.js";
import { dropAll, dumpApp, newNames, prepared, watched } from "./lab.js";
import { spread } from "./random.js";
import { Tally, reportRow } from "./report.js";
import { configOf, scenarioNamed } from "./scenarios.js";

const CALLS = {
  migrate: ["batch, rows", "batch, array", "batch, map", "batch, checksum", "batch, zipped", "batch, a key each", "batch, inside one text", "first load", "one of a container", "newer layout"],
  "roll back": ["rollback", "rollback, edits: keep", "rollback, edits: discard", "rollback into a container", "rollback into zipped text", "rollback, a key each", "rollback, inside one text"],
  repair: ["repair: a chunk is missing", "repair: a list is missing", "repair: a manifest is missing", "repair: the head of a backup is missing", "repair: an edited session goes back"],
  carry: ["state: capture", "state: carry", "state: carry more", "state: undo a carry", "state: restore and overwrite", "state: a run over everything"],
};

/** What nothing that is old may go without. */
const STOOD_ON = ["chunks", "lists", "manifests", "backups", "backupHeads"];
const puts = ["put", "add"];

/** Hears of every request and every commit of one call. */
export class Observer {
  constructor(scenario, names, records, tally) {
    Object.assign(this, { scenario, names, tally, records });
    this.written = new Map();
    // Sessions whose manifest rules, and whether the source was written, by strict commits.
    this.ruling = new Set();
    this.putBack = false;
    this.pending = [];
  }

  wrong(kind, what) {
    this.tally.count(kind, `${this.scenario.name}: ${what}`);
  }

  hear({ phase, op, self, args, transaction, options }) {
    if (phase === "commit") return this.committed(transaction, options);
    if (phase !== "before") return undefined;
    if (!transaction) return this.text(op, args);
    if (transaction.mode !== "readwrite" || ![...puts, "delete", "clear"].includes(op)) return undefined;
    if (!this.written.has(transaction)) this.written.set(transaction, []);
    const store = self.name;
    this.written.get(transaction).push({ op, store, value: args[0] });
    if (transaction.db.name === this.names.app) this.source(op === "delete" ? [args[0], undefined] : [args[1], args[0]]);
    if (transaction.db.name === this.names.own && store === "chunks" && op === "delete") this.dropped();
    return undefined;
  }

  /** The application's localStorage. */
  text(op, [key, value]) {
    if (!["setItem", "removeItem"].includes(op) || !kinds[this.scenario.kind].local) return;
    if (key === this.names.app || key.startsWith(`${this.names.app}:`)) this.source([key.slice(this.names.app.length), op === "setItem" ? value : undefined]);
  }

  /** A record of the source is about to change. What goes must rule in chunks by then. */
  source([key, value]) {
    const before = this.records;
    const others = before.filter(([one]) => indexedDB.cmp(one, key) !== 0);
    this.records = value === undefined ? others : [...others, [key, structuredClone(value)]];
    const [after, ruling] = [this.records, new Set(this.ruling)];
    this.pending.push(this.compared(before, after, ruling));
  }

  async compared(before, after, ruling) {
    const { find } = kinds[this.scenario.kind];
    for (const id of this.scenario.ids) {
      const [was, is] = [await find(before, id), await find(after, id)];
      if (was !== undefined && is === undefined && !ruling.has(id)) this.wrong("lost", `${id} leaves its source before a strict commit has made its chunks rule`);
    }
  }

  /** Chunks are about to go: of a session that is put back only once that is on the disk. */
  dropped() {
    if (!this.scenario.name.startsWith("rollback")) return;
    if (!this.putBack) this.wrong("lost", "chunks go before a strict commit has put the session back");
  }

  committed(transaction, options) {
    const written = this.written.get(transaction);
    if (!written) return;
    const strict = options?.durability === "strict";
    const inOwn = transaction.db.name === this.names.own;
    const stores = new Set(written.filter(({ op, store }) => inOwn && puts.includes(op) && STOOD_ON.includes(store)).map(({ store }) => store));
    if (stores.size > 0) {
      this.tally.point();
      if (!strict) this.wrong("undetected", `a transaction with ${[...stores]} has the durability ${options?.durability}`);
    }
    // An original that a power cut brings back is removed again; one that is put back must stay.
    if (!inOwn && transaction.db.name === this.names.app && this.scenario.name.startsWith("rollback")) {
      this.tally.point();
      if (!strict) this.wrong("undetected", `a transaction of the source has the durability ${options?.durability}`);
    }
    if (!strict) return;
    for (const { store, value } of written) if (inOwn && store === "manifests" && value?.state === "committed") this.ruling.add(value.id);
    if (written.some(({ op }) => !inOwn && puts.includes(op))) this.putBack = true;
  }
}

async function observed(name, tally, wrap) {
  const scenario = scenarioNamed(name);
  const names = newNames();
  await watched(tally, name, async (step) => {
    await prepared(scenario, names);
    const observer = new Observer(scenario, names, (await dumpApp(scenario, names)).docs, tally);
    step("the call");
    const restow = await open(configOf(scenario, names));
    wrap.hear = (point) => observer.hear(point);
    await scenario.call(restow, names);
    wrap.hear = null;
    restow.close();
    await Promise.all(observer.pending);
    await dropAll(names);
  });
}

export async function durability({ some = Infinity }) {
  // What the harness itself does is not heard.
  const wrap = { hear: null };
  install((point) => void wrap.hear?.(point));
  for (const [call, names] of Object.entries(CALLS)) {
    const tally = new Tally(`strict durability: ${call}`);
    for (const name of spread(names, some)) await observed(name, tally, wrap);
    if (tally.tried === 0) tally.count("undetected", "no transaction was heard of");
    await reportRow(tally);
  }
}
