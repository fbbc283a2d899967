import type { SeededSimulation } from "../helpers/seeds.ts";
import { scripts, type Script } from "./script.ts";
import { simulate } from "./simulation.ts";
import { FAULTS, type Fault } from "./tally.ts";

export const SIMULATION: SeededSimulation<Script, Fault> = {
  regressions: `${import.meta.dir}/regressions`,
  scripts,
  scriptsPerSeed: 50,
  faults: FAULTS,
  run: (script, tally) => simulate(script, { ...(tally && { tally }) }),
};
