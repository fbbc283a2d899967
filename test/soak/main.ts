/**
 * Soaks a server: everything at once, at random, for a long time. Run by `bun run soak`; `--help` lists
 * the flags. It fails if something happens that must not, if something does not happen that must, or if
 * the server's figures are not the same in the end.
 */
import { availableParallelism, constants } from "node:os";
import { parseArgs } from "node:util";
import { readRun, SCENE_FLAGS } from "../helpers/scene-flags.ts";
import { chart } from "./chart.ts";
import type { Sample } from "./figures.ts";
import { figuresTable, tallyTable } from "./report.ts";
import { SCENES } from "./scenes.ts";
import { Soak, type SoakResult } from "./soak.ts";
import { findChange, findGrowth } from "./verdict.ts";

const HELP = `Usage: bun run soak --minutes N [--seed S] [--svg FILE] [--only SCENE,...] [--server FILE]

Everything that people and programs do to a chat server, at random, for N minutes (2). The seed
chooses the scenes and what is done in them, the machine when it arrives; without one it is made up. --svg
draws the server's figures over time, and --server soaks another program than natter.

Scenes: ${Object.keys(SCENES).join(", ")}
`;

const { values: flags } = parseArgs({
  options: {
    ...SCENE_FLAGS,
    svg: { type: "string" },
    server: { type: "string", default: `${import.meta.dir}/server.ts` },
  },
});

if (flags.help) process.stdout.write(HELP);
else process.exit(await soak());

/** Returns the exit code. */
async function soak(): Promise<number> {
  const { minutes, seed, only } = readRun(flags, SCENES);
  let signalCode = 0;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      const code = 128 + constants.signals[signal];
      // A user that asks twice does not want to wait. The server ends with this process.
      if (signalCode !== 0) process.exit(code);
      signalCode = code;
    });
  }
  console.log(`seed ${seed}`);
  const onSample = ({ minutes: now }: Sample) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${now.toFixed(1)} of ${minutes} min`);
  };
  const isInterrupted = () => signalCode !== 0;
  const { server } = flags;
  const scenes = only ?? Object.keys(SCENES);
  const result = await Soak.run({ minutes, seed, server, scenes, isInterrupted, onSample });
  const { samples, tally } = result;
  const conditions = describeConditions(seed);
  console.log(`\n${figuresTable(samples)}\n${tallyTable(tally)}\n${conditions}`);
  if (flags.svg) await Bun.write(flags.svg, chart(samples, conditions));
  const isWhole = only === undefined && !isInterrupted();
  const faults = findFaults(result, isWhole);
  console.log(faults.length === 0 ? "FLAT: nothing has grown." : `FAILED: ${faults.join("; ")}`);
  return faults.length === 0 ? signalCode : 1;
}

/** @param isWhole whether everything had to happen */
function findFaults({ samples, tally, fault }: SoakResult, isWhole: boolean): string[] {
  if (fault !== undefined) return [fault];
  const { missing } = tally;
  const lacks = isWhole && missing.length > 0 ? [`never happened: ${missing.join(", ")}`] : [];
  return [...findChange(samples), ...findGrowth(samples), ...lacks];
}

function describeConditions(seed: number): string {
  const date = new Date().toISOString().slice(0, 10);
  const machine = `${availableParallelism()} cores, Bun ${Bun.version}, ${process.platform}`;
  return `${date}; ${machine}; --minutes ${flags.minutes} --seed ${seed}`;
}
