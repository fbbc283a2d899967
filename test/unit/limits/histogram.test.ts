import { describe, expect, test } from "bun:test";
import { BOUNDS_MS, Histogram } from "../../../lib/limits/histogram.ts";

describe("Histogram", () => {
  test("counts what took exactly as long as a bound below that bound", () => {
    const histogram = new Histogram();
    for (const boundMs of BOUNDS_MS) histogram.observe(boundMs);
    expect(histogram.cumulative).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10]);
  });

  test("counts what takes no time, and what takes longer than all bounds", () => {
    const histogram = new Histogram();
    histogram.observe(0);
    histogram.observe(60_000);
    expect(histogram.cumulative).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2]);
    expect(histogram.sumMs).toBe(60_000);
  });
});
