/** Rolling a session back: a preview first, and a choice if it was edited since. */
import { ask, confirmed } from "./dialog.js";
import { idText, plural } from "./format.js";
import { call } from "./jobs.js";
import { tellError } from "./notices.js";
import { store } from "./store.js";

const EDITS = [
  { value: "keep", text: "Keep the edits", hint: "They are saved as a backup of their own." },
  { value: "discard", text: "Discard the edits", hint: "They are gone for good." },
];

const question = (name) => ({ title: `Roll back “${name}”?`, yes: "Roll back", danger: true });

/** Asks what becomes of edits. Resolves to `null` if the person leaves everything as it is. */
const askEdits = (name) =>
  ask({
    title: `“${name}” was edited after it was migrated`,
    text: "The backup holds the session as it was before. What is to become of what has changed since?",
    choices: EDITS,
    yes: "Roll back",
    danger: true,
  });

/** Puts a session back as a backup holds it; without a path, as its newest does. */
export async function rollBack(id, path, label) {
  const name = label ?? idText(id);
  try {
    if (!(await confirmed((restow) => restow.rollbackSessionMigration(id, path, { confirm: false }), question(name)))) return;
  } catch (error) {
    if (error?.code !== "EditedSinceMigration") return void tellError("Rolling back", error);
  }
  await carryOut(id, path, name);
}

/** Puts state back as a snapshot has it, which also undoes a carry. What holds something else is kept. */
export async function putBack(path, what) {
  try {
    const asked = { title: `Put ${what === "state" ? "state" : "both keys"} back?`, yes: "Put back", danger: true };
    if (!(await confirmed((restow) => restow.rollbackSessionMigration(null, path, { confirm: false }), asked))) return;
  } catch (error) {
    return void tellError("Putting back", error);
  }
  await call(`Putting ${what} back`, "Putting back", (restow) => restow.rollbackSessionMigration(null, path, { confirm: true }), ({ state }) => {
    const kept = state.kept.length > 0 ? ` ${plural(state.kept.length, "key")} kept: something else lies there by now.` : "";
    const failed = state.failed.length > 0 ? ` ${plural(state.failed.length, "key")} failed.` : "";
    return `${plural(state.restored.length, "key")} put back, ${state.unchanged.length} were as they should be.${kept}${failed}`;
  });
}

/** Rolls back; asks about edits where there are any, and only then. */
async function carryOut(id, path, name) {
  let edited = false;
  const roll = (edits) =>
    call(`Rolling back ${name}`, "Rolling back", async (restow) => {
      try {
        return await restow.rollbackSessionMigration(id, path, { confirm: true, ...(edits ? { edits } : {}) });
      } catch (error) {
        if (edits || error?.code !== "EditedSinceMigration") throw error;
        edited = true;
        return null;
      }
    }, (result) => result && done(result, name));
  await roll(null);
  if (!edited) return;
  const edits = await askEdits(name);
  if (edits) await roll(edits);
}

function done(result, name) {
  const { open } = store.get();
  if (open && open.id === result.sessionId) store.set({ open: null });
  const edits = result.editsBackupPath ? ` The edits are kept in ${result.editsBackupPath}.` : "";
  return `“${name}” is back ${result.restoredTo ? `in ${result.restoredTo}` : "in chunks"}, as it was.${edits}`;
}
