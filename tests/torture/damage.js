// What may happen to one record of Restow's own database, done past Restow.

import { changeOne } from "./change.js";
import { settled } from "./storage.js";

/** Fields that hold values of the application: nothing in them is unknown to a digest. */
const BODIES = ["data", "skeleton", "session", "envelope"];

/** Another key, such as an accident would leave a copy under. */
const otherKey = (value, field) => {
  if (Array.isArray(value)) return [...value, "again"];
  if (typeof value === "number") return value + 1_000;
  return field === "path" ? `${value}-again` : `${value}again`;
};

/** The last item of a list, letter of a text, or field of an object, gone. */
function shorter(value) {
  if (typeof value === "string" && value !== "") return value.slice(0, -1);
  if (Array.isArray(value) && value.length > 0) return value.slice(0, -1);
  return undefined;
}

/** Whether a record without one field means another thing: absent and `null` are the same. */
const means = (value) => value !== null && value !== undefined;

/**
 * Everything that is done to a record, `{ what, kind, puts, deletes }`: records to be put, and keys to
 * be deleted, in one transaction. `fields` are those of its key, `others` the same store's
 * other records.
 */
export function damagesOf({ key, record, fields, others }, random, changes) {
  const found = [{ what: "removed", kind: "removed", deletes: [key] }];
  const put = (what, kind, ...puts) => found.push({ what, kind, puts });
  const own = Object.keys(record).filter((field) => !fields.includes(field));
  for (const field of own.filter((one) => one !== "seal")) {
    const value = record[field];
    const cut = shorter(value);
    if (cut !== undefined) put(`${field} truncated`, "truncated", { ...record, [field]: cut });
    if (means(value)) {
      const { [field]: _, ...rest } = record;
      put(`${field} left out`, "truncated", rest);
    }
    const holder = { value: structuredClone(value) };
    for (let count = 0; count < changes; count += 1) {
      changeOne(holder, random, { additions: BODIES.includes(field), integers: !BODIES.includes(field) });
      // Absent, `undefined` and `null` say the same of a field.
      if (means(value) || means(holder.value)) put(`${field} changed`, "changed", { ...record, [field]: structuredClone(holder.value) });
    }
  }
  if ("seal" in record) put("seal changed", "changed", { ...record, seal: `${record.seal.slice(0, -1)}${record.seal.endsWith("0") ? "1" : "0"}` });
  put("garbled", "changed", Object.fromEntries(fields.map((field) => [field, record[field]])));
  for (const field of fields) put(`again under another ${field}`, "duplicated", { ...record, [field]: otherKey(record[field], field) });
  for (const other of others.slice(0, 2)) {
    const swap = (to, from) => ({ ...from, ...Object.fromEntries(fields.map((field) => [field, to[field]])) });
    found.push({ what: "swapped with another", kind: "swapped", puts: [swap(record, other), swap(other, record)], with: other });
  }
  return found;
}

/** Opens Restow's own database for as long as `work(database)` takes. */
export async function inside(name, work) {
  const database = await settled(indexedDB.open(name));
  try {
    return await work(database);
  } finally {
    database.close();
  }
}

/** Runs one transaction over some stores, all requests at once. */
const transact = (database, stores, work) =>
  new Promise((resolve, reject) => {
    const transaction = database.transaction(stores, "readwrite");
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error("aborted"));
    work((store) => transaction.objectStore(store));
  });

/** Does one damage to a store. */
export const harm = (own, store, { puts = [], deletes = [] }) =>
  inside(own, (database) => transact(database, [store], (at) => {
    for (const key of deletes) at(store).delete(key);
    for (const record of puts) at(store).put(record);
  }));

/** The fields that are the key of each store. */
export const keyFields = (own) =>
  inside(own, (database) => {
    const stores = [...database.objectStoreNames];
    const transaction = database.transaction(stores);
    return Object.fromEntries(stores.map((store) => [store, [transaction.objectStore(store).keyPath].flat()]));
  });

/** Puts a whole database back as a dump has it. */
export const putBack = (name, image) =>
  inside(name, (database) => {
    const stores = Object.keys(image);
    return transact(database, stores, (at) => {
      for (const store of stores) {
        const { keyPath } = at(store);
        at(store).clear();
        for (const [key, record] of image[store]) keyPath === null ? at(store).put(record, key) : at(store).put(record);
      }
    });
  });
