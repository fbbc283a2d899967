/** One run of one workload with one server. */
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clockMs } from "./clock.ts";
import type { Figures } from "./columns.ts";
import type { Crowd, CrowdJob } from "./crowd.ts";
import { pinLoad } from "./cores.ts";
import type { FloodJob, Flood as Flooders, Waits } from "./flood.ts";
import { Latency } from "./latency.ts";
import type { Peer } from "./peers.ts";
import { recover } from "./recovery.ts";
import { Remote } from "./remote.ts";
import { start } from "./running-cluster.ts";
import type { Running } from "./running-server.ts";
import { cpuNs, peakMiB, residentBytes } from "./usage.ts";
import type { Visitors, VisitorsJob } from "./visitors.ts";
import type { Way } from "./way.ts";
import type { Flood, Idle, Recovery, Storm, Talk, Workload } from "./workloads.ts";
import { RedisWork } from "./redis-work.ts";
import { WriteCounter } from "./write-counter.ts";

/** How long people talk for their server's writes to be counted. */
const COUNT_SECONDS = 0.2;

/** How long it may take until ten thousand people have joined, beyond what any run may take. */
const JOINING_SECONDS = 120;

const KIB = 1_024;

/** What has been said and heard where nobody has talked yet. */
const NOTHING = { lines: 0, deliveries: 0 };

export interface Conditions {
  /** How long people talk, unless a workload stretches that. */
  readonly seconds: number;
  /** How long a run may take beyond that, in milliseconds, before it counts as hung. */
  readonly graceMs: number;
  /** How long a server is left alone before its memory is read, in milliseconds. */
  readonly restMs: number;
  /** How many bytes are said first if some do not read: more than is buffered for them. */
  readonly fillBytes: number;
  /** Whether to count writes too, in another talk. */
  readonly countsWrites: boolean;
  /** How many processes play the people if everybody talks. */
  readonly loads: number;
  /** Rejects when the run must end at once. */
  readonly interrupted: Promise<never>;
  /** Lines a second for a talk that does not say how many itself. */
  readonly linesPerSecond: number;
}

/** @throws {Error} the server lost, doubled or mixed up something, or hung */
export async function measure(
  workload: Workload,
  peer: Peer,
  conditions: Conditions,
): Promise<Figures> {
  const seconds = workload.kind === "talk" ? conditions.seconds * workload.stretch : 0;
  const joining = workload.kind === "recovery" ? JOINING_SECONDS : 0;
  const limitMs = (seconds + joining) * 1_000 + conditions.graceMs;
  await using server = await start(peer);
  await using end = new AsyncDisposableStack();
  const hung = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => hung.reject(new Error(`not done after ${limitMs / 1_000} s`)),
    limitMs,
  );
  end.defer(() => clearTimeout(timer));
  return await Promise.race([hung.promise, conditions.interrupted, run()]);

  function run(): Promise<Figures> {
    switch (workload.kind) {
      case "talk":
        return talk(workload, { ...conditions, seconds }, server, end);
      case "storm":
        return storm(workload, server, end);
      case "idle":
        return idle(workload, conditions, server, end);
      case "flood":
        return flood(workload, conditions, server, end);
      case "recovery":
        return recover(workload, server, visit(workload, server, end));
      default:
        return workload satisfies never;
    }
  }
}

