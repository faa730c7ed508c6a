// Runs one part, chosen by the address, and reports to the command that opened it.

import { report } from "./report.js";

const part = (file, name) => async (options) => (await import(file))[name](options);

const parts = {
  dying: part("./dying.js", "dying"),
  frames: part("./dying.js", "dyingFrames"),
  recovering: part("./dying.js", "recovering"),
  mending: part("./mending.js", "mending"),
  "mending deaths": part("./dying.js", "dyingMends"),
  "state deaths": part("./dying.js", "dyingStates"),
  "local faults": part("./faulty.js", "faultyTexts"),
  durability: part("./durability.js", "durability"),
  faults: part("./faulty.js", "faulty"),
  circumstances: part("./circumstances.js", "circumstances"),
  tabs: part("./tabs.js", "tabs"),
  selftest: part("./selftest.js", "selftest"),
  "before kills": part("./killed.js", "plantRounds"),
  "to be killed": part("./killed.js", "toBeKilled"),
  "after a kill": part("./killed.js", "afterKill"),
  "before it is written": part("./killed.js", "beforeItIsWritten"),
  "after a late write": part("./killed.js", "afterLateWrite"),
  blobs: part("./blobs.js", "blobs"),
  hostile: part("./hostile.js", "hostile"),
  documents: part("./documents.js", "realDocuments"),
  values: part("./values.js", "values"),
};

const number = (text) => (text === null ? undefined : Number(text));

function tell(error) {
  return report({ type: "failed", message: `${error?.code ?? error?.name}: ${error?.message}\n${error?.stack}` });
}

addEventListener("unhandledrejection", ({ reason }) => void tell(reason));
addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => void report({ type: "failed", message: `the policy forbids ${blockedURI || "inline"} (${violatedDirective})` }));

const asked = new URLSearchParams(location.search);
const options = { points: number(asked.get("points")), some: number(asked.get("some")), seed: number(asked.get("seed")), sessions: number(asked.get("sessions")), rounds: number(asked.get("rounds")), round: number(asked.get("round")), step: asked.get("step"), list: asked.get("list")?.split(","), short: asked.has("short"), only: asked.get("only") ?? undefined };

async function main() {
  try {
    await parts[asked.get("part")](options);
  } catch (error) {
    await tell(error);
  }
  await report({ type: "done" });
}

// Not awaited: drivers wait until a page has loaded.
void main();
