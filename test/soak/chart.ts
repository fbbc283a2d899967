/** A picture of a server's figures over time. Each figure has a chart, with a scale of its own from zero. */
import { fixed } from "../../bench/aligned.ts";
import { MARGIN, page, text, WIDTH } from "../../bench/svg.ts";
import { FIGURES, type FigureName, type Sample } from "./figures.ts";

const SHOWN: readonly FigureName[] = [
  "clients",
  "descriptors",
  "timers",
  "objects",
  "heapMiB",
  "externalMiB",
  "residentMiB",
];

const COLUMNS = 2;
const TOP = 68;
const CHART_HEIGHT = 84;
const ROW_HEIGHT = CHART_HEIGHT + 52;
const CHART_GAP = 40;
const CHART_WIDTH = (WIDTH - 2 * MARGIN - CHART_GAP) / COLUMNS;
/** Space for the numbers at the right. */
const VALUE_WIDTH = 56;
const PLOT_WIDTH = CHART_WIDTH - VALUE_WIDTH;

export function chart(samples: readonly Sample[], caption: string): string {
  const parts = SHOWN.flatMap((name, index) => {
    const x = MARGIN + (index % COLUMNS) * (CHART_WIDTH + CHART_GAP);
    const y = TOP + Math.floor(index / COLUMNS) * ROW_HEIGHT;
    return draw(name, samples, x, y);
  });
  const height = TOP + Math.ceil(SHOWN.length / COLUMNS) * ROW_HEIGHT;
  const title = "Figures at rest (line) and under load (dots), over minutes";
  return page("What a server used while it was soaked", height, title, caption, parts);
}

function draw(name: FigureName, samples: readonly Sample[], left: number, top: number): string[] {
  const { title, digits } = FIGURES[name];
  const loaded = samples.flatMap(({ minutes, loaded }) =>
    loaded === undefined ? [] : [{ minutes, value: loaded[name] }],
  );
  const quiet = samples.map(({ minutes, quiet }) => ({ minutes, value: quiet[name] }));
  const most = Math.max(1e-9, ...[...quiet, ...loaded].map(({ value }) => value));
  const lastMinute = samples.at(-1)?.minutes || 1;
  const bottom = top + CHART_HEIGHT;
  const x = (minutes: number) => (left + (minutes / lastMinute) * PLOT_WIDTH).toFixed(1);
  const y = (value: number) => (bottom - (value / most) * (CHART_HEIGHT - 12)).toFixed(1);
  const line = quiet.map(({ minutes, value }) => `${x(minutes)},${y(value)}`).join(" ");
  const last = quiet.at(-1)?.value ?? 0;
  return [
    text("workload", left, top - 2, title),
    `<path class="axis" d="M${left} ${bottom}H${left + PLOT_WIDTH}"/>`,
    ...loaded.map(
      ({ minutes, value }) => `<circle class="other" cx="${x(minutes)}" cy="${y(value)}" r="2"/>`,
    ),
    `<polyline class="line" points="${line}"/>`,
    text("", left + PLOT_WIDTH + 6, Number(y(last)) + 4, fixed(last, digits)),
    text("note", left, bottom + 14, "0"),
    text("note", left + PLOT_WIDTH - 20, bottom + 14, fixed(lastMinute, 1)),
  ];
}
