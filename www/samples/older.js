/**
 * What earlier versions of the application have left behind: sessions all in one row, drafts in
 * localStorage, and the state of the first version. They are the same for every size: planting a
 * second one writes them anew.
 */
import { SOURCES, checksum, collectionText, draftOf, stateText, COLLECTION, STATE } from "./places.js";
import { gzipText } from "./gzip.js";
import { sampleSession } from "./session.js";

const SHAPES = {
  collection: [
    { screenshots: 22, audioSegments: 30, summary: "legacy", name: "The week of the move" },
    { screenshots: 3, audioSegments: 2, summary: "legacy", extras: false, name: "Numbers from the old importer", damage: "number" },
    { screenshots: 12, audioSegments: null, summary: null, status: "paused", name: "Tax return, first half" },
  ],
  draft: [
    { screenshots: 4, audioSegments: 6, summary: null, status: "active", name: "Still recording" },
    { screenshots: 2, audioSegments: 1, summary: null, status: "active", extras: false, name: "Cut off", damage: "cut" },
  ],
  state: [
    { screenshots: 6, audioSegments: null, summary: "legacy", extras: false, id: 1619420400000, name: "The very first session" },
    { screenshots: 21, audioSegments: null, summary: "legacy", extras: false, name: "Trying the screenshots" },
  ],
};

const CODES = { number: "JsonNotExact", cut: "JsonInvalid" };

/** The JSON text of a session as it lies in its place. */
export function textOf({ make, damage }) {
  const json = JSON.stringify(make());
  // A number that no JavaScript number can hold: parsing and printing would change it.
  if (damage === "number") return json.replace(/^\{/, '{"serial":12345678901234567890,');
  // As after a disk that ran full.
  return damage === "cut" ? json.slice(0, Math.floor(json.length * 0.6)) : json;
}

/** The rows of a plan for these places, as `samplePlan` gives them. */
export function olderPlan() {
  return Object.entries(SHAPES).flatMap(([place, shapes]) =>
    shapes.map(({ damage, ...shape }, index) => {
      const make = () => sampleSession(`older ${place} ${index}`, { day: index, ...shape });
      const fate = damage ? { expected: "quarantined", code: CODES[damage], damage } : { expected: "migrated" };
      return { id: make().id, place, source: SOURCES[place], make, ...fate };
    }));
}

const textsOf = (plan, place) => plan.filter((row) => row.place === place).map(textOf);

/** The row that holds many: `[key, data, more fields]`. */
export async function collectionRow(plan) {
  const data = await gzipText(collectionText(textsOf(plan, "collection")));
  return [COLLECTION, data, { checksum: checksum(data) }];
}

/** Keys and texts of localStorage that hold sessions. */
export function olderTexts(plan) {
  const drafts = plan.filter((row) => row.place === "draft");
  return [[STATE, stateText(textsOf(plan, "state"))], ...drafts.map((row) => [draftOf(row.id), textOf(row)])];
}
