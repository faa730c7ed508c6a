/** Sessions from a file of one's own, checked before anything is written. */
import { withDatabase, writeRows } from "./database.js";
import { SampleError } from "./errors.js";
import { rowOf } from "./places.js";

/** More than this would make the page stand still while it is parsed. */
export const MAX_FILE_BYTES = 64_000_000;

function parse(text) {
  if (text.length > MAX_FILE_BYTES) {
    throw new SampleError("TooLarge", `The file is larger than ${MAX_FILE_BYTES / 1_000_000} MB. Take fewer sessions.`);
  }
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    throw new SampleError("NotJson", `The file is not JSON: ${cause.message}`, { cause });
  }
}

const kindOf = (value) => (value === null ? "null" : Array.isArray(value) ? "array" : typeof value);

function checkSession(session, place) {
  if (kindOf(session) !== "object") {
    throw new SampleError("NotAnObject", `${place} is of type ${kindOf(session)}; a session is an object with an “id”.`);
  }
  if (!Object.hasOwn(session, "id")) throw new SampleError("IdMissing", `${place} has no “id”.`);
  const { id } = session;
  if (typeof id !== "string" && !Number.isFinite(id)) {
    throw new SampleError("IdInvalid", `The “id” of ${place} is of type ${kindOf(id)}; it has to be text or a number.`);
  }
  if (id === "") throw new SampleError("IdEmpty", `The “id” of ${place} is empty.`);
  return session;
}

/** The sessions of a file: a session, or an array of sessions. Throws a `SampleError` otherwise. */
export function sessionsOf(json) {
  const value = typeof json === "string" ? parse(json) : json;
  if (!Array.isArray(value)) return [checkSession(value, "The session")];
  if (value.length === 0) throw new SampleError("NoSessions", "The file holds an empty array; there is nothing to plant.");
  const seen = new Set();
  return value.map((session, index) => {
    const place = `Session ${index + 1} of ${value.length}`;
    const key = String(checkSession(session, place).id);
    if (seen.has(key)) throw new SampleError("DuplicateId", `${place} has the same “id” as one before it.`);
    seen.add(key);
    return session;
  });
}

/**
 * Plants the sessions of a JSON file (its text, or what it was parsed to) as the application would
 * have stored them. All of them, or none.
 */
export async function plantFile(json) {
  const sessions = sessionsOf(json);
  const now = Date.now();
  const rows = sessions.map((session) => [rowOf(session.id), session, now]);
  try {
    await withDatabase((database) => writeRows(database, rows, { add: true }));
  } catch (cause) {
    if (cause?.name !== "ConstraintError") throw cause;
    throw new SampleError("AlreadyThere", "A session of this file is there already, under the same “id”. Nothing was planted.", { cause });
  }
  return sessions.map(({ id }) => ({ id, expected: "migrated" }));
}
