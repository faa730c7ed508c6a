// What an application does without chunks: it reads and writes a session whole.

import { done, openSource, settled, using } from "./storage.js";

export const withSource = (work) => using(openSource(), work);

export const read = (database, id) => settled(database.transaction("sessions").objectStore("sessions").get(id));

export function write(database, session) {
  const transaction = database.transaction("sessions", "readwrite", { durability: "strict" });
  transaction.objectStore("sessions").put(session);
  return done(transaction);
}

/** Reads it, changes it, and writes it whole. */
export async function change(database, id, edit) {
  const session = await read(database, id);
  edit(session);
  await write(database, session);
}
