/**
 * Breaks a cluster on purpose: a real Redis, real natters, and people who talk while each of the faults happens.
 * Run by `bun run chaos`; `--help` lists the flags. It fails if somebody loses a line and nobody says so, or sees
 * one twice or in another order than others, or if a name has two holders.
 */
import { parseArgs } from "node:util";
import { readRun, SCENE_FLAGS } from "../helpers/scene-flags.ts";
import { Chaos } from "./chaos.ts";
import { hasProgram } from "./redis.ts";
import { LONG_SCENES, SCENES } from "./scenes.ts";
import { tallyTable } from "./tally.ts";

/** Runs of so many minutes have the long scenes. */
const LONG_MINUTES = 10;

const HELP = `Usage: bun run chaos --minutes N [--seed S] [--only SCENE,...] [--redis PROGRAM] [--keep-going]

A Redis and some natters, to which faults happen for N minutes (2) while people talk. The seed chooses the order
of the faults and what people do, the machine when it arrives. --redis takes another program, such as valkey-server.
With --keep-going a violation does not end the run.

Scenes: ${Object.keys(SCENES).join(", ")}
`;

const { values: flags } = parseArgs({
  options: {
    ...SCENE_FLAGS,
    redis: { type: "string", default: "redis-server" },
    "keep-going": { type: "boolean", default: false },
  },
});

if (flags.help) process.stdout.write(HELP);
else process.exit(await run());

/** Returns the exit code. */
async function run(): Promise<number> {
  const { minutes, seed, only } = readRun(flags, SCENES);
  if (!hasProgram(flags.redis)) {
    console.error(`There is no ${flags.redis} on this machine.`);
    return 2;
  }
  const usual = Object.keys(SCENES).filter((name) => {
    return minutes >= LONG_MINUTES || !LONG_SCENES.includes(name);
  });
  const names = only ?? usual;
  console.log(`seed ${seed}`);
  const { redis, "keep-going": keepsGoing } = flags;
  await using chaos = await Chaos.start({ seed, program: redis, names, keepsGoing });
  const isPassed = await chaos.run(minutes);
  console.log(`\n${tallyTable(chaos.tallies)}\n${chaos.summary}`);
  console.log(isPassed ? "WHOLE: nothing was lost in silence." : `FAILED: --seed ${seed}`);
  return isPassed ? 0 : 1;
}
