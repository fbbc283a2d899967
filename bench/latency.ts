/**
 * A histogram of latencies, from a microsecond to an hour. It is exact below 32 µs. Above that each doubling
 * has 32 steps, so values are right to 1/32. (The idea comes from HdrHistogram.)
 */
export interface Percentiles {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

const STEP_BITS = 5;
const STEPS = 2 ** STEP_BITS;
const US_MAX = 2 ** 31 - 1;

export class Latency {
  readonly counts = new Float64Array((32 - STEP_BITS) * STEPS);
  maxMs = 0;

  /** Counts a delivery that took this long. */
  add(ms: number): void {
    const us = Math.min(US_MAX, Math.max(0, ms * 1_000)) | 0;
    const shift = Math.max(0, 31 - STEP_BITS - Math.clz32(us));
    const bucket = shift * STEPS + (us >> shift);
    this.counts[bucket] = (this.counts[bucket] as number) + 1;
    if (ms > this.maxMs) this.maxMs = ms;
  }

  /** Counts what another process has counted. */
  merge(counts: ArrayLike<number>, maxMs: number): void {
    for (let bucket = 0; bucket < counts.length; bucket++) {
      this.counts[bucket] = (this.counts[bucket] as number) + (counts[bucket] as number);
    }
    this.maxMs = Math.max(this.maxMs, maxMs);
  }

  percentiles(): Percentiles {
    return { p50Ms: this.#percentile(0.5), p99Ms: this.#percentile(0.99), maxMs: this.maxMs };
  }

  #percentile(part: number): number {
    let left = this.counts.reduce((sum, count) => sum + count, 0) * part;
    const bucket = this.counts.findIndex((count) => (left -= count) <= 0);
    const shift = Math.max(0, (bucket >> STEP_BITS) - 1);
    return ((bucket - shift * STEPS + 0.5) * 2 ** shift) / 1_000;
  }
}
