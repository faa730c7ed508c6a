/** Where the application has kept its sessions, version after version, and how they lie there. */

/** Names of the sources in reports, by the kind of place. */
export const SOURCES = {
  row: "taskerino-db/collections/sessions",
  collection: "taskerino-db/collections/sessions (one row)",
  draft: "localStorage/taskerino-draft:",
  state: "localStorage/taskerino-v3-state",
};

/** The row that held all sessions before each got a row of its own. */
export const COLLECTION = "sessions";
/** The key that held the state of the whole first version. */
export const STATE = "taskerino-v3-state";

export const rowOf = (id) => `sessions/${id}`;
export const draftOf = (id) => `taskerino-draft:${id}`;

/** The JSON text of all sessions in one row, as the application printed it. */
export const collectionText = (members) => `[${members.join(",")}]`;

/** The application's checksum of a row: 32-bit `hash * 31 + unit`, in base 36. */
export function checksum(text) {
  let hash = 0;
  for (let index = 0; index < text.length; index += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0;
  return hash.toString(36);
}

/**
 * The state of the whole first version, with sessions among all else. Parsing and printing it would
 * change much of it: a number that no JavaScript number holds, a key given twice, escapes, spaces.
 */
export const stateText = (members) => `{ "version" : 3,
\t"ui": { "view":"sessions" , "width": 1280.0, "theme": "dark", "theme": "auto" },
  "counters": {"events": 12345678901234567890, "average": 1.50, "drift": -0},
  "sessions": [${members.length > 0 ? `\n    ${members.join(" ,\n    ")}\n  ` : ""}]  ,

  "settings": { "path": "C:\\/Users\\/Zo\\u00eb", "lone": "\\ud83d", "retention": {"days": 3e1} },
  "tasks": [ { "id": "task-1", "title": "Answer Ana", "done": false } ]
}
`;
