/** What there is to say of a metric, and what its value is read from. */
import type { Histogram } from "../limits/histogram.ts";
import type { Figures } from "./figures.ts";
import type { LogState } from "./log-state.ts";
import type { ProcessFigures } from "./process-figures.ts";
import type { Tally } from "./tally.ts";

/** What metrics are read from. */
export interface Sources {
  readonly figures: Figures;
  readonly tally: Tally;
  readonly loopDelays: Histogram;
  readonly process: ProcessFigures;
  readonly descriptorsMax: number;
  /** Unknown where a program does not tell. */
  readonly log: LogState | undefined;
}

/** What belongs to each value of a label: a number, or one for each value of the next label. */
export interface Labelled extends ReadonlyMap<string, number | Labelled> {}

/** Each number, with the values of the labels that it belongs to. */
export function* leavesOf(
  reading: number | Labelled,
  values: readonly string[] = [],
): Generator<[values: readonly string[], number: number]> {
  if (typeof reading === "number") return yield [values, reading];
  for (const [value, inner] of reading) yield* leavesOf(inner, [...values, value]);
}

/** A value, or one for each value of the labels. Without either, there is no such metric here. */
export type Reading = number | Labelled | Histogram | undefined;

export interface Metric {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  /** What its values are told apart by. */
  readonly labels?: readonly string[];
  readonly help: string;
  readonly read: (sources: Sources) => Reading;
}

type Row = [name: string, help: string, read: (sources: Sources) => Reading];

export const counter = (...[name, help, read]: Row): Metric => ({
  name,
  type: "counter",
  help,
  read,
});
export const gauge = (...[name, help, read]: Row): Metric => ({ name, type: "gauge", help, read });
export const histogram = (...[name, help, read]: Row): Metric => ({
  name,
  type: "histogram",
  help,
  read,
});
/** With a value for each value of `labels`. */
export const by = (labels: readonly string[], metric: Metric): Metric => ({ ...metric, labels });
