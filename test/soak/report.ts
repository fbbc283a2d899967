/** The results of a soak, as text. */
import { aligned, fixed } from "../../bench/aligned.ts";
import { FIGURE_NAMES, FIGURES, type Sample } from "./figures.ts";
import { KINDS, type SoakTally } from "./tally.ts";

const MINUTES_DIGITS = 2;

/** A row for each quiet point. */
export function figuresTable(samples: readonly Sample[]): string {
  const head = ["minutes", ...FIGURE_NAMES.map((name) => FIGURES[name].title), "under load:"];
  const rows = samples.map(({ minutes, quiet, loaded }) => [
    fixed(minutes, MINUTES_DIGITS),
    ...FIGURE_NAMES.map((name) => fixed(quiet[name], FIGURES[name].digits)),
    loaded === undefined
      ? ""
      : `${loaded.clients} clients, ${loaded.timers} timers, ${fixed(loaded.residentMiB, 1)} MiB`,
  ]);
  return aligned([head, ...rows]);
}

const COLUMNS = 3;

/** How often each kind of thing happened. */
export function tallyTable(tally: SoakTally): string {
  const cells = KINDS.map((kind) => [kind, fixed(tally.of(kind), 0)]);
  const height = Math.ceil(cells.length / COLUMNS);
  const rows = Array.from({ length: height }, (_, row) =>
    Array.from({ length: COLUMNS }, (_, column) => cells[column * height + row] ?? ["", ""]).flat(),
  );
  return aligned(rows);
}
