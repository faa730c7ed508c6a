/** One piece of work at a time: progress, cancelling, and nothing that fails silently. */
import { remaining, bytes } from "./format.js";
import { refresh } from "./instance.js";
import { announce, tell, tellError } from "./notices.js";
import { store } from "./store.js";

/** Whether the error says that the person has stopped the work. */
const isCancel = (error) => error?.name === "AbortError" || error?.code === "Cancelled";

/**
 * Runs `work({ signal, progress })` as the page's only work. `doing` begins the sentence of an
 * error. Resolves to what `work` gave, or to `undefined` if it failed, which the page has then said.
 */
export async function runJob({ kind, label, doing, cancellable = false }, work) {
  if (store.get().job) {
    tell("Something else is still running. Wait until it is through, or cancel it.");
    return undefined;
  }
  const controller = new AbortController();
  let quarter = 0;
  const base = { kind, label, cancel: cancellable ? () => controller.abort() : null };
  const progress = ({ done, total, detail = "" }) => {
    store.set({ job: { ...base, done, total, detail, stopping: controller.signal.aborted } });
    const now = total > 0 ? Math.floor((done / total) * 4) : 0;
    if (now > quarter && now < 4) announce(`${label}: ${done} of ${total}`);
    quarter = Math.max(quarter, now);
  };
  store.set({ job: { ...base, done: 0, total: 0, detail: "", stopping: false } });
  controller.signal.addEventListener("abort", () => {
    const { job } = store.get();
    if (job) store.set({ job: { ...job, stopping: true } });
  });
  announce(`${label}…`);
  try {
    return await work({ signal: controller.signal, progress });
  } catch (error) {
    if (isCancel(error)) tell(`${doing} was cancelled. What was done stays done.`);
    else tellError(doing, error);
    return undefined;
  } finally {
    store.set({ job: { ...base, label: "Reading what is stored now", done: 0, total: 0, detail: "", cancel: null, stopping: false } });
    await refresh();
    store.set({ job: null });
  }
}

/** A progress callback for Restow's calls. */
export const fromEvents = (progress) => (_message, _percent, event) => {
  const pace = event.bytesPerSecond > 0 ? `${bytes(event.bytesPerSecond)}/s` : "";
  const detail = [pace, event.phase === "migrating" ? remaining(event.etaMs) : ""].filter(Boolean).join(" · ");
  progress({ done: event.done, total: event.total, detail });
};

/**
 * A short call on Restow, as a job of its own. `done(result)` gives the sentence that says it went
 * well; `null` says nothing.
 */
export async function call(label, doing, work, done = () => null) {
  const result = await runJob({ kind: "call", label, doing }, () => work(store.get().restow));
  if (result !== undefined) {
    const sentence = done(result);
    if (sentence) tell(sentence);
  }
  return result;
}
