/** How far the migration is: figures, a sentence, and the sessions as cargo. */
import { byId, fill, h, setText } from "./dom.js";
import { bytes, count, idText, plural } from "./format.js";
import { store } from "./store.js";
import { STATES, nameOf, placeOf } from "./words.js";

/** More blocks than this would be thinner than a pixel. */
const MOST_BLOCKS = 240;
const ORDER = ["chunked", "legacy", "diverged", "quarantined"];

function sentence({ status, sessions, needed }) {
  if (status.total === 0 && status.state) return stateSentence(status.state, needed);
  if (status.total === 0) return "No sessions yet. Make some sample data above, or bring a file of your own.";
  const more = needed === "yes" ? " Migrate still has something to do: a newer layout, or an original that is there again." : "";
  if (status.percentage === 100) return `Every session is chunked, verified and backed up.${more}`;
  if (status.legacy === 0) return `Everything that can be moved safely has been moved. The rest needs a person.${more}`;
  const rolledBack = sessions.filter((row) => row.rolledBack).length;
  if (rolledBack === status.legacy) return `${plural(rolledBack, "session")} rolled back, and left alone until asked for.`;
  if (status.chunked > 0) return `${plural(status.legacy, "session")} to go. Migrate carries on where it stopped.`;
  return `${plural(status.legacy, "session")} to be migrated.`;
}

/** Where there is nothing but state. */
function stateSentence({ keys, missing, carry }, needed) {
  if (carry?.standing === "pending") return "This application has no sessions, but state. Someone has signed in: Migrate carries over what was there before.";
  if (keys === 0) return "This application has no sessions, but state, and nothing of that is here.";
  if (missing === keys) return `This application has no sessions, but state: ${plural(keys, "key")} to be captured.`;
  if (carry?.standing === "waiting") return "What is here is captured. It is carried over once someone signs in.";
  return needed === "yes" ? "Migrate still has something to do." : "What is here is captured, and nothing is left to do.";
}

function figures(status) {
  const list = [
    ["Sessions", count(status.total), ""],
    ...ORDER.map((state) => [STATES[state], count(status[state]), state]),
    ["Done", `${status.percentage} %`, ""],
  ];
  return list.map(([term, value, kind]) => h("div", { class: `figure ${kind}`, data: { figure: term } }, h("dt", {}, term), h("dd", {}, value)));
}

/** Sources that can't be read, in words; the figures know nothing of what is in them. */
function unreadable({ unreadableSources }) {
  return unreadableSources.map(({ source, code }) => {
    const [kind, keys] = placeOf(source);
    return h("p", { class: "problem" }, `Not counted: ${kind}, `, keys && [h("code", { class: "code" }, keys), ", "], `can’t be read now. ${nameOf(code)} `, h("code", { class: "code" }, code));
  });
}

/** Sessions as blocks: as wide as they are large, and cut once they are chunked. */
function cargo(sessions) {
  const sorted = ORDER.flatMap((state) => sessions.filter((row) => row.state === state)).slice(0, MOST_BLOCKS);
  return sorted.map((row) =>
    h("span", {
      class: `block ${row.state}`,
      title: `${row.label ?? idText(row.id)}, ${bytes(row.bytes)}, ${STATES[row.state].toLowerCase()}`,
      vars: { size: String(Math.max(1, Math.round(Math.sqrt(row.bytes)))), cuts: String(Math.max(1, Math.min(row.chunks, 12))) },
    }));
}

export function mountFigures() {
  store.watch(["status", "sessions", "needed"], (state) => {
    const { status, sessions } = state;
    if (!status) return;
    fill(byId("figures"), figures(status));
    byId("figures").hidden = status.total === 0;
    setText(byId("figures-sentence"), sentence(state));
    fill(byId("unreadable"), unreadable(status));
    const elsewhere = status.chunkedElsewhere;
    setText(byId("elsewhere"), elsewhere > 0 ? `${plural(elsewhere, "more session")} ${elsewhere === 1 ? "was" : "were"} chunked by the application itself and ${elsewhere === 1 ? "is" : "are"} left alone.` : "");
    const strip = byId("cargo");
    strip.hidden = status.total === 0;
    strip.setAttribute("aria-label", ORDER.map((state) => `${STATES[state]}: ${status[state]}`).join(", "));
    strip.classList.toggle("dense", sessions.length > 60);
    fill(strip, cargo(sessions));
  });
}
