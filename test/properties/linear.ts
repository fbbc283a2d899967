/** A quadratic algorithm takes 1,024 times as long for so much more, a linear one about 32 times. */
const FACTOR = 32;
const RATIO_MAX = 80;

/** Shorter times are mostly the clock's and the collector's. */
const FLOOR_MS = 0.25;

/** The least of so many runs counts: whatever else goes on can only add to the time of one. */
const RUNS_MAX = 7;

/**
 * Throws if `work(FACTOR * size)` takes out of proportion longer than `work(size)`. Load on the machine
 * is no reason: it makes the limit higher, and what is held against it is time on the processor.
 *
 * @param size so much that a quadratic algorithm would take a second for `FACTOR` times as much
 */
export function expectLinear(size: number, work: (size: number) => void): void {
  const smallMs = Math.min(time(work, size).wallMs, time(work, size).wallMs);
  const limitMs = RATIO_MAX * Math.max(FLOOR_MS, smallMs);
  let leastMs = Infinity;
  for (let runs = 0; leastMs > limitMs && runs < RUNS_MAX; runs++) {
    const { wallMs, processorMs } = time(work, FACTOR * size);
    leastMs = Math.min(leastMs, wallMs, processorMs);
  }
  if (leastMs > limitMs) throw new Error(`${leastMs} ms for ${FACTOR * size}, over ${limitMs}`);
}

/** The processor's time is told in steps of milliseconds on some machines. */
function time(work: (size: number) => void, size: number): { wallMs: number; processorMs: number } {
  const startMs = performance.now();
  const before = process.threadCpuUsage();
  work(size);
  const { user, system } = process.threadCpuUsage(before);
  return { wallMs: performance.now() - startMs, processorMs: (user + system) / 1_000 };
}
