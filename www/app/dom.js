/** Elements from plain data. Text is only ever set as text, so markup in names stays inert. */

/**
 * Makes an element. Props: `class`, `data` (dataset), `on` (listeners), `vars` (custom properties);
 * anything else is an attribute, where `true` means present and `false`, `null` absent.
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name === "class") element.className = value;
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    else if (name === "vars") for (const [key, to] of Object.entries(value)) element.style.setProperty(`--${key}`, to);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** The element with this id; its absence is a mistake in the page itself. */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no element #${id}`);
  return element;
}

/** Replaces what an element holds. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
}

/** Text that is written only if it differs, so that live regions and selections stay calm. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** A list of terms and values. */
export function terms(pairs, props = {}) {
  return h("dl", { class: "terms", ...props }, pairs.map(([term, value]) => h("div", {}, h("dt", {}, term), h("dd", {}, value))));
}
