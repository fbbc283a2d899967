/** A command that tries more seeds of a simulation than the tests do, or shows all that happens in a script. */
import { parseArgs } from "node:util";
import { Tally } from "../../bench/tally.ts";
import { regressionOf, SimulationError, trySeed, type SeededSimulation } from "./seeds.ts";

const PROGRESS_EVERY = 50;

/** Does what the command line asks for: `--seeds N [--first N]`, or `--replay FILE`. */
export async function runSeedCommand<Script, Fault extends string>(
  simulation: SeededSimulation<Script, Fault>,
): Promise<void> {
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
  if (values.replay === undefined) await trySeeds(simulation, first, seeds);
  else await replay(simulation, values.replay);
}

async function trySeeds<Script, Fault extends string>(
  simulation: SeededSimulation<Script, Fault>,
  first: number,
  count: number,
): Promise<void> {
  const { faults, regressions, scriptsPerSeed } = simulation;
  const tally = new Tally(faults);
  for (let seed = first; seed < first + count; seed++) {
    const failure = trySeed(simulation, seed, tally);
    if (failure !== undefined) {
      const file = `${regressions}/seed-${seed}.json`;
      await Bun.write(file, regressionOf(failure));
      console.error(`seed ${seed}: ${failure.message}\nThe script is kept in ${file}`);
      process.exit(1);
    }
    const done = seed - first + 1;
    if (done % PROGRESS_EVERY === 0) console.log(`${done * scriptsPerSeed} scripts`);
  }
  for (const fault of faults) console.log(`${String(tally.of(fault)).padStart(10)}  ${fault}`);
}

/** Shows all that happens in a script that was kept, and what goes wrong, if anything does. */
async function replay<Script, Fault extends string>(
  { run }: SeededSimulation<Script, Fault>,
  file: string,
): Promise<void> {
  const { script } = await Bun.file(file).json();
  try {
    console.log(run(script).trace.join("\n"));
  } catch (error) {
    if (!(error instanceof SimulationError)) throw error;
    console.log(error.trace.join("\n"));
    console.error((error.cause as Error).message);
    process.exit(1);
  }
}
