/** From a seed to scripts of a simulation, and to the shortest one that fails. */
import fc from "fast-check";
import type { Tally } from "../../bench/tally.ts";

/** A simulation whose scripts come from seeds. */
export interface SeededSimulation<Script, Fault extends string> {
  /** Where scripts are kept that have failed. */
  readonly regressions: string;
  readonly scripts: fc.Arbitrary<Script>;
  readonly scriptsPerSeed: number;
  /** What happens in it, and must happen. */
  readonly faults: readonly Fault[];
  /** @throws {SimulationError} something is wrong */
  run(script: Script, tally?: Tally<Fault>): { readonly trace: readonly string[] };
}

/** How much of what came before an error is shown with it. */
const TRACE_SHOWN_MAX = 60;

/** Something is wrong in a simulation. The message ends with what came before. */
export class SimulationError extends Error {
  readonly trace: readonly string[];

  constructor(cause: Error, trace: readonly string[]) {
    super(`${cause.message}\n${trace.slice(-TRACE_SHOWN_MAX).join("\n")}`, { cause });
    this.trace = trace;
  }
}

/** A seed takes a fraction of a second, but one that fails as long as there is to make it short. */
const SEED_MS_MAX = 60_000;

export interface Failure {
  readonly script: unknown;
  readonly message: string;
}

/** Runs all scripts of a seed, and returns the first that fails, made as short as it can be. */
export function trySeed<Script, Fault extends string>(
  { scripts, scriptsPerSeed, run }: SeededSimulation<Script, Fault>,
  seed: number,
  tally: Tally<Fault>,
): Failure | undefined {
  const property = fc.property(scripts, (script) => void run(script, tally));
  const { counterexample, errorInstance, failed } = fc.check(property, {
    seed,
    numRuns: scriptsPerSeed,
    interruptAfterTimeLimit: SEED_MS_MAX,
    markInterruptAsFailure: true,
  });
  if (!failed) return undefined;
  if (counterexample === null) throw new Error(`seed ${seed} took too long`);
  return { script: counterexample[0], message: (errorInstance as Error).message };
}

/** What is to be kept of a failure. */
export function regressionOf({ script, message }: Failure): string {
  return `${JSON.stringify({ was: message.split("\n", 1)[0], script }, undefined, 2)}\n`;
}
