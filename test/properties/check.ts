import fc from "fast-check";

/** A fixed default, so that the results of CI do not depend on luck. */
export const SEED = Number(Bun.env["NATTER_SEED"] ?? 20_260_722);
if (!Number.isSafeInteger(SEED)) throw new RangeError("NATTER_SEED must be a whole number.");

/** Enough time for any of these tests, which take a second each, on a busy machine. */
export const LOADED_MS = 60_000;

/**
 * Fails if `property` has a counterexample. The error has it, and the seed and the path that lead to it.
 * `NATTER_SEED` in the environment makes it try other values.
 */
export function check<Values>(property: fc.IProperty<Values>, numRuns: number): void {
  fc.assert(property, { numRuns, seed: SEED, includeErrorInReport: true });
}
