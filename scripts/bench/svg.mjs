// Charts that are readable on light and on dark ground.

const WIDTH = 760;
const LABEL = 150;
const BAR = 16;
const ROW = 24;
const HEAD = 34;
const VALUE = 130;

const escape = (text) => String(text).replace(/[&<>"]/g, (found) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[found]);

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; }
  .value { fill: #59636e; }
  .bar { fill: #8c959f; }
  .own { fill: #0969da; }
  .floor { fill: none; stroke: #59636e; stroke-dasharray: 4 3; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .value { fill: #9198a1; }
    .bar { fill: #656c76; }
    .own { fill: #4493f8; }
    .floor { stroke: #9198a1; }
  }`;

function bar({ label, value, text, kind }, y, most) {
  const width = value === null ? 0 : Math.max(1, (value / most) * (WIDTH - LABEL - VALUE));
  return [
    `<text x="${LABEL - 10}" y="${y + 13}" text-anchor="end">${escape(label)}</text>`,
    `<rect class="${kind ?? "bar"}" x="${LABEL}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" rx="2"/>`,
    `<text class="value" x="${(LABEL + width + 8).toFixed(1)}" y="${y + 13}">${escape(text)}</text>`,
  ].join("\n");
}

/**
 * Panels of bars, one below the other; the bars of a panel share a scale.
 *
 * @param {string} title what people hear who can't see it
 * @param {{ name: string, bars: { label: string, value: number | null, text: string, kind?: "own" | "floor" }[] }[]} panels
 */
export function chart(title, panels) {
  let y = 8;
  const parts = [];
  for (const { name, bars } of panels) {
    const most = Math.max(...bars.map(({ value }) => value ?? 0), Number.MIN_VALUE);
    parts.push(`<text class="title" x="0" y="${y + 16}">${escape(name)}</text>`);
    y += HEAD;
    for (const one of bars) {
      parts.push(bar(one, y, most));
      y += ROW;
    }
    y += 10;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img" aria-label="${escape(title)}">\n<style>${STYLE}\n</style>\n${parts.join("\n")}\n</svg>\n`;
}
