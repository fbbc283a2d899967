/** What is going on, in numbers, as an operator sees it: the metrics, of those with a label without what is zero. */
import { Histogram } from "../limits/histogram.ts";
import {
  leavesOf,
  type Labelled,
  type Metric,
  type Reading,
  type Sources,
} from "../operator/metric.ts";
import { table } from "./people.ts";

/** A table of all metrics that have a value here. */
export function describeStats(metrics: readonly Metric[], sources: Sources): string {
  const rows = metrics.map(({ name, read }) => [name, valueOf(read(sources))]);
  return table(rows.filter(([, value]) => value !== ""));
}

function valueOf(reading: Reading): string {
  if (reading === undefined) return "";
  if (typeof reading === "number") return String(Number(reading.toFixed(3)));
  if (reading instanceof Histogram) {
    const count = reading.cumulative.at(-1) ?? 0;
    return count === 0 ? "0" : `${count}, of ${(reading.sumMs / count).toFixed(2)} ms on average`;
  }
  return labelled(reading).join(", ") || "0";
}

function labelled(reading: Labelled): string[] {
  return Array.from(leavesOf(reading)).flatMap(([values, number]) => {
    return number === 0 ? [] : [`${values.join(" ")} ${number}`];
  });
}
