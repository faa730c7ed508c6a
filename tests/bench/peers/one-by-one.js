// A peer of plain JavaScript that takes one session after the other.

import { using } from "../storage.js";

/**
 * @param {{ opened: () => Promise<IDBPDatabase>, one: Function, load: Function, count: Function }} parts
 *   `opened` opens the database, in which `one(database, id)` migrates a session, `load(database, id)` reads it back, and
 *   `count(database)` counts those that have arrived
 */
export const oneByOne = ({ opened, one, load, count }) => {
  const withDatabase = (work) => using(opened(), work);
  return {
    migrate: () =>
      withDatabase(async (database) => {
        for (const id of await database.getAllKeys("sessions")) await one(database, id);
      }),
    migrateOne: (id) => withDatabase((database) => one(database, id)),
    load: (id) => withDatabase((database) => load(database, id)),
    count: () => withDatabase(count),
  };
};
