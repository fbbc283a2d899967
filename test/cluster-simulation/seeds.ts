/** From a seed to scripts, and to the shortest one that fails. */
import fc from "fast-check";
import { scripts, type Script } from "./script.ts";
import { simulate } from "./simulation.ts";
import type { ClusterTally } from "./tally.ts";

export const SCRIPTS_PER_SEED = 25;

/** A seed takes a fraction of a second, but one that fails as long as there is to make it short. */
const SEED_MS_MAX = 60_000;

export interface Failure {
  readonly seed: number;
  readonly script: Script;
  readonly message: string;
}

/** Runs all scripts of a seed, and returns the first that fails, made as short as it can be. */
export function trySeed(seed: number, tally: ClusterTally): Failure | undefined {
  const property = fc.property(scripts, (script) => void simulate(script, tally));
  const { counterexample, errorInstance, failed } = fc.check(property, {
    seed,
    numRuns: SCRIPTS_PER_SEED,
    interruptAfterTimeLimit: SEED_MS_MAX,
    markInterruptAsFailure: true,
  });
  if (!failed) return undefined;
  if (counterexample === null) throw new Error(`seed ${seed} took too long`);
  return { seed, script: counterexample[0], message: (errorInstance as Error).message };
}

/** What is to be kept of a failure. */
export function regressionOf({ script, message }: Failure): string {
  return `${JSON.stringify({ was: message.split("\n", 1)[0], script }, undefined, 2)}\n`;
}
