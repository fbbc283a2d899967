/** A page of /metrics: what is asked for, and each value by its name and labels. */
export async function readMetrics(address: string): Promise<MetricsPage> {
  const response = await fetch(`http://${address}/metrics`);
  if (response.status !== 200) throw new Error(`/metrics answered ${response.status}`);
  return new MetricsPage(await response.text());
}

export class MetricsPage {
  readonly text: string;
  readonly #values = new Map<string, number>();

  constructor(text: string) {
    this.text = text;
    for (const line of text.split("\n")) {
      const [, name, value] = /^([^#].*) (\S+)$/.exec(line) ?? [];
      if (name !== undefined) this.#values.set(name, Number(value === "+Inf" ? Infinity : value));
    }
  }

  /** The value of `name`, which may have labels: `natter_commands_total{command="who"}`. */
  value(name: string): number | undefined {
    return this.#values.get(name);
  }

  /** The values of all these, by their names. */
  values(...names: readonly string[]): Record<string, number | undefined> {
    return Object.fromEntries(names.map((name) => [name, this.value(name)]));
  }

  /** What is not 0 of a metric with labels, by their values, with a space between two. */
  byLabel(name: string): Record<string, number> {
    const values: Record<string, number> = {};
    for (const [key, value] of this.#values) {
      const [metric, labels = ""] = key.split(/\{(.*)\}$/);
      const label = Array.from(labels.matchAll(/\w+="(.*?)"/g), ([, text]) => text).join(" ");
      if (metric === name && value !== 0) values[label] = value;
    }
    return values;
  }
}
