/**
 * Metrics as text, in Prometheus's format 0.0.4:
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
import { BOUNDS_MS, Histogram } from "../limits/histogram.ts";
import type { Metric, Reading, Sources } from "./metric.ts";

export const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** The page that a Prometheus reads. A metric that has no value here is left out. */
export function exposition(metrics: readonly Metric[], sources: Sources): string {
  return metrics.map((metric) => family(metric, metric.read(sources))).join("");
}

function family({ name, type, label = "", help }: Metric, reading: Reading): string {
  if (reading === undefined) return "";
  const head = `# HELP ${name} ${escaped(help)}\n# TYPE ${name} ${type}\n`;
  if (typeof reading === "number") return head + sample(name, reading);
  if (reading instanceof Histogram) return head + buckets(name, reading);
  const samples = Array.from(reading, ([value, number]) => sample(name, number, label, value));
  return head + samples.join("");
}

function buckets(name: string, { cumulative, sumMs }: Histogram): string {
  const samples = cumulative.map((count, bucket) => {
    const bound = (BOUNDS_MS[bucket] ?? Infinity) / 1_000;
    return sample(`${name}_bucket`, count, "le", number(bound));
  });
  const sum = sample(`${name}_sum`, sumMs / 1_000);
  return samples.join("") + sum + sample(`${name}_count`, cumulative.at(-1) ?? 0);
}

function sample(name: string, value: number, label = "", labelValue = ""): string {
  const quoted = escaped(labelValue).replaceAll('"', '\\"');
  return `${name}${label === "" ? "" : `{${label}="${quoted}"}`} ${number(value)}\n`;
}

function number(value: number): string {
  return value === Infinity ? "+Inf" : String(value);
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}
