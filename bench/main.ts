/**
 * Measures natter and other chat servers in turn, over real TCP on loopback. Run by `bun run bench`;
 * `--help` lists the flags. No result makes it fail but a fault of natter's: a line that was lost,
 * doubled or out of order, or a run that hung.
 */
import { parseArgs } from "node:util";
import type { Job, Outcome, Report } from "./load.ts";
import { median } from "./median.ts";
import { PEER_LIST, RunningPeer, type Peer } from "./peers.ts";
import { cpuNs, peakBytes } from "./usage.ts";
import { WORKLOADS } from "./workloads.ts";

/** Longest time for a run beyond the time that it talks, in milliseconds: then it has hung. */
const GRACE_MS = 30_000;

const QUICK_PEERS = 2;
const QUICK_SECONDS = 1 / 3;

const SERVER_CORE = 0;
const LOAD_CORE = 1;

const HELP = `Usage: bun run bench [--quick] [--runs N] [--seconds S] [--only WORKLOAD,...]
                     [--peers PEER,...] [--json FILE]

Workloads:
${Object.entries(WORKLOADS)
  .map(([name, { about }]) => `  ${name.padEnd(12)}${about}\n`)
  .join("")}
Peers: ${PEER_LIST.map(({ name }) => name).join(", ")}
--quick measures each once, for a third of a second, and of the peers only the first two.
`;

interface Run {
  readonly workload: string;
  readonly peer: string;
  readonly result: Figures | { readonly fault: string };
}

interface Figures {
  readonly deliveriesPerSecond: number;
  readonly cpuNsPerDelivery: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly peakMiB: number;
}

const { values: flags } = parseArgs({
  options: {
    help: { type: "boolean" },
    quick: { type: "boolean" },
    runs: { type: "string", default: "5" },
    seconds: { type: "string", default: "2" },
    only: { type: "string" },
    peers: { type: "string" },
    json: { type: "string" },
  },
});

if (flags.help) process.stdout.write(HELP);
else await bench();

async function bench(): Promise<void> {
  const workloads = chosen(flags.only, Object.keys(WORKLOADS), "workload");
  const all = PEER_LIST.map(({ name }) => name);
  const names = chosen(flags.peers, all, "peer").slice(0, flags.quick ? QUICK_PEERS : all.length);
  const wanted = PEER_LIST.filter(({ name }) => names.includes(name));
  const peers = wanted.filter(({ program }) => program === undefined || Bun.which(program));
  for (const peer of wanted) {
    if (!peers.includes(peer)) console.log(`${peer.name} is skipped: no ${peer.program}`);
  }
  const count = flags.quick ? 1 : Number(flags.runs);
  if (!(count >= 1 && Number(flags.seconds) > 0))
    return refuse("--runs and --seconds take a number above 0.");
  const seconds = flags.quick ? QUICK_SECONDS : Number(flags.seconds);
  const runs: Run[] = [];
  for (const workload of workloads) {
    for (let run = 1; run <= count; run++) {
      for (const peer of peers) {
        process.stderr.write(`\r\x1b[K${workload}, run ${run} of ${count}: ${peer.name}`);
        const result = await measure(workload, peer, seconds).catch(({ message }: Error) => {
          return { fault: message };
        });
        runs.push({ workload, peer: peer.name, result });
      }
    }
  }
  process.stderr.write("\r\x1b[K");
  for (const workload of workloads) console.log(table(workload, runs));
  if (flags.json) await Bun.write(flags.json, `${JSON.stringify(runs, null, 2)}\n`);
  const isAtFault = runs.some(({ peer, result }) => peer === "natter" && "fault" in result);
  process.exitCode = isAtFault ? 1 : 0;
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

async function measure(workload: string, peer: Peer, seconds: number): Promise<Figures> {
  const { about: _, ...shape } = WORKLOADS[workload] as (typeof WORKLOADS)[string];
  await using server = await RunningPeer.start(peer, pin(SERVER_CORE));
  const job: Job = { ...shape, port: server.port, dialect: peer.dialect, seconds };
  const load = new Load(job);
  try {
    await load.isReady();
    const beforeNs = cpuNs(server.pid);
    const { deliveries, wallMs, latency } = await load.talk();
    return {
      deliveriesPerSecond: (deliveries / wallMs) * 1_000,
      cpuNsPerDelivery: (cpuNs(server.pid) - beforeNs) / deliveries,
      ...latency,
      peakMiB: peakBytes(server.pid) / 1_048_576,
    };
  } finally {
    await load.end();
  }
}

/** The process that plays the people. */
class Load {
  readonly #process: Bun.Subprocess;
  readonly #ready = Promise.withResolvers<void>();
  readonly #done = Promise.withResolvers<Outcome>();
  readonly #timer: ReturnType<typeof setTimeout>;

  constructor(job: Job) {
    this.#done.promise.catch(() => {});
    this.#timer = setTimeout(() => this.#failed("hung"), job.seconds * 1_000 + GRACE_MS);
    const program = `${import.meta.dir}/load.ts`;
    this.#process = Bun.spawn([...pin(LOAD_CORE), process.execPath, program, JSON.stringify(job)], {
      ipc: (report: Report) => this.#received(report),
      stdout: "inherit",
      stderr: "inherit",
    });
  }

  isReady(): Promise<void> {
    return this.#ready.promise;
  }

  talk(): Promise<Outcome> {
    this.#process.send("talk");
    return this.#done.promise;
  }

  async end(): Promise<void> {
    clearTimeout(this.#timer);
    this.#process.kill("SIGKILL");
    await this.#process.exited;
  }

  #received(report: Report): void {
    switch (report.kind) {
      case "ready":
        return this.#ready.resolve();
      case "done":
        return this.#done.resolve(report.outcome);
      case "failed":
        return this.#failed(report.reason);
      default:
        report satisfies never;
    }
  }

  #failed(reason: string): void {
    this.#ready.reject(new Error(reason));
    this.#done.reject(new Error(reason));
  }
}

/** Keeps a command on one core, where the system has a program for that. */
function pin(core: number): string[] {
  return Bun.which("taskset") ? ["taskset", "--cpu-list", String(core)] : [];
}

function table(workload: string, runs: readonly Run[]): string {
  const peers = [...new Set(runs.map(({ peer }) => peer))];
  const rows = peers.map((peer) => [peer, ...cells(runs, workload, peer)]);
  const head = [workload, "deliveries/s", "CPU ns each", "p50 ms", "p99 ms", "max ms", "peak MiB"];
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => (row.length > 2 ? row[column]?.length : 0) ?? 0)),
  );
  const line = (row: string[]) =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
  return `${[head, ...rows].map(line).join("\n")}\n`;
}

/** The medians of a peer's runs, or the first fault if there was one. */
function cells(runs: readonly Run[], workload: string, peer: string): string[] {
  const results = runs
    .filter((run) => run.workload === workload && run.peer === peer)
    .map(({ result }) => result);
  const faults = results.flatMap((result) => ("fault" in result ? result.fault : []));
  if (faults.length > 0) return [`${faults.length} of ${results.length} runs failed: ${faults[0]}`];
  const figures = results as Figures[];
  const middle = (name: keyof Figures) => median(figures.map((each) => each[name]));
  return [
    Math.round(middle("deliveriesPerSecond")).toLocaleString("en-US"),
    middle("cpuNsPerDelivery").toFixed(0),
    middle("p50Ms").toFixed(2),
    middle("p99Ms").toFixed(2),
    middle("maxMs").toFixed(1),
    middle("peakMiB").toFixed(0),
  ];
}
