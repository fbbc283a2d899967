import { describe, expect, test } from "bun:test";
import { Histogram } from "../../../lib/limits/histogram.ts";
import { exposition } from "../../../lib/operator/exposition.ts";
import type { Metric, Reading, Sources } from "../../../lib/operator/metric.ts";

/** What a metric with this reading looks like. */
function shown(reading: Reading, others: Partial<Metric> = {}): string {
  const metric: Metric = { name: "m", type: "gauge", help: "h", read: () => reading, ...others };
  return exposition([metric], {} as Sources);
}

describe("exposition", () => {
  test("shows a number below what it is and what it means", () => {
    expect(shown(0.5)).toBe("# HELP m h\n# TYPE m gauge\nm 0.5\n");
    expect(shown(Infinity)).toEndWith("\nm +Inf\n");
  });

  test("shows a number for each value of the label", () => {
    const reading = new Map([
      ["one", 1],
      ["two", 2],
    ]);
    const text = '# HELP m h\n# TYPE m counter\nm{which="one"} 1\nm{which="two"} 2\n';
    expect(shown(reading, { type: "counter", labels: ["which"] })).toBe(text);
  });

  test("shows a number for each value of the first label with each of the second", () => {
    const reading = new Map([
      ["tcp://127.0.0.1:1", new Map([["in", 1]])],
      ['unix:///a"b', new Map(Object.entries({ in: 2, out: 0 }))],
      ["fd://3", new Map()],
    ]);
    expect(shown(reading, { labels: ["from", "way"] })).toBe(`# HELP m h
# TYPE m gauge
m{from="tcp://127.0.0.1:1",way="in"} 1
m{from="unix:///a\\"b",way="in"} 2
m{from="unix:///a\\"b",way="out"} 0
`);
  });

  test("leaves out what has no value, and shows a label without values as that", () => {
    expect(shown(undefined)).toBe("");
    expect(shown(new Map())).toBe("# HELP m h\n# TYPE m gauge\n");
  });

  test("has nothing break a line or a quoted value", () => {
    const text = shown(new Map([['a"b\\c\nd', 1]]), { labels: ["l"], help: "x\\y\nz" });
    expect(text).toBe('# HELP m x\\\\y\\nz\n# TYPE m gauge\nm{l="a\\"b\\\\c\\nd"} 1\n');
  });

  test("shows the buckets of a histogram in seconds, each with all that are below it", () => {
    const histogram = new Histogram();
    for (const tookMs of [0.05, 3, 3, 7_000]) histogram.observe(tookMs);
    expect(shown(histogram, { type: "histogram" })).toBe(
      `# HELP m h
# TYPE m histogram
m_bucket{le="0.0001"} 1
m_bucket{le="0.0005"} 1
m_bucket{le="0.001"} 1
m_bucket{le="0.005"} 3
m_bucket{le="0.01"} 3
m_bucket{le="0.05"} 3
m_bucket{le="0.1"} 3
m_bucket{le="0.5"} 3
m_bucket{le="1"} 3
m_bucket{le="5"} 3
m_bucket{le="+Inf"} 4
m_sum 7.00605
m_count 4
`,
    );
  });
});
