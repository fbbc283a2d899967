/** Runs of workloads with servers, in turn: A B A B. */
import { LOADS } from "./cores.ts";
import { measure } from "./measure.ts";
import { NATTER, PEER_LIST, WRITE_PER_LINE, type Peer } from "./peers.ts";
import { Results } from "./results.ts";
import { WORKLOADS, type Workload } from "./workloads.ts";

const GRACE_MS = 60_000;
const REST_MS = 1_000;

/** The workload that shows how much the write-per-line server can relay to a thousand people. */
const SATURATING = "talk-1000";

/** How much it is given to relay if that could not be measured, in lines a second. */
const FALLBACK_RATE = 100;

export interface Plan {
  readonly workloads: readonly string[];
  readonly peers: readonly Peer[];
  /** Those that can be started here. */
  readonly variants: readonly Peer[];
  readonly runs: number;
  readonly seconds: number;
  /** The most people that are connected. */
  readonly peopleMax: number;
  /** How many bytes are said first if some do not read. */
  readonly fillBytes: number;
  /** Rejects when everything must end at once. */
  readonly interrupted: Promise<never>;
}

export class Series {
  readonly results = new Results();
  readonly #plan: Plan;
  #linesPerSecond = NaN;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  async run(progress: (now: string) => void): Promise<void> {
    const { workloads, runs } = this.#plan;
    for (let run = 1; run <= runs; run++) {
      for (const name of workloads) {
        const workload = WORKLOADS[name] as Workload;
        for (const peer of this.#takingPart(workload)) {
          // A server that has failed would fail again, and one that hung would take much time.
          if (this.results.fault(name, peer.name) !== undefined) continue;
          progress(`run ${run} of ${runs}, ${name}: ${peer.name}`);
          await this.#measure(name, peer);
        }
      }
    }
  }

  async #measure(name: string, peer: Peer): Promise<void> {
    const { seconds, peopleMax, fillBytes, interrupted } = this.#plan;
    const workload = WORKLOADS[name] as Workload;
    const conditions = {
      graceMs: GRACE_MS,
      restMs: REST_MS,
      fillBytes,
      // Their number hardly differs from run to run.
      countsWrites: !this.results.peers(name).includes(peer.name),
      loads: LOADS,
      seconds,
      linesPerSecond: await this.#rate(workload),
      interrupted,
    };
    const sized = { ...workload, people: Math.min(peopleMax, workload.people) };
    const result = await Promise.race([
      measure(sized, peer, conditions).catch(({ message }: Error) => ({ fault: message })),
      interrupted,
    ]);
    this.results.add({ workload: name, peer: peer.name, result });
  }

  /** Which of the chosen servers are measured in a workload. */
  #takingPart(workload: Workload): readonly Peer[] {
    const { peers } = this.#plan;
    if (peers[0]?.name !== NATTER) return workload.isOnlyNatters ? [] : peers;
    const variants = this.#plan.variants.filter(({ name }) => workload.variants?.includes(name));
    if (workload.isOnlyClusters) return variants;
    return [peers[0], ...variants, ...(workload.isOnlyNatters ? [] : peers.slice(1))];
  }

  /** Half of the lines a second that the write-per-line server can relay, for workloads that ask for that. */
  async #rate(workload: Workload): Promise<number> {
    if (workload.kind !== "talk" || typeof workload.linesPerSecond === "number") return NaN;
    if (Number.isNaN(this.#linesPerSecond)) {
      const peer = PEER_LIST.find(({ name }) => name === WRITE_PER_LINE) as Peer;
      if (!this.results.peers(SATURATING).includes(WRITE_PER_LINE)) {
        await this.#measure(SATURATING, peer);
      }
      const relayed = this.results.look(SATURATING, WRITE_PER_LINE, "deliveriesPerSecond");
      const half = relayed / (workload.people - 1) / 2;
      this.#linesPerSecond = Number.isNaN(half) ? FALLBACK_RATE : half;
    }
    return this.#linesPerSecond;
  }
}
