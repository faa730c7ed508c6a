// `restow/check`: whether a migration may be needed, told from keys alone. It loads no WebAssembly, so that
// an application can ask at every start, and load Restow only where there is something to ask it.

import { databases, inDatabase, keysIn } from "./check/database.js";
import { belongs, looksForeign, registryOf } from "./check/keys.js";
import { ANONYMOUS, filledIn } from "./check/presets.js";

/** Longest wait for the browser's storage. */
const PATIENCE_MS = 10_000;

/** The keys of localStorage. Throws where it is denied, and where there is none, as in a worker. */
const localKeys = () => Array.from({ length: localStorage.length }, (_, index) => String(localStorage.key(index)));

/** Whether one source holds what a run would look at. */
async function inSource(source, exists) {
  const { kind, database, store, prefix = "", key, registry } = source;
  if (kind === "localStorage") {
    const keys = localKeys();
    if (key != null) return keys.includes(key) ? "maybe" : "no";
    if (registry != null) {
      // Whose a key is can only be told of all keys together, by Restow.
      return keys.some((one) => belongs(one, registryOf(registry), source)) ? "maybe" : "no";
    }
    return keys.some((one) => one.startsWith(prefix) && !looksForeign(one, source)) ? "yes" : "no";
  }
  const found = (exists(database) && (await inDatabase(database, (db) => keysIn(db, store, key, prefix)))) || [];
  if (key != null) return found.length > 0 ? "maybe" : "no";
  return found.some((one) => !looksForeign(one, source)) ? "yes" : "no";
}

/** Whether there is state that a run would look at. */
function inState({ registry, carry, ...own }, { tenantId = own.tenantId, claim = own.claim }) {
  const from = carry ? (carry.from ?? ANONYMOUS) : undefined;
  return localKeys().some((key) => key === from || belongs(key, registryOf(registry), { tenantId, claim })) ? "maybe" : "no";
}

/** What Restow's own database says: `null` where it is not there, so that nothing was ever migrated. */
async function inOurs(config, sources, exists) {
  const tenant = sources.length > 0 ? sources[0].tenantId : (config.tenantId ?? config.state?.tenantId);
  const name = (config.database ?? "restow") + (tenant == null ? "" : `/${tenant}`);
  return exists(name)
    ? inDatabase(name, async (db) => {
        const unfinished = await keysIn(db, "journal");
        // Which layout a session has is no matter of keys.
        const mayBeOlder = config.layout?.version > 1 ? await keysIn(db, "manifests") : [];
        return unfinished.length + mayBeOlder.length > 0 ? "maybe" : "no";
      })
    : null;
}

async function look(given) {
  const config = filledIn(Array.isArray(given) ? { sources: given } : given);
  const sources = config.sources ?? [];
  if (sources.length === 0 && !config.state) throw new TypeError("there is nothing to look at");
  const exists = await databases();
  const ours = await inOurs(config, sources, exists);
  const looks = [() => ours ?? "no", ...sources.map((source) => () => inSource(source, exists))];
  if (config.state) looks.push(() => inState(config.state, config));
  let answer = "no";
  for (const one of looks) {
    // What can't be read may hold sessions; what can is looked at all the same.
    let found = "maybe";
    try {
      found = await one();
    } catch {}
    // Once something was migrated, what lies in a source may be what was put back, or left there.
    if (found === "yes" && ours === null) return found;
    if (found !== "no") answer = "maybe";
  }
  return answer;
}

/** See check.d.ts. */
export function mayNeedMigration(config) {
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, "maybe");
  });
  const found = look(config).catch(() => "maybe");
  return Promise.race([found, late]).finally(() => clearTimeout(timer));
}
