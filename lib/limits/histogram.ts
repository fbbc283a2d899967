/**
 * How long something took, each time: counted by size, so that whoever reads it sees more than a mean. To count
 * one costs a few comparisons. Nothing is counted by time, and so a reader takes the difference of two readings.
 */

/** The upper ends of the buckets, in milliseconds: from what nobody notices to what everybody does. */
export const BOUNDS_MS = [0.1, 0.5, 1, 5, 10, 50, 100, 500, 1_000, 5_000] as const;

export class Histogram {
  /** How many were in each bucket; at the end, how many were above all bounds. */
  readonly #counts = new Array<number>(BOUNDS_MS.length + 1).fill(0);
  #sumMs = 0;

  observe(tookMs: number): void {
    let bucket = 0;
    while (bucket < BOUNDS_MS.length && tookMs > (BOUNDS_MS[bucket] as number)) bucket++;
    (this.#counts[bucket] as number)++;
    this.#sumMs += tookMs;
  }

  /** All of them together, in milliseconds. */
  get sumMs(): number {
    return this.#sumMs;
  }

  /** For each bound how many took at most so long. The last number is how many there were. */
  get cumulative(): number[] {
    let sum = 0;
    return this.#counts.map((count) => (sum += count));
  }
}
