export interface Percentiles {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Steps of the histogram in each doubling of the latency: values are right to 1/32. */
const STEPS_PER_OCTAVE = 32;
const SHORTEST_MS = 0.001;
const BUCKETS = 32 * STEPS_PER_OCTAVE;

/** A histogram of latencies from a microsecond to an hour, on a logarithmic scale. */
export class Latency {
  readonly #counts = new Float64Array(BUCKETS);
  #total = 0;
  #maxMs = 0;

  /** Counts a delivery that took this long. */
  add(ms: number): void {
    const octaves = Math.log2(Math.max(ms, SHORTEST_MS) / SHORTEST_MS);
    const bucket = Math.min(BUCKETS - 1, Math.floor(octaves * STEPS_PER_OCTAVE));
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#total++;
    if (ms > this.#maxMs) this.#maxMs = ms;
  }

  percentiles(): Percentiles {
    return { p50Ms: this.#percentile(0.5), p99Ms: this.#percentile(0.99), maxMs: this.#maxMs };
  }

  #percentile(part: number): number {
    let left = this.#total * part;
    const bucket = this.#counts.findIndex((count) => (left -= count) <= 0);
    return SHORTEST_MS * 2 ** ((bucket + 0.5) / STEPS_PER_OCTAVE);
  }
}
