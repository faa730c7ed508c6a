/** State in localStorage: what there is, how it stands, undoing and clearing. */
import { badge, findings } from "./badges.js";
import { button } from "./controls.js";
import { confirmed } from "./dialog.js";
import { byId, fill, h, setText } from "./dom.js";
import { bytes, count, plural } from "./format.js";
import { call, runJob } from "./jobs.js";
import { tell, tellError } from "./notices.js";
import { putBack } from "./rollback.js";
import { ACCOUNT, ANONYMOUS, signIn } from "../samples.js";
import { store } from "./store.js";
import { createTable } from "./table.js";
import { lazy, textView } from "./values.js";
import { CARRY, KINDS, LEFT, nameOf } from "./words.js";

function sentence({ status, state }) {
  const { keys, captured, changed, missing, unreadable } = status.state;
  if (unreadable) return `It can’t be read now: ${nameOf(unreadable)}.`;
  if (keys === 0) return "Nothing here is this person’s.";
  const size = bytes(state?.bytes ?? 0);
  if (missing === keys) return `${plural(keys, "key")}, ${size}. None is captured yet.`;
  const rest = [changed > 0 && `${count(changed)} changed since`, missing > 0 && `${count(missing)} not yet`].filter(Boolean);
  return `${plural(keys, "key")}, ${size}. ${[`${count(captured)} captured`, ...rest].join(", ")}.`;
}

/** What is carried, and how that stands. */
function carry({ status }) {
  const standing = status.state.carry;
  if (!standing) return null;
  const { code } = standing;
  return [
    h("h3", {}, "Carried over"),
    h("p", {}, h("code", {}, standing.from), " → ", h("code", {}, standing.to), " ", badge(`carry-${standing.standing}`, CARRY[standing.standing].name)),
    h("p", { class: "hint" }, CARRY[standing.standing].text, code && standing.standing === "failed" ? [" ", nameOf(code), " ", h("code", { class: "code" }, code)] : null),
  ];
}

/** The text as it may be shown. */
const view = (row) => async () =>
  row.value === null ? h("p", { class: "hint" }, "Not shown: in this text secrets can’t be told from the rest.") : textView(row.value, row.key);

function mountKeys() {
  const table = createTable({
    caption: "Keys of state",
    key: (row) => row.key,
    columns: [
      { title: "Key", name: "state-key", head: true, cell: (row) => [h("span", { class: "name" }, row.class), lazy(h("span", { class: "id" }, row.key), view(row)), findings(row.findings)] },
      { title: "Holds", name: "kind", cell: (row) => [badge(`kind-${row.kind}`, KINDS[row.kind]), row.redacted ? h("small", { class: "note" }, "secrets hidden") : null] },
      { title: "Size", name: "size", numeric: true, cell: (row) => bytes(row.size) },
    ],
  });
  byId("state-table").append(table.element);
  return table;
}

/** Keys that are offered or left alone, by reason. */
function others({ state }) {
  if (!state) return null;
  const groups = new Map();
  for (const { key } of state.offered) groups.set("offered", [...(groups.get("offered") ?? []), key]);
  for (const { key, why } of state.left) groups.set(why, [...(groups.get(why) ?? []), key]);
  if (groups.size === 0) return null;
  const lists = [...groups].map(([why, keys]) => [h("h3", {}, `${LEFT[why]} (${count(keys.length)})`), h("ul", { class: "plain keys" }, keys.map((key) => h("li", {}, h("code", {}, key))))]);
  return h("details", { class: "aside" }, h("summary", {}, `${plural(state.offered.length + state.left.length, "other key")}, left alone`), lists);
}

async function clear(path) {
  try {
    const question = { title: "Clear what was captured?", yes: "Clear", danger: true };
    if (!(await confirmed((restow) => restow.clearMigratedState(path, { confirm: false }), question))) return;
    await call("Clearing what was captured", "Clearing", (restow) => restow.clearMigratedState(path, { confirm: true }), ({ removed, kept, failed }) => {
      const rest = [kept.length > 0 && `${count(kept.length)} kept, because they hold something else or are in use`, failed.length > 0 && `${count(failed.length)} failed`].filter(Boolean);
      return `${plural(removed.length, "key")} cleared${rest.length > 0 ? `, ${rest.join(", ")}` : ""}. The snapshot has all of it.`;
    });
  } catch (error) {
    tellError("Clearing", error);
  }
}

async function clearCarried() {
  try {
    const question = { title: "Clear what was carried?", yes: "Clear", danger: true };
    if (!(await confirmed((restow) => restow.removeOriginals({ confirm: false }), question))) return;
    await call("Clearing what was carried", "Clearing", (restow) => restow.removeOriginals({ confirm: true }), ({ state }) =>
      state?.removed.length ? "The key that was carried is cleared. The snapshot has it." : "Nothing was cleared: the key holds something else by now.");
  } catch (error) {
    tellError("Clearing", error);
  }
}

async function signInNow() {
  const done = await runJob({ kind: "call", label: "Signing in", doing: "Signing in" }, async () => {
    await signIn();
    return true;
  });
  if (done) tell("A new account is signed in, with a streak of zero. Next: rehearse, or migrate.");
}

/** What can be done now. */
function actions({ status, backups }) {
  const { path, carry: carrying, keys } = status.state;
  const undo = backups.findLast((row) => row.id === null && row.reason === "carry" && carrying?.standing === "done");
  return [
    carrying?.standing === "waiting" && carrying.to === ACCOUNT && button("Sign in to a new account", signInNow, { data: { action: "sign-in" } }),
    undo && button("Undo the carry…", () => putBack(undo.path, "the carry"), { data: { action: "undo-carry" } }),
    carrying?.standing === "done" && carrying.from === ANONYMOUS && button("Clear what was carried…", clearCarried, { data: { action: "clear-carried" } }),
    path && button("Put it back as captured…", () => putBack(path, "state"), { data: { action: "restore-state" } }),
    path && keys > 0 && button("Clear what was captured…", () => clear(path), { data: { action: "clear-state" } }),
  ];
}

export function mountState() {
  const table = mountKeys();
  store.watch(["status", "state", "backups"], (all) => {
    const there = Boolean(all.status?.state);
    byId("state").hidden = !there;
    if (!there) return;
    setText(byId("state-sentence"), sentence(all));
    fill(byId("state-carry"), carry(all));
    table.update(all.state?.entries ?? []);
    fill(byId("state-others"), others(all));
    fill(byId("state-actions"), actions(all));
    byId("state-actions").hidden = byId("state-actions").children.length === 0;
  });
}
