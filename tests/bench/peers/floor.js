// The floor: the requests and transactions of a run of Restow's, with the very same values, and nothing
// computed: answers are taken, and not looked at. A request is sent when those answers have come that it had
// waited for, a transaction is begun when as many have ended as had then.

import { recorded, summary } from "../recorder.js";
import { clear, plant, settle, settled } from "../storage.js";
import { restow } from "./restow.js";

let tape;

function create(database, { stores }) {
  for (const { name, options, indexes } of stores) {
    const store = database.createObjectStore(name, options);
    for (const args of indexes) store.createIndex(...args);
  }
}

async function openAll() {
  const databases = new Map();
  for (const name of new Set([...tape.databases.map((one) => one.name), ...tape.transactions.map(({ database }) => database)])) {
    const made = tape.databases.find((one) => one.name === name);
    const request = indexedDB.open(name, made?.version);
    request.onupgradeneeded = () => create(request.result, made);
    databases.set(name, await settled(request));
  }
  return databases;
}

/** Sends what a transaction asks for, as soon as it was asked for. */
function begin(database, { stores, mode, options, requests }, onEnd) {
  const transaction = database.transaction(stores, mode, options);
  let answers = 0;
  let next = 0;
  const send = () => {
    for (; next < requests.length && requests[next].after <= answers; next += 1) {
      const { store, index, name, args } = requests[next];
      const whole = transaction.objectStore(store);
      const request = (index === undefined ? whole : whole.index(index))[name](...args);
      request.onsuccess = () => {
        // Chromium makes values of an answer when it is taken, and not before.
        void request.result;
        answers += 1;
        send();
      };
    }
  };
  transaction.oncomplete = () => onEnd(next === requests.length ? null : new Error("a request was not replayed"));
  transaction.onabort = () => onEnd(transaction.error ?? new Error("a replayed transaction was aborted"));
  send();
}

async function replay() {
  const databases = await openAll();
  await new Promise((resolve, reject) => {
    let [next, ended] = [0, 0];
    const go = () => {
      for (; next < tape.transactions.length && tape.transactions[next].ended <= ended; next += 1) {
        const row = tape.transactions[next];
        begin(databases.get(row.database), row, (error) => {
          if (error) return reject(error);
          ended += 1;
          if (ended === tape.transactions.length) return resolve();
          return go();
        });
      }
    };
    go();
  });
  for (const database of databases.values()) database.close();
}

export const floor = {
  async plant(workload) {
    await plant(workload);
    await settle({ bytes: workload.count * workload.kilobytes * 1_000 });
    tape = await recorded(restow.migrate);
    await clear();
    await plant(workload);
  },
  migrate: replay,
  requests: () => summary(tape),
  forget: () => (tape = undefined),
  load: restow.load,
  count: restow.count,
};
