/**
 * Tries more seeds than the tests do:
 *
 *     bun run simulate-cluster --seeds 1000 [--first 1]
 *     bun run simulate-cluster --replay test/cluster-simulation/regressions/FILE.json
 *
 * The script of a seed that fails is made as short as it can be, and kept as a regression test.
 */
import { parseArgs } from "node:util";
import { regressionOf, SCRIPTS_PER_SEED, trySeed } from "./seeds.ts";
import { simulate, SimulationError } from "./simulation.ts";
import { FAULTS, clusterTally } from "./tally.ts";

const REGRESSIONS = `${import.meta.dir}/regressions`;
const PROGRESS_EVERY = 50;

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "100" },
    first: { type: "string", default: "1" },
    replay: { type: "string" },
  },
});

const [first, seeds] = [Number(values.first), Number(values.seeds)];
if (!Number.isSafeInteger(first) || !Number.isSafeInteger(seeds) || seeds < 1) {
  console.error("--first and --seeds take whole numbers.");
  process.exit(2);
}
if (values.replay === undefined) await trySeeds(first, seeds);
else await replay(values.replay);

async function trySeeds(first: number, count: number): Promise<void> {
  const tally = clusterTally();
  for (let seed = first; seed < first + count; seed++) {
    const failure = trySeed(seed, tally);
    if (failure !== undefined) {
      const file = `${REGRESSIONS}/seed-${seed}.json`;
      await Bun.write(file, regressionOf(failure));
      console.error(`seed ${seed}: ${failure.message}\nThe script is kept in ${file}`);
      process.exit(1);
    }
    const done = seed - first + 1;
    if (done % PROGRESS_EVERY === 0) console.log(`${done * SCRIPTS_PER_SEED} scripts`);
  }
  for (const fault of FAULTS) console.log(`${String(tally.of(fault)).padStart(10)}  ${fault}`);
}

/** Shows all that happens in a script that was kept, and what goes wrong, if anything does. */
async function replay(file: string): Promise<void> {
  const { script } = await Bun.file(file).json();
  try {
    console.log(simulate(script).join("\n"));
  } catch (error) {
    if (!(error instanceof SimulationError)) throw error;
    console.log(error.trace.join("\n"));
    console.error((error.cause as Error).message);
    process.exit(1);
  }
}
