/**
 * Measures natter and other chat servers in turn, over real TCP on loopback. Run by `bun run bench`;
 * `--help` lists the flags. No result makes it fail but a fault of natter's: a line that was lost,
 * doubled or out of order, or a run that hung.
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { measure } from "./measure.ts";
import { NATTER, PEER_LIST, VARIANTS, WRITE_PER_LINE, type Peer } from "./peers.ts";
import { plot } from "./plot.ts";
import { Results } from "./results.ts";
import { WORKLOADS, type Workload } from "./workloads.ts";

const QUICK_PEERS = 2;
const QUICK_SECONDS = 1 / 3;

/** The most people that a quick run connects. */
const QUICK_PEOPLE = 1_000;

/** One process of people for each core that the server leaves free, as far as that helps. */
const LOADS = Math.min(4, Math.max(1, availableParallelism() - 1));

const CONDITIONS = { graceMs: 60_000, restMs: 1_000, loads: LOADS };

const HELP = `Usage: bun run bench [--quick] [--runs N] [--seconds S] [--only WORKLOAD,...]
                     [--peers PEER,...] [--json FILE] [--svg FILE]

Workloads:
${Object.entries(WORKLOADS)
  .map(([name, { about }]) => `  ${name.padEnd(15)}${about}\n`)
  .join("")}
Peers: ${PEER_LIST.map(({ name }) => name).join(", ")}
Each is run N times (5), most for S seconds (2); --json writes every run's figures, --svg a plot.
--quick runs each once, shorter and smaller, and of the peers only the first two.
`;

const { values: flags } = parseArgs({
  options: {
    help: { type: "boolean" },
    quick: { type: "boolean" },
    runs: { type: "string", default: "5" },
    seconds: { type: "string", default: "2" },
    only: { type: "string" },
    peers: { type: "string" },
    json: { type: "string" },
    svg: { type: "string" },
  },
});

if (flags.help) process.stdout.write(HELP);
else await bench();

async function bench(): Promise<void> {
  const workloads = chosen(flags.only, Object.keys(WORKLOADS), "workload");
  const peers = choosePeers();
  const runs = flags.quick ? 1 : Number(flags.runs);
  const seconds = flags.quick ? QUICK_SECONDS : Number(flags.seconds);
  if (!(runs >= 1 && seconds > 0)) return refuse("--runs and --seconds take a number above 0.");

  const results = new Results();
  for (let run = 1; run <= runs; run++) {
    for (const name of workloads) {
      const workload = sized(WORKLOADS[name] as Workload);
      for (const peer of takingPart(workload, peers)) {
        // One that has failed would fail again, and one that hung would take its time.
        if (results.fault(name, peer.name) !== undefined) continue;
        process.stderr.write(`\r\x1b[Krun ${run} of ${runs}, ${name}: ${peer.name}`);
        const linesPerSecond = await halfRate(results, workload, seconds);
        const result = await measure(workload, peer, {
          ...CONDITIONS,
          seconds,
          linesPerSecond,
        }).catch(({ message }: Error) => ({ fault: message }));
        results.add({ workload: name, peer: peer.name, result });
      }
    }
  }
  process.stderr.write("\r\x1b[K");
  for (const name of workloads) console.log(results.table(name));
  // In a quick run everything is smaller than what the targets are for.
  if (!flags.quick) console.log(results.targets());
  console.log(conditions());
  if (flags.json) await Bun.write(flags.json, `${JSON.stringify(results.runs, null, 2)}\n`);
  if (flags.svg) await Bun.write(flags.svg, plot(results, conditions()));
  const isAtFault = workloads.some((name) => results.fault(name, "natter") !== undefined);
  process.exitCode = isAtFault ? 1 : 0;
}

/** When, where and how this run was made. */
function conditions(): string {
  const date = new Date().toISOString().slice(0, 10);
  const machine = `${availableParallelism()} cores, Bun ${Bun.version}, ${process.platform}`;
  return [date, machine, ["bun run bench", ...Bun.argv.slice(2)].join(" ")].join("; ");
}

/** The servers to measure, without those that are not installed. */
function choosePeers(): Peer[] {
  const all = PEER_LIST.map(({ name }) => name);
  const names = chosen(flags.peers, all, "peer").slice(0, flags.quick ? QUICK_PEERS : all.length);
  const wanted = PEER_LIST.filter(({ name }) => names.includes(name));
  return wanted.filter(({ name, program }) => {
    if (program === undefined || Bun.which(program)) return true;
    console.log(`${name} is skipped: no ${program}`);
    return false;
  });
}

/** The names in a flag, all of which must be known; without it, all that there are. */
function chosen(flag: string | undefined, known: string[], what: string): string[] {
  const names = flag?.split(",") ?? known;
  const wrong = names.find((name) => !known.includes(name));
  if (wrong === undefined) return names;
  return refuse(`"${wrong}" is no ${what}; there are ${known.join(", ")}.`);
}

function refuse(complaint: string): never {
  console.error(complaint);
  process.exit(2);
}

function sized(workload: Workload): Workload {
  return flags.quick ? { ...workload, people: Math.min(QUICK_PEOPLE, workload.people) } : workload;
}

/** Who is measured in a workload, of those that were chosen. */
function takingPart(workload: Workload, peers: readonly Peer[]): Peer[] {
  const variants = VARIANTS.filter(({ name }) => workload.variants?.includes(name));
  const [first, ...others] = workload.isOnlyNatters ? peers.slice(0, 1) : peers;
  if (first?.name !== NATTER) return workload.isOnlyNatters ? [] : [...peers];
  return [first, ...variants, ...others];
}

/** Half of the lines a second that the write-per-line server can relay to a thousand people. */
async function halfRate(results: Results, workload: Workload, seconds: number): Promise<number> {
  if (workload.kind !== "talk" || typeof workload.linesPerSecond === "number") return NaN;
  const saturating = "talk-1000";
  if (Number.isNaN(results.look(saturating, WRITE_PER_LINE, "deliveriesPerSecond"))) {
    const peer = PEER_LIST.find(({ name }) => name === WRITE_PER_LINE) as Peer;
    const talk = WORKLOADS[saturating] as Workload;
    const result = await measure(talk, peer, {
      ...CONDITIONS,
      seconds,
      linesPerSecond: NaN,
    });
    results.add({ workload: saturating, peer: peer.name, result });
  }
  const deliveries = results.look(saturating, WRITE_PER_LINE, "deliveriesPerSecond");
  return deliveries / (workload.people - 1) / 2;
}
