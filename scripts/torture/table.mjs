// The figures: printed, kept as JSON, and written into the document.

import { readFileSync, writeFileSync, existsSync } from "node:fs";
import { at } from "../lib/paths.mjs";

const FIGURES = at("docs", "reliability.json");
const DOCUMENT = at("docs", "RELIABILITY.md");
const BEGIN = "<!-- written by npm run torture -->";
const END = "<!-- end -->";

/** Findings of a row. What a browser does without Restow is no finding. */
export const bad = (row) => (row.control ? 0 : row.lost + row.torn + row.undetected + row.hung);

/** Rows of one kind of scenario in one: what stands before the colon names it. */
export function summed(rows) {
  const groups = new Map();
  for (const row of rows) {
    const scenario = row.scenario.split(":")[0];
    const key = `${row.engine} ${scenario}`;
    const sum = groups.get(key) ?? { engine: row.engine, scenario, tried: 0, lost: 0, torn: 0, undetected: 0, hung: 0, ms: 0 };
    for (const figure of ["tried", "lost", "torn", "undetected", "hung", "ms"]) sum[figure] += row[figure];
    groups.set(key, sum);
  }
  return [...groups.values()];
}

const number = (value) => value.toLocaleString("en-US");
const cells = ({ engine, scenario, tried, lost, torn, undetected, hung, ms }) => [engine, scenario, number(tried), number(lost), number(torn), number(undetected), number(hung), (ms / 1000).toFixed(1)];
const HEAD = ["engine", "scenario", "points tried", "lost", "torn", "undetected", "hung", "seconds"];

/** A table of Markdown. */
export const markdown = (rows) => [HEAD, HEAD.map((_, index) => (index < 2 ? "---" : "---:")), ...rows.map(cells)].map((row) => `| ${row.join(" | ")} |`).join("\n");

/** The same as people read it on a terminal. */
export function printed(rows) {
  const all = [HEAD, ...rows.map(cells)];
  const widths = HEAD.map((_, index) => Math.max(...all.map((row) => row[index].length)));
  const line = (row) => row.map((cell, index) => (index < 2 ? cell.padEnd(widths[index]) : cell.padStart(widths[index]))).join("  ");
  return all.map(line).join("\n");
}

/** The figures so far, with those of the parts that were run now in the place of older ones. */
export function merged(older, newer) {
  const replaced = new Set(newer.map(({ engine, part }) => `${engine} ${part}`));
  return [...older.filter(({ engine, part }) => !replaced.has(`${engine} ${part}`)), ...newer];
}

const ORDER = ["twin", "chromium", "firefox", "webkit"];

/** The document with its generated section renewed. */
export function renewed(document, rows) {
  const [from, to] = [document.indexOf(BEGIN), document.indexOf(END)];
  const [controls, ours] = [rows.filter(({ control }) => control), rows.filter(({ control }) => !control)];
  const tables = [markdown(summed(ours)), "### Every scenario", markdown(ours)];
  if (controls.length > 0) tables.push("### What browsers do without Restow", markdown(controls));
  const text = `${BEGIN}\n\n${tables.join("\n\n")}\n\n`;
  return document.slice(0, from) + text + document.slice(to);
}

/** Keeps the rows of a whole run, and writes the document. */
export function publish(newer) {
  const older = existsSync(FIGURES) ? JSON.parse(readFileSync(FIGURES, "utf8")) : [];
  const kept = newer.map(({ engine, part, scenario, control, tried, lost, torn, undetected, hung, ms }) => ({ engine, part, scenario, ...(control && { control }), tried, lost, torn, undetected, hung, ms: Math.round(ms) }));
  const rows = merged(older, kept).sort((a, b) => ORDER.indexOf(a.engine) - ORDER.indexOf(b.engine));
  writeFileSync(FIGURES, `[\n${rows.map((row) => `  ${JSON.stringify(row)}`).join(",\n")}\n]\n`);
  writeFileSync(DOCUMENT, renewed(readFileSync(DOCUMENT, "utf8"), rows));
}
