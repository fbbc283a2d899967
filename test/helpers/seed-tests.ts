import { describe, expect, test } from "bun:test";
import { Glob } from "bun";
import fc from "fast-check";
import { Tally } from "../../bench/tally.ts";
import { regressionOf, trySeed, type SeededSimulation } from "./seeds.ts";

/** A seed that fails takes a while to be made short. */
const TEST_MS_MAX = 120_000;

/** Tests a simulation with its first seeds, and with all scripts that have failed before. */
export function testSeeds<Script, Fault extends string>(
  name: string,
  simulation: SeededSimulation<Script, Fault>,
  seeds: number,
): void {
  const { faults, regressions, run, scripts } = simulation;
  describe(name, () => {
    test(
      `nothing goes wrong in ${seeds} seeds, and every kind of fault happens`,
      () => {
        const tally = new Tally(faults);
        for (let seed = 1; seed <= seeds; seed++) {
          const failure = trySeed(simulation, seed, tally);
          if (failure)
            throw new Error(`seed ${seed}: ${failure.message}\n${regressionOf(failure)}`);
        }
        expect(tally.missing).toEqual([]);
      },
      TEST_MS_MAX,
    );

    test("the same seed gives the same trace", () => {
      for (const script of fc.sample(scripts, { seed: 1, numRuns: 20 })) {
        expect(run(script)).toEqual(run(script));
      }
    });

    test.each([...new Glob("*.json").scanSync(regressions)].toSorted())(
      "%s still passes",
      async (file) => {
        const { script } = await Bun.file(`${regressions}/${file}`).json();
        run(script);
      },
    );
  });
}