async function talk(
  workload: Talk,
  conditions: Conditions,
  server: Running,
  end: AsyncDisposableStack,
): Promise<Figures> {
  const linesPerSecond =
    typeof workload.linesPerSecond === "number"
      ? workload.linesPerSecond
      : conditions.linesPerSecond;
  const folder = end.adopt(mkdtempSync(join(tmpdir(), "natter-bench-")), (path) =>
    rmSync(path, { recursive: true }),
  );
  const timesFile = join(folder, "times");
  writeFileSync(timesFile, "");
  truncateSync(timesFile, workload.talkers * workload.lines * Float64Array.BYTES_PER_ELEMENT);
  // A talker that talks alone has to know what everyone has heard.
  const processes = workload.talkers === 1 ? 1 : conditions.loads;
  const { ways, dialect, redis } = server;
  const job = { ...workload, ways, dialect, processes, linesPerSecond, timesFile };
  const crowds = Array.from({ length: processes }, (_, process) => {
    return end.use(load<Crowd>("crowd", { ...job, process } satisfies CrowdJob, process));
  });
  const all = <Value>(call: (crowd: Remote<Crowd>) => Promise<Value>) =>
    Promise.all(crowds.map(call));

  await all((crowd) => crowd.call("join"));
  await crowds[0]?.call("ask");
  await all((crowd) => crowd.call("isIn"));
  if (workload.stalled > 0) await crowds[0]?.call("fill", conditions.fillBytes);

  const talkFor = async (duration: number) => {
    const startMs = clockMs();
    const said = await all((crowd) => crowd.call("talk", { startMs, seconds: duration }));
    const lines = said.reduce((sum, each) => sum + each, 0);
    const heard = await all((crowd) => crowd.call("hearOut", lines));
    const deliveries = heard.reduce((sum, each) => sum + each.deliveries, 0);
    return {
      heard,
      lines,
      deliveries,
      wallMs: Math.max(...heard.map(({ endMs }) => endMs)) - startMs,
    };
  };

  const { warmUpSeconds } = workload;
  const warmUp = warmUpSeconds === undefined ? NOTHING : await talkFor(warmUpSeconds);
  await all((crowd) => crowd.call("forgetLatencies"));
  const cpuBeforeNs = cpuOf(server);
  const work = await RedisWork.begin(redis);
  const { heard, wallMs, ...total } = await talkFor(conditions.seconds);
  const lines = total.lines - warmUp.lines;
  const deliveries = total.deliveries - warmUp.deliveries;
  const cpu = cpuOf(server) - cpuBeforeNs;
  const latency = new Latency();
  for (const { counts, maxMs } of heard) latency.merge(counts, maxMs);
  const figures = {
    deliveriesPerSecond: (deliveries / wallMs) * 1_000,
    linesPerSecond: (lines / wallMs) * 1_000,
    cpuNsPerDelivery: cpu / deliveries,
    ...(await work?.perLine(lines)),
    ...latency.percentiles(),
    peakMiB: peakOf(server),
  };
  if (!conditions.countsWrites) return figures;

  // Counting slows down the whole system, so it is done in a talk of its own.
  await using counter = new WriteCounter(server.pids);
  await counter.isCounting();
  const counted = (await talkFor(COUNT_SECONDS)).deliveries - total.deliveries;
  const writes = await counter.stop();
  return writes === undefined ? figures : { ...figures, writesPerDelivery: writes / counted };
}

async function storm(
  workload: Storm,
  server: Running,
  end: AsyncDisposableStack,
): Promise<Figures> {
  const visitors = visit(workload, server, end);
  await visitors.call("open");
  await server.redis?.untilNamed(1);
  const cpuBeforeNs = cpuOf(server);
  const joinMs = await visitors.call("arrive");
  const leaveMs = await visitors.call("leave");
  const cpuMs = (cpuOf(server) - cpuBeforeNs) / 1_000_000;
  const joinsPerSecond = (workload.people / joinMs) * 1_000;
  return { joinMs, joinsPerSecond, leaveMs, cpuMs, peakMiB: peakOf(server) };
}

async function idle(
  workload: Idle,
  { restMs }: Conditions,
  server: Running,
  end: AsyncDisposableStack,
): Promise<Figures> {
  const visitors = visit(workload, server, end);
  await visitors.call("open");
  const before = sumOf(server.pids, residentBytes);
  await visitors.call("connect");
  if (workload.place === "room") await visitors.call("join");
  await Bun.sleep(restMs);
  return {
    kibPerClient: (sumOf(server.pids, residentBytes) - before) / workload.people / KIB,
    peakMiB: peakOf(server),
  };
}

async function flood(
  { people, addresses, line }: Flood,
  { seconds }: Conditions,
  server: Running,
  end: AsyncDisposableStack,
): Promise<Figures> {
  const { dialect, ways } = server;
  const job: FloodJob = { way: ways[0] as Way, dialect, people, addresses, line };
  const flooders = end.use(load<Flooders>("flood", job, 0));
  await flooders.call("join");
  const waits = await flooders.call("run", seconds);
  const percentilesOf = ({ counts, maxMs }: Waits["others"]) => {
    const latency = new Latency();
    latency.merge(counts, maxMs);
    return latency.percentiles();
  };
  const { p99Ms: neighbourP99Ms, maxMs: neighbourMaxMs } = percentilesOf(waits.neighbours);
  return {
    ...percentilesOf(waits.others),
    neighbourP99Ms,
    neighbourMaxMs,
    peakMiB: peakOf(server),
  };
}

function visit(
  { people, arriving }: Storm | Idle | Recovery,
  { ways, dialect }: Running,
  end: AsyncDisposableStack,
): Remote<Visitors> {
  const job: VisitorsJob = { ways, dialect, people, arriving };
  return end.use(load<Visitors>("visitors", job, 0));
}

/** What all servers have used together. */
const cpuOf = ({ pids }: Running) => sumOf(pids, cpuNs);
const peakOf = ({ pids }: Running) => sumOf(pids, peakMiB);

function sumOf(pids: readonly number[], usedBy: (pid: number) => number): number {
  return pids.reduce((sum, pid) => sum + usedBy(pid), 0);
}

/** Starts a process of people. */
function load<People>(kind: string, job: object, index: number): Remote<People> {
  const program = join(import.meta.dir, "load.ts");
  return new Remote([...pinLoad(index), process.execPath, program, kind, JSON.stringify(job)]);
}
