/** For this much more input a quadratic algorithm takes 1,024 times as long, and a linear one about 32 times. */
const FACTOR = 32;
const RATIO_MAX = 80;

/** Shorter times are mostly those of the clock and of the garbage collector. */
const FLOOR_MS = 0.25;

/** The shortest of this many runs counts, because other work can only make a run longer. */
const RUNS_MAX = 7;

/**
 * Throws if `work(FACTOR * size)` takes longer than `work(size)` out of proportion. Load on the machine cannot cause
 * that. It makes the limit higher, and only time on the processor is compared with it.
 *
 * @param size so large that a quadratic algorithm would take a second for `FACTOR` times as much
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

/** On some machines the processor's time moves in steps of milliseconds. */
function time(work: (size: number) => void, size: number): { wallMs: number; processorMs: number } {
  const startMs = performance.now();
  const before = process.threadCpuUsage();
  work(size);
  const { user, system } = process.threadCpuUsage(before);
  return { wallMs: performance.now() - startMs, processorMs: (user + system) / 1_000 };
}
