/**
 * Tries more seeds than the tests do:
 *
 *     bun run simulate-cluster --seeds 1000 [--first 1]
 *     bun run simulate-cluster --replay test/cluster-simulation/regressions/FILE.json
 *
 * The script of a seed that fails is made as short as it can be, and kept as a regression test.
 */
import { runSeedCommand } from "../helpers/seed-command.ts";
import { SIMULATION } from "./seeds.ts";

await runSeedCommand(SIMULATION);
