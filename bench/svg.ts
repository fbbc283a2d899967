/** The common parts of the benchmark's and the soak's pictures. */

/** The page's edge, and its width. */
export const MARGIN = 16;
export const WIDTH = 720;

/** Readable on a light page and on a dark one. */
const STYLE = `
    text { font: 12px sans-serif; fill: #24292f; }
    .title { font-weight: bold; font-size: 14px; }
    .workload { font-weight: bold; }
    .note { fill: #6e7781; }
    .page { fill: #ffffff; }
    .natter { fill: #2f6fde; }
    .other { fill: #9aa4b0; }
    .line { fill: none; stroke: #2f6fde; stroke-width: 1.5; }
    .axis { stroke: #9aa4b0; }
    @media (prefers-color-scheme: dark) {
      text { fill: #d0d7de; }
      .note { fill: #8b949e; }
      .page { fill: #0d1117; }
      .natter { fill: #58a6ff; }
      .other { fill: #57606a; }
      .line { stroke: #58a6ff; }
      .axis { stroke: #57606a; }
    }`;

/** A page with a title and a note below it. */
export function page(
  about: string,
  height: number,
  title: string,
  note: string,
  parts: string[],
): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">
  <title>${Bun.escapeHTML(about)}</title>
  <style>${STYLE}
  </style>
  <rect class="page" width="${WIDTH}" height="${height}"/>
  ${text("title", MARGIN, 22, title)}
  ${text("note", MARGIN, 38, note)}
${parts.map((part) => `  ${part}\n`).join("")}</svg>
`;
}

export function text(kind: string, x: number, y: number, content: string): string {
  return `<text class="${kind}" x="${x.toFixed(1)}" y="${y}">${Bun.escapeHTML(content)}</text>`;
}
