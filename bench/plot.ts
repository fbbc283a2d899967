/** An SVG with the deliveries a second of each server, for each workload that has them. */
import type { Results } from "./results.ts";
import { MARGIN, page, text, WIDTH } from "./svg.ts";
import { WORKLOADS, type Talk } from "./workloads.ts";

const LABEL_WIDTH = 110;
const VALUE_WIDTH = 80;
const ROW_HEIGHT = 18;
const BAR_HEIGHT = 12;
const GAP = 34;
const TOP = 62;

/** Each workload has a scale of its own. Otherwise one bar would hide all others. */
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
  const about = "Deliveries a second, by workload and server";
  return page(about, y, "Deliveries a second (each workload has its own scale)", caption, parts);
}

/** If the rate is given, it is not a result. */
function hasNoRate(workload: string): boolean {
  const { kind, linesPerSecond } = WORKLOADS[workload] as Talk;
  return kind === "talk" && linesPerSecond === 0;
}

function bar(kind: string, y: number, width: number): string {
  const x = MARGIN + LABEL_WIDTH;
  const size = `width="${Math.max(1, width).toFixed(1)}" height="${BAR_HEIGHT}"`;
  return `<rect class="${kind}" x="${x}" y="${y - BAR_HEIGHT + 2}" ${size}/>`;
}

function short(value: number): string {
  return value >= 1e6 ? `${(value / 1e6).toFixed(1)} M` : `${Math.round(value / 1e3)} k`;
}
