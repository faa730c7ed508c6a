// What the name of a key tells.

import { registries } from "./presets.js";

/** Text that no Rust string can hold; Restow takes it for no row of the application's. */
const ODD = /\p{Surrogate}/u;

/** Whether a row is very likely the application's own: a backup, or a piece of what it chunked itself. */
export function looksForeign(key, { prefix = "", foreign = {} }) {
  if (typeof key !== "string" || ODD.test(key)) return false;
  const { chunkedMetadata, suffixes = [], numbered = [] } = foreign ?? {};
  const rest = key.slice(prefix.length);
  const piece = rest.replace(/\.compressed$/, "");
  return (
    (chunkedMetadata != null && rest.endsWith(chunkedMetadata)) ||
    rest.includes(".backup-") ||
    suffixes.some((end) => piece.length > end.length && piece.endsWith(end)) ||
    numbered.some((before) => {
      const at = piece.lastIndexOf(before);
      return at > 0 && /^[0-9]+$/.test(piece.slice(at + before.length));
    })
  );
}

/** The classes of a registry. */
export const registryOf = (registry) => (Array.isArray(registry) ? registry : registries[registry]);

const literal = (text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");

/** Whether a key can be read as one of a form such as `"chat_{tenant}_{agent}"`, and as a tenant's. */
const hasForm = (key, pattern, tenant) =>
  RegExp(
    `^${pattern
      .split(/(\{.*?\})/)
      .map((part, index) => (index % 2 === 0 ? literal(part) : part === "{tenant}" ? literal(tenant) : "[^]*"))
      .join("")}$`,
  ).test(key);

/** Whether a key may be of one of some classes, and the tenant's. Rather too often than not. */
export const belongs = (key, classes, { classes: names, tenantId, claim }) =>
  classes.some(
    ({ name, key: exact, prefix, pattern, kind, offer }) =>
      // Neither is ever moved, nor a reason for a run.
      !["token", "flag"].includes(kind) &&
      (names == null || names.includes(name)) &&
      (!offer || claim?.includes(key)) &&
      (key === exact || (prefix != null && key.startsWith(prefix)) || (pattern != null && hasForm(key, pattern, tenantId))),
  );
