import fc from "fast-check";

/** A fixed default, so that what CI finds does not depend on luck. */
export const SEED = Number(Bun.env["NATTER_SEED"] ?? 20_260_722);
if (!Number.isSafeInteger(SEED)) throw new RangeError("NATTER_SEED must be a whole number.");

/** Enough for any of these tests, a second each, where others take most of the machine's time. */
export const LOADED_MS = 60_000;

/**
 * Fails with a counterexample, and with the seed and path that lead to it, if `property` has one.
 * `NATTER_SEED` in the environment makes it try other values.
 */
export function check<Values>(property: fc.IProperty<Values>, numRuns: number): void {
  fc.assert(property, { numRuns, seed: SEED, includeErrorInReport: true });
}
