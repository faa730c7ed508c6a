// What has to be left in each kind of place, and what a rollback has to bring back there.

import { textOf } from "/samples/older.js";
import { COLLECTION, STATE, checksum, collectionText, draftOf, rowOf, stateText } from "/samples/places.js";
import { same, unzipped } from "./application.js";

const moves = (row) => row.expected === "migrated";
const texts = (plan, place, choose) => plan.filter((row) => row.place === place && choose(row)).map(textOf);

/** The text of the row that holds many, and whether its checksum and all else of it are right. */
async function collection(before, after) {
  const [old, now] = [before.rows.get(COLLECTION), after.rows.get(COLLECTION)];
  const { data, checksum: sum, ...rest } = now;
  const { data: _, checksum: __, ...others } = old;
  return { text: await unzipped(data), whole: sum === checksum(data) && same(Object.entries(rest), Object.entries(others)) };
}

/** Whether the places hold just those sessions that `stays` picks, and every neighbour to the unit. */
export async function left(plan, before, after, stays = (row) => !moves(row)) {
  const many = await collection(before, after);
  const gone = new Set(plan.filter((row) => !stays(row)).flatMap((row) => [rowOf(row.id), draftOf(row.id)]));
  // The draft of a session whose row was moved is a copy, and nobody's business.
  const drafts = plan.filter((row) => row.place === "draft").map((row) => draftOf(row.id));
  const others = (map, keep) => [...map].filter(([key]) => keep(key));
  const isOther = (key) => key !== COLLECTION && !gone.has(key);
  const isOtherText = (key) => key !== STATE && !(drafts.includes(key) && gone.has(key));
  return [
    { name: "rows: what was moved is gone, all others are as they were", ok: same(others(before.rows, isOther), others(after.rows, (key) => key !== COLLECTION)) },
    { name: "the row of many: its other members are the same to the unit", ok: many.text === collectionText(texts(plan, "collection", stays)) },
    { name: "the row of many: its checksum is renewed, its other fields are kept", ok: many.whole },
    { name: "drafts: what was moved is gone, all other texts are the same to the unit", ok: same(others(before.texts, isOtherText), others(after.texts, (key) => key !== STATE)) },
    { name: "the state: its sessions are [], all else is the same to the unit", ok: after.texts.get(STATE) === stateText(texts(plan, "state", stays)) },
  ];
}

/** The sessions that are rolled back: of each kind the first, and of the row of many the last. */
export function chosen(plan) {
  const of = (place) => plan.filter((row) => row.place === place && moves(row));
  return [of("row")[0], of("collection").at(-1), of("draft")[0], of("state")[0]];
}

/** Whether a session lies again where it lay, as it lay there. */
export async function isBack(row, plan, before, after) {
  switch (row.place) {
    case "row":
      return same(before.rows.get(rowOf(row.id)), after.rows.get(rowOf(row.id)));
    case "draft":
      return before.texts.get(draftOf(row.id)) === after.texts.get(draftOf(row.id));
    case "state":
      // Put into the empty list, without the spaces that were around it.
      return after.texts.get(STATE) === stateText([]).replace('"sessions": []', () => `"sessions": [${textOf(row)}]`);
    default: {
      const { text, whole } = await collection(before, after);
      return whole && text === collectionText(texts(plan, "collection", (one) => one === row || !moves(one)));
    }
  }
}
