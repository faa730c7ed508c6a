// What the figures themselves say of goals that are out of reach. What they don't say is not written.

import { megabytes, median, milliseconds, ratio, times, told } from "./figures.mjs";
import { AGAINST, FIRST, PAGE_BYTES } from "./goals.mjs";
import { OWN } from "./parts.mjs";

/** Reads of a session that are compared: its chunks, its backup, and its original before it goes. */
const COMPARED = 3;

const percent = (share) => `${(100 * share).toFixed(0)} %`;

/** How peers are called in the text. */
const NAMED = { "plain-a": "(a)", "plain-c": "(c)", algorithm: "the chunk-by-chunk algorithm", dexie: "Dexie", rxdb: "RxDB" };
const listed = new Intl.ListFormat("en-GB", { type: "conjunction" });

/** The requests alone, and bytes in the place of values, against the peers that goals are about. */
function batches({ batches: all, calls }) {
  const batch = all?.[FIRST];
  const asked = Object.entries(AGAINST);
  if (!batch || !["floor", "plain-b", "plain-d", ...Object.keys(AGAINST)].every((peer) => batch.ms[peer])) return [];
  const against = (peer, other) => ratio(batch.ms[peer], batch.ms[other]);
  const ofEach = (peer) => listed.format(asked.map(([other]) => `${times(against(peer, other))} of ${NAMED[other]}`));
  const beyond = asked.every(([other, most]) => ["floor", "plain-d"].every((peer) => against(peer, other) > most));
  const rows = !beyond ? [] : [
    `**Batches.** The floor computes nothing, and takes ${ofEach("floor")}: more than each of these goals allows. Whoever reads two copies back from the disk, and looks at the original before it goes, does so much more than who trusts what was written: (b), which reads one copy back, takes ${times(against("plain-b", "plain-a"))} of (a). Nor do bytes in the place of values lead there: (d) takes ${ofEach("plain-d")}.`,
  ];
  if (calls?.comparing && batch.phases) {
    const floor = median(batch.ms.floor) / batch.count;
    const proof = COMPARED * calls.comparing * (batch.kilobytes / 1_000);
    const walk = median(batch.phases.map(({ plan }) => plan)) / batch.count;
    rows.push(`**The floor.** Comparing a session of 1 MB with a copy takes plain JavaScript ${milliseconds(calls.comparing)}, and three reads have to be compared; cutting a session and giving each value its digest takes ${milliseconds(walk)}. That alone is ${times((floor + proof + walk) / floor)} of the floor. What is left to the goal would have to pay for locks, manifests, the journal and some ninety requests of a session.`);
  }
  return rows;
}

function claims({ batches: all }) {
  const batch = all?.[FIRST];
  if (!batch?.ms["plain-a"] || !batch.ms.floor) return [];
  const taken = (peer, count) => milliseconds(count * (2_000 / batch.kilobytes) * (median(batch.ms[peer]) / batch.count));
  return [`**A tenth of what is claimed.** By these figures the floor takes ${taken("floor", 1)} for 2 MB, ${taken("floor", 50)} for 50 times as much and ${taken("floor", 500)} for 500 times; (a), which verifies nothing, ${taken("plain-a", 1)}, ${taken("plain-a", 50)} and ${taken("plain-a", 500)}.`];
}

function appending({ calls }) {
  const { byHand, whole } = calls?.appending ?? {};
  if (!byHand) return [];
  return [`**Appending.** By hand, a lock, a look at the manifest and the three records that say where an item is take ${milliseconds(byHand)}, 1/${(whole / byHand).toFixed(1)} of rewriting the whole, with nothing measured, copied or decided.`];
}

function memory({ memory: found }, run) {
  if (!found || found.failed || !found.engine) return [];
  const { batch, one } = found;
  const body = run.memory.one.kilobytes * 1_000;
  return [`**Memory.** (a), which has one session in hand and keeps nothing of it, takes ${megabytes(batch["plain-a"])} for the batch, (c) ${megabytes(batch["plain-c"])}; the engine, before it moves anything, ${megabytes(found.engine)}. For the one of 20 MB (a) takes ${times(one["plain-a"] / body)} of the body and (c) ${times(one["plain-c"] / body)}. Values that were read are garbage until the browser collects it, and it has no reason to hurry.`];
}

function bytes({ disk }) {
  if (!disk?.forms) return [];
  const share = (form) => times(told(form) / told(disk).original);
  const { json, gzip } = disk.forms;
  return [`**Bytes.** Browsers compress what they store by themselves, the original too. As JSON bytes, chunks and backup take ${share(json)} of it, and gzipped ${share(gzip)}, at ${milliseconds(gzip.msEach)} for a session of 1 MB: two copies don't fit into the place of one. So values stay values, in every type and readable without any code of ours.`];
}

/** The module, by whose code it is. */
function weight({ code, parts }) {
  if (!parts || !(parts[OWN] > PAGE_BYTES / code)) return [];
  const list = Object.entries(parts).map(([group, share]) => `${group} ${percent(share)}`);
  return [`**What a page loads.** Of the WebAssembly are ${list.join(", ")}. RxDB's 94 KB would be ${percent(PAGE_BYTES / code)} of it: less than Restow's own functions, without any library, which read every kind of source, cut, verify, recover, repair, roll back, judge limits and carry state. A page that asks \`restow/check\` first loads none of it, unless there is something to be moved.`];
}

/** A section of the document; empty where nothing of it was measured. */
export function reasons(engine, sizes, run) {
  const rows = [...batches(engine), ...claims(engine), ...appending(engine), ...memory(engine, run), ...bytes(engine), ...weight(sizes)];
  return rows.length === 0 ? "" : `## What stands in the way\n\n${rows.map((row) => `- ${row}`).join("\n")}\n`;
}
