/** How this page is configured, and what happens when the layout is changed later. */
import { APPLICATIONS, NEWER_LAYOUT, written } from "./config.js";
import { wire } from "./controls.js";
import { byId, setText } from "./dom.js";
import { connect } from "./instance.js";
import { runJob } from "./jobs.js";
import { tell } from "./notices.js";
import { store } from "./store.js";

/** Opens Restow with a newer layout, as the next release of an application would. */
async function raiseVersion() {
  const done = await runJob({ kind: "config", label: "Opening with a newer layout", doing: "Opening with a newer layout" }, async () => {
    store.set({ config: { ...store.get().config, layout: NEWER_LAYOUT } });
    await connect();
    return true;
  });
  if (done) tell("Opened with version 2 of the layout. Sessions in chunks stay as they are until you migrate.");
}

/** Where each application keeps what it has. */
const WHERE = {
  taskerino: byId("where").textContent,
  streak: "The application keeps one key of localStorage for people who never signed in, and another for accounts. Signing in must neither lose the one nor believe all that it claims.",
  agents: "Each chat is a key of localStorage that names its tenant. Agents, models with their keys, servers and credentials are a key each beside them, and another tenant’s lie there as well.",
};

export function mountConfig() {
  wire(byId("raise-version"), raiseVersion);
  store.watch(["config"], ({ config }) => {
    const named = Object.hasOwn(APPLICATIONS, config.preset) ? `#${config.preset}` : "";
    history.replaceState(null, "", `${location.pathname}${location.search}${named}`);
    setText(byId("where"), WHERE[config.preset]);
    setText(byId("config-code"), `const restow = await open(${written(config)});`);
    byId("raise").hidden = config.layout === NEWER_LAYOUT || config.preset !== "taskerino";
  });
}
