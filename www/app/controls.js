/** Buttons that know when to wait. */
import { h } from "./dom.js";
import { store } from "./store.js";

/**
 * A button. With `idle`, it waits while other work runs: it stays focusable, so that nobody who
 * uses a keyboard loses their place.
 */
export function button(text, onClick, { idle = true, class: className = "", label, data = {} } = {}) {
  const element = h("button", { type: "button", class: className, "aria-label": label ?? null, data: { ...data, ...(idle ? { idle: "" } : {}) } }, text);
  element.addEventListener("click", () => {
    if (element.getAttribute("aria-disabled") !== "true") onClick(element);
  });
  if (idle) setWaiting(element, Boolean(store.get().job));
  return element;
}

/** Makes a button of the page itself behave like those above. */
export function wire(element, onClick, { idle = true } = {}) {
  if (idle) element.dataset.idle = "";
  element.addEventListener("click", (event) => {
    event.preventDefault();
    if (element.getAttribute("aria-disabled") !== "true") onClick(element);
  });
  return element;
}

export function setWaiting(element, waiting) {
  if (waiting) element.setAttribute("aria-disabled", "true");
  else element.removeAttribute("aria-disabled");
}

/** Keeps every waiting button in step with the work under way. */
export function mountControls() {
  store.watch(["job"], ({ job }) => {
    for (const element of document.querySelectorAll("[data-idle]")) setWaiting(element, Boolean(job));
  });
}
