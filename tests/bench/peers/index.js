// Who is measured.

import { strictly } from "../durability.js";
import { algorithm } from "./algorithm.js";
import { bytes } from "./bytes.js";
import { dexie } from "./dexie.js";
import { floor } from "./floor.js";
import { plain } from "./plain.js";
import { inWorker, restow } from "./restow.js";
import { rxdb } from "./rxdb.js";

export const peers = {
  restow, "restow-worker": inWorker, floor, algorithm, dexie,
  "plain-a": plain(null),
  "plain-b": plain("deep"),
  "plain-c": plain("hash"),
  "plain-d": bytes,
  // Its storage passes the option on, but not to every transaction that it begins.
  rxdb: { ...rxdb, migrate: () => strictly(rxdb.migrate) },
};
