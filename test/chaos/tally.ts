/** How often each fault happened, and what people saw of it. */
import type { Notice } from "./screen.ts";

export interface Tally {
  rounds: number;
  said: number;
  /** Lines that somebody has not seen, and of which somebody was told. */
  lost: number;
  whispered: number;
  violations: number;
  /** How long after the fault lines reached everybody again, at most, in milliseconds. */
  recoveryMsMax: number;
  readonly notices: Map<Notice, number>;
}

export const newTally = (): Tally => ({
  rounds: 0,
  said: 0,
  lost: 0,
  whispered: 0,
  violations: 0,
  recoveryMsMax: 0,
  notices: new Map(),
});

const NOTICES: readonly Notice[] = [
  "lost touch",
  "in touch",
  "lines missing",
  "line lost",
  "other name",
  "server gone",
  "please wait",
];

const HEAD = [
  "fault",
  "times",
  "lines",
  "private",
  ...NOTICES,
  "lost, announced",
  "violations",
  "recovery",
];

export function tallyTable(tallies: ReadonlyMap<string, Tally>): string {
  const rows = [...tallies].map(([name, tally]) => [
    name,
    ...[tally.rounds, tally.said, tally.whispered].map(String),
    ...NOTICES.map((notice) => String(tally.notices.get(notice) ?? 0)),
    String(tally.lost),
    String(tally.violations),
    `${(tally.recoveryMsMax / 1_000).toFixed(1)} s`,
  ]);
  const table = [HEAD, ...rows];
  const widths = HEAD.map((_, at) => Math.max(...table.map((row) => row[at]?.length ?? 0)));
  const lines = table.map((row) => {
    return `| ${row.map((cell, at) => pad(cell, widths[at] ?? 0, at === 0)).join(" | ")} |`;
  });
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [lines[0], rule, ...lines.slice(1)].join("\n");
}

function pad(cell: string, width: number, isText: boolean): string {
  return isText ? cell.padEnd(width) : cell.padStart(width);
}
