// The application as it was before Restow: one record a session, in a database of its own.

export interface Reading extends Record<string, unknown> {
  id: string;
  title: string;
  samples: { at: number; value: number }[];
  report: { text: string; scores: number[] };
  device: { name: string; firmware: string | null };
}

export const database = "greenhouse";
export const store = "readings";

export const ids = ["north-bed", "south-bed", "seedlings"] as const;

/** What the application had measured. The numbers include those that JSON would lose. */
export function reading(id: string): Reading {
  const length = 10 * (ids.findIndex((known) => known === id) + 1) + 5;
  return {
    id,
    title: `Bed “${id}” 🌱`,
    samples: Array.from({ length }, (_, index) => ({ at: 1_700_000_000_000 + index, value: index === 3 ? -0 : index / 3 })),
    report: { text: "Well watered.\n", scores: [1, Number.NaN, Number.NEGATIVE_INFINITY] },
    device: { name: "hygrometer", firmware: null },
  };
}

export function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Starts from nothing. */
export async function clear(): Promise<void> {
  for (const { name } of await indexedDB.databases()) if (name) await settled(indexedDB.deleteDatabase(name));
}

/** Stores all readings, and a setting that is nobody's session. */
export async function plant(): Promise<void> {
  const request = indexedDB.open(database, 3);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(store);
    request.result.createObjectStore("settings");
  };
  const opened = await settled(request);
  const transaction = opened.transaction([store, "settings"], "readwrite");
  for (const id of ids) transaction.objectStore(store).put(reading(id), id);
  transaction.objectStore("settings").put("dark", "theme");
  await new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
  opened.close();
}

/** How many records the application's database holds, and in which version it is. */
export async function inspect(): Promise<{ version: number; readings: number; settings: number }> {
  const opened = await settled(indexedDB.open(database));
  try {
    const transaction = opened.transaction([store, "settings"]);
    const [readings, settings] = await Promise.all([
      settled(transaction.objectStore(store).count()),
      settled(transaction.objectStore("settings").count()),
    ]);
    return { version: opened.version, readings, settings };
  } finally {
    opened.close();
  }
}
