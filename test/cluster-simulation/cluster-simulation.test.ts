import { describe, expect, test } from "bun:test";
import { Glob } from "bun";
import fc from "fast-check";
import { scripts } from "./script.ts";
import { regressionOf, trySeed } from "./seeds.ts";
import { simulate } from "./simulation.ts";
import { clusterTally } from "./tally.ts";

const SEEDS = 20;

/** A seed that fails takes a while to be made short. */
const TEST_MS_MAX = 120_000;

describe("cluster simulation", () => {
  test(
    `nothing goes wrong in ${SEEDS} seeds, and every kind of fault happens`,
    () => {
      const tally = clusterTally();
      for (let seed = 1; seed <= SEEDS; seed++) {
        const failure = trySeed(seed, tally);
        if (failure) throw new Error(`seed ${seed}: ${failure.message}\n${regressionOf(failure)}`);
      }
      expect(tally.missing).toEqual([]);
    },
    TEST_MS_MAX,
  );

  test("the same seed gives the same trace", () => {
    for (const script of fc.sample(scripts, { seed: 1, numRuns: 20 })) {
      expect(simulate(script)).toEqual(simulate(script));
    }
  });

  const folder = `${import.meta.dir}/regressions`;
  test.each([...new Glob("*.json").scanSync(folder)].toSorted())(
    "%s still passes",
    async (file) => {
      const { script } = await Bun.file(`${folder}/${file}`).json();
      simulate(script);
    },
  );
});
