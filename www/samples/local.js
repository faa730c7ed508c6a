/** The application's texts in localStorage, plus one mark that the page made them. */
import { SampleError } from "./errors.js";
import { isSampleKey } from "./keys.js";

const MARK = "restow-demo";

const FOREIGN = "This browser already holds texts of such an application in localStorage that this page did not make. They were left alone; use another profile or a private window for the demo.";

/** Keys and texts of the samples, in the order of the keys. */
export function localTexts() {
  const keys = Array.from({ length: localStorage.length }, (_, index) => localStorage.key(index));
  return keys.filter(isSampleKey).sort().map((key) => [key, localStorage.getItem(key)]);
}

/** Refuses texts that are not the demo's, and marks those that are going to be. */
export function claimLocal() {
  if (localTexts().length > 0 && localStorage.getItem(MARK) === null) throw new SampleError("NotDemoData", FOREIGN);
  localStorage.setItem(MARK, "made by the demo page of Restow");
}

/** Removes what the demo made, the mark last; texts that it did not make stay. */
export function removeLocal() {
  if (localStorage.getItem(MARK) === null) return;
  for (const [key] of localTexts()) localStorage.removeItem(key);
  localStorage.removeItem(MARK);
}
