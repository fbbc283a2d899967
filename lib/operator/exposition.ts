/**
 * Metrics as text, in Prometheus's format 0.0.4:
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
import { BOUNDS_MS, Histogram } from "../limits/histogram.ts";
import { leavesOf, type Metric, type Reading, type Sources } from "./metric.ts";

export const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** The page that a Prometheus reads. A metric that has no value here is left out. */
export function exposition(metrics: readonly Metric[], sources: Sources): string {
  return metrics.map((metric) => family(metric, metric.read(sources))).join("");
}

function family({ name, type, labels = [], help }: Metric, reading: Reading): string {
  if (reading === undefined) return "";
  const head = `# HELP ${name} ${escaped(help)}\n# TYPE ${name} ${type}\n`;
  if (reading instanceof Histogram) return head + buckets(name, reading);
  const samples = Array.from(leavesOf(reading), ([values, number]) => {
    return sample(
      name,
      number,
      values.map((value, at) => labelled(labels[at] ?? "", value)),
    );
  });
  return head + samples.join("");
}

function buckets(name: string, { cumulative, sumMs }: Histogram): string {
  const counts = cumulative.map((count, bucket) => {
    const bound = (BOUNDS_MS[bucket] ?? Infinity) / 1_000;
    return sample(`${name}_bucket`, count, [labelled("le", number(bound))]);
  });
  const sum = sample(`${name}_sum`, sumMs / 1_000);
  return counts.join("") + sum + sample(`${name}_count`, cumulative.at(-1) ?? 0);
}

function sample(name: string, value: number, labels: readonly string[] = []): string {
  return `${name}${labels.length === 0 ? "" : `{${labels.join(",")}}`} ${number(value)}\n`;
}

function labelled(label: string, value: string): string {
  return `${label}="${escaped(value).replaceAll('"', '\\"')}"`;
}

function number(value: number): string {
  return value === Infinity ? "+Inf" : String(value);
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}
