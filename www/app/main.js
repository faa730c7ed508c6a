/** Puts the page together. */
import * as samples from "../samples.js";
import { mountControls } from "./controls.js";
import { byId } from "./dom.js";
import { connect, refresh, refreshOnReturn } from "./instance.js";
import { mountNotices, tellError } from "./notices.js";
import { PACKAGE } from "./package.js";
import { mountBackups } from "./section-backups.js";
import { mountConfig } from "./section-config.js";
import { mountDecisions } from "./section-decisions.js";
import { mountFigures } from "./section-figures.js";
import { mountReader } from "./section-reader.js";
import { mountReport } from "./section-report.js";
import { mountRun } from "./section-run.js";
import { mountSamples, plantApplication, startOver } from "./section-samples.js";
import { mountSessions } from "./section-sessions.js";
import { mountState } from "./section-state.js";
import { mountCheck } from "./section-check.js";
import { mountRecords } from "./section-storage.js";
import { store } from "./store.js";

const { sampleSession, samplePlan, plantStaleCopy, SIZES } = samples;

/** Runs something on the samples, then brings the page up to date. */
const thenRefresh = (work) => async (...given) => {
  const result = await work(...given);
  await refresh();
  return result;
};

/** For the console and for scripts: the same functions as the buttons use. */
globalThis.restowDemo = {
  get instance() {
    return store.get().restow;
  },
  SIZES,
  sampleSession,
  samplePlan,
  plantStaleCopy,
  plantSamples: thenRefresh(samples.plantSamples),
  plantFile: thenRefresh(samples.plantFile),
  plantApplication,
  signIn: thenRefresh(samples.signIn),
  clearSamples: thenRefresh(startOver),
  refresh,
};

async function start() {
  mountNotices();
  mountControls();
  for (const mount of [mountSamples, mountConfig, mountRun, mountFigures, mountSessions, mountState, mountReport, mountReader, mountBackups, mountDecisions, mountRecords, mountCheck]) mount();
  try {
    await connect();
  } catch (error) {
    const missing = error instanceof TypeError ? new Error(`the package could not be loaded from ${PACKAGE}`, { cause: error }) : error;
    tellError("Starting Restow", missing);
    byId("main").dataset.state = "failed";
    return;
  }
  await refresh();
  refreshOnReturn();
  byId("main").dataset.state = "ready";
}

/** Resolves once the page is ready to be used, for scripts. */
globalThis.restowDemo.ready = start();
