/** A picture of deliveries a second, for each workload that has them and each server: an SVG. */
import type { Results } from "./results.ts";
import { WORKLOADS, type Talk } from "./workloads.ts";

const WIDTH = 720;
const LABEL_WIDTH = 110;
const VALUE_WIDTH = 80;
const ROW_HEIGHT = 18;
const BAR_HEIGHT = 12;
const GAP = 34;
const TOP = 62;
const MARGIN = 16;

/** Readable on a light page and on a dark one. */
const STYLE = `
    text { font: 12px sans-serif; fill: #24292f; }
    .title { font-weight: bold; font-size: 14px; }
    .workload { font-weight: bold; }
    .note { fill: #6e7781; }
    .page { fill: #ffffff; }
    .natter { fill: #2f6fde; }
    .other { fill: #9aa4b0; }
    @media (prefers-color-scheme: dark) {
      text { fill: #d0d7de; }
      .note { fill: #8b949e; }
      .page { fill: #0d1117; }
      .natter { fill: #58a6ff; }
      .other { fill: #57606a; }
    }`;

/** Each workload has a scale of its own, or one bar would hide all others. */
export function plot(results: Results, caption: string): string {
  const parts: string[] = [];
  let y = TOP;
  for (const workload of results.workloads().filter(hasNoRate)) {
    const bars = results.peers(workload).map((peer) => ({
      peer,
      value: results.look(workload, peer, "deliveriesPerSecond"),
      fault: results.fault(workload, peer),
    }));
    const longest = Math.max(...bars.map(({ value }) => value).filter((value) => value > 0));
    if (!Number.isFinite(longest)) continue;
    parts.push(text("workload", MARGIN, y, workload));
    for (const { peer, value, fault } of bars) {
      y += ROW_HEIGHT;
      const width = (value / longest) * (WIDTH - LABEL_WIDTH - VALUE_WIDTH - 2 * MARGIN);
      const kind = peer.startsWith("natter") ? "natter" : "other";
      parts.push(text("", MARGIN, y, peer));
      if (fault !== undefined) parts.push(text("note", MARGIN + LABEL_WIDTH, y, fault));
      else
        parts.push(
          bar(kind, y, width),
          text("", MARGIN + LABEL_WIDTH + width + 6, y, short(value)),
        );
    }
    y += GAP;
  }
  const height = y;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">
  <title>Deliveries a second, by workload and server</title>
  <style>${STYLE}
  </style>
  <rect class="page" width="${WIDTH}" height="${height}"/>
  ${text("title", MARGIN, 22, "Deliveries a second (each workload has its own scale)")}
  ${text("note", MARGIN, 38, caption)}
${parts.map((part) => `  ${part}\n`).join("")}</svg>
`;
}

/** Where the rate is given, it is no result. */
function hasNoRate(workload: string): boolean {
  const { kind, linesPerSecond } = WORKLOADS[workload] as Talk;
  return kind === "talk" && linesPerSecond === 0;
}

function bar(kind: string, y: number, width: number): string {
  const x = MARGIN + LABEL_WIDTH;
  const size = `width="${Math.max(1, width).toFixed(1)}" height="${BAR_HEIGHT}"`;
  return `<rect class="${kind}" x="${x}" y="${y - BAR_HEIGHT + 2}" ${size}/>`;
}

function text(kind: string, x: number, y: number, content: string): string {
  return `<text class="${kind}" x="${x.toFixed(1)}" y="${y}">${Bun.escapeHTML(content)}</text>`;
}

function short(value: number): string {
  return value >= 1e6 ? `${(value / 1e6).toFixed(1)} M` : `${Math.round(value / 1e3)} k`;
}
