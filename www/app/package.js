/** The one place that knows where the package lies: beside the page, under `restow/`. */
export const PACKAGE = new URL("../restow/index.js", import.meta.url).href;

/** Loads the package; rejects where it is not there, so that the page can say so. */
export const loadPackage = () => import(PACKAGE);
