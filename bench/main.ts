/**
 * Measures natter and other chat servers in turn, over real TCP on loopback. Run by `bun run bench`;
 * `--help` lists the flags. It fails only for a fault of natter's: a line that was lost, doubled or out
 * of order, or a run that hung.
 */
import { availableParallelism, constants } from "node:os";
import { parseArgs } from "node:util";
import { clusterName, NATTER, PEER_LIST, VARIANTS, type Peer } from "./peers.ts";
import { plot } from "./plot.ts";
import type { Results } from "./results.ts";
import { Series } from "./series.ts";
import { WORKLOADS } from "./workloads.ts";

/** What `--quick` means: one run, few peers, a short time, few people. */
const QUICK = { runs: 1, peers: 2, seconds: 1 / 3, peopleMax: 1_000, fillBytes: 500_000 };

/** For a client that does not read, the system takes about 4 MB, and natter's queue 1 MiB. */
const FILL_BYTES = 6_000_000;

const HELP = `Usage: bun run bench [--quick] [--runs N] [--seconds S] [--only WORKLOAD,...]
                     [--peers PEER,...] [--people N] [--json FILE] [--svg FILE]

Workloads:
${Object.entries(WORKLOADS)
  .map(([name, { about }]) => `  ${name.padEnd(19)}${about}\n`)
  .join("")}
Peers: ${PEER_LIST.map(({ name }) => name).join(", ")}
Each is run N times (5), most for S seconds (2), with N people at most; --json writes every run's figures,
--svg a plot. "--only cluster" stands for all workloads that begin with "cluster-".
--quick runs each once, shorter and smaller, and of the peers only the first two, of clusters the one of two servers.
`;

const { values: flags } = parseArgs({
  options: {
    help: { type: "boolean" },
    quick: { type: "boolean" },
    runs: { type: "string", default: "5" },
    seconds: { type: "string", default: "2" },
    only: { type: "string" },
    peers: { type: "string" },
    people: { type: "string", default: "Infinity" },
    json: { type: "string" },
    svg: { type: "string" },
  },
});

if (flags.help) process.stdout.write(HELP);
else await bench();

async function bench(): Promise<void> {
  const workloads = chosen(flags.only, Object.keys(WORKLOADS), "workload");
  const runs = flags.quick ? QUICK.runs : Number(flags.runs);
  const seconds = flags.quick ? QUICK.seconds : Number(flags.seconds);
  const peopleMax = Math.min(flags.quick ? QUICK.peopleMax : Infinity, Number(flags.people));
  if (!(runs >= 1 && seconds > 0 && peopleMax >= 2))
    return refuse("--runs and --seconds take a number above 0, and --people one above 1.");
  const fillBytes = flags.quick ? QUICK.fillBytes : FILL_BYTES;
  const peers = choosePeers();
  const needed = new Set(workloads.flatMap((name) => WORKLOADS[name]?.variants ?? []));
  // To see that clusters work, one of two servers is enough.
  if (flags.quick) for (const servers of [1, 4]) needed.delete(clusterName(servers));
  const variants = VARIANTS.filter((peer) => needed.has(peer.name) && isInstalled(peer));

  const interrupted = Promise.withResolvers<never>();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      process.exitCode = 128 + constants.signals[signal];
      interrupted.reject(new Error("interrupted"));
    });
  }
  const plan = { workloads, peers, variants, runs, seconds, peopleMax, fillBytes };
  const series = new Series({ ...plan, interrupted: interrupted.promise });
  try {
    await series.run((now) => process.stderr.write(`\r\x1b[K${now}`));
  } catch (error) {
    if (process.exitCode === undefined) throw error;
    // The processes end by themselves, because the run has been given up.
    return;
  } finally {
    process.stderr.write("\r\x1b[K");
  }
  await report(series.results, workloads);
}

async function report(results: Results, workloads: readonly string[]): Promise<void> {
  const conditions = describeConditions();
  for (const name of workloads) console.log(results.table(name));
  // In a quick run everything is smaller than the targets expect.
  if (!flags.quick) console.log(results.targets());
  console.log(conditions);
  const all = { conditions, runs: results.runs };
  if (flags.json) await Bun.write(flags.json, `${JSON.stringify(all, null, 2)}\n`);
  if (flags.svg) await Bun.write(flags.svg, plot(results, conditions));
  const names = [NATTER, ...VARIANTS.map(({ name }) => name)];
  const ours = names.filter((name) => name.startsWith(NATTER));
  const isAtFault = workloads.some((workload) =>
    ours.some((name) => results.fault(workload, name) !== undefined),
  );
  process.exitCode = isAtFault ? 1 : 0;
}

/** When, where and how this run was made. */
function describeConditions(): string {
  const date = new Date().toISOString().slice(0, 10);
  const machine = `${availableParallelism()} cores, Bun ${Bun.version}, ${process.platform}`;
  const { json: _, svg: __, ...shaping } = flags;
  const given = Object.entries(shaping).filter(([name]) => Bun.argv.includes(`--${name}`));
  const words = given.flatMap(([name, value]) => [`--${name}`, ...(value === true ? [] : [value])]);
  return [date, machine, ["bun run bench", ...words].join(" ")].join("; ");
}

/** The servers to measure, without those that are not installed. */
function choosePeers(): Peer[] {
  const all = PEER_LIST.map(({ name }) => name);
  const names = chosen(flags.peers, all, "peer").slice(0, flags.quick ? QUICK.peers : all.length);
  const wanted = PEER_LIST.filter(({ name }) => names.includes(name));
  return wanted.filter(isInstalled);
}

/** Says so if it is not. */
function isInstalled({ name, programs = [] }: Peer): boolean {
  const missing = programs.find((program) => !Bun.which(program));
  if (missing === undefined) return true;
  console.log(`${name} is skipped: no ${missing}`);
  return false;
}

/**
 * The names in a flag, which must all be known. One that is none of them stands for all that begin with it and a
 * hyphen. Without the flag, all names.
 */
function chosen(flag: string | undefined, known: string[], what: string): string[] {
  const names = (flag?.split(",") ?? known).flatMap((name) => {
    const group = known.filter((each) => each.startsWith(`${name}-`));
    return known.includes(name) || group.length === 0 ? [name] : group;
  });
  const wrong = names.find((name) => !known.includes(name));
  if (wrong === undefined) return names;
  return refuse(`"${wrong}" is no ${what}; there are ${known.join(", ")}.`);
}

function refuse(complaint: string): never {
  console.error(complaint);
  process.exit(2);
}
