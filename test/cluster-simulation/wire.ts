/** A connection to the model of the log, which delays what is sent, loses it, or has it done much too late. */
import type { LogServer } from "./log-server.ts";
import type { NodeClock } from "./node-clock.ts";
import type { ClusterTally } from "./tally.ts";
import type { World } from "./world.ts";

export const REQUESTS = [
  "connect",
  "enter",
  "append",
  "read",
  "letters",
  "snapshot",
  "leave",
] as const;

export type RequestKind = (typeof REQUESTS)[number];

/** What goes wrong with the next request of a kind. */
export interface Disturbance {
  readonly on: RequestKind | "any";
  readonly what: "a request is lost" | "a reply is lost" | "a request is done late";
  /** Whether the session fails, or nothing ever comes. */
  readonly fails: boolean;
  readonly lateMs: number;
}

export interface WireOptions {
  readonly world: World;
  readonly server: LogServer;
  readonly clock: NodeClock;
  readonly node: string;
  readonly tally: ClusterTally;
  /** What goes wrong with this request, if anything does. */
  readonly disturbanceOf: (kind: RequestKind) => Disturbance | undefined;
}

/** How long a message is on its way at most. */
const DELAY_MS_MAX = 4;

/** After so long a node gives up a session that hangs, whatever it has asked for. */
const HANG_MS_MAX = 3_500;

/** After so long a session fails whose request or reply was lost, if it does. */
const FAILURE_MS = 30;

/** What is sent over one of these is done in order. */
export class Lane {
  arrivesAtMs = 0;
}

export class Wire {
  readonly #options: WireOptions;
  readonly #pending = new Set<(error: Error) => void>();
  readonly #forget: () => void;
  #isCut = false;
  #isClosed = false;

  constructor(options: WireOptions) {
    this.#options = options;
    this.#forget = options.server.onCut(() => this.#cut());
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#forget();
    for (const reject of this.#pending) reject(new Error("closed"));
    this.#pending.clear();
  }

  /** The connection ends at the log. A little later the node knows. */
  #cut(): void {
    this.#isCut = true;
    this.#forget();
    this.#failSoon();
  }

  #failSoon(): void {
    const { world, clock } = this.#options;
    world.after(1 + world.random(FAILURE_MS), () => this.close(), clock);
  }

  /** Sends a request. What throws in `execute` is an error that the log answers. */
  ask<Answer>(
    kind: RequestKind,
    lane: Lane,
    execute: (answer: (value: Answer) => void) => void,
  ): Promise<Answer> {
    const { world, server, node } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    if (this.#isClosed) return Promise.reject(new Error("closed"));
    this.#pending.add(reject);
    const disturbance = this.#options.disturbanceOf(kind);
    const { what, lateMs = 0 } = disturbance ?? {};
    const isLate = what === "a request is done late";
    if (disturbance !== undefined) this.#disturb(kind, disturbance);
    if (what === "a request is lost") return promise;
    const settle = (act: () => void) => {
      if (what === undefined) this.#reply(() => this.#pending.delete(reject) && act());
    };
    const arrive = () => {
      if (this.#isCut && !isLate) return;
      if (isLate && this.#isClosed) this.#options.tally.add("a request is done after its session");
      try {
        execute((value) => settle(() => resolve(value)));
      } catch (error) {
        world.note(`${node}: ${kind} is refused: ${error}`);
        settle(() => reject(error as Error));
      }
    };
    const delayMs = world.random(DELAY_MS_MAX) + (isLate ? lateMs : 0);
    lane.arrivesAtMs = Math.max(lane.arrivesAtMs, world.nowMs + delayMs);
    world.after(lane.arrivesAtMs - world.nowMs, () => server.arrived({ connection: lane, arrive }));
    return promise;
  }

  #disturb(kind: RequestKind, { what, fails, lateMs }: Disturbance): void {
    const { world, tally, node } = this.#options;
    world.note(`${node}: ${what} (${kind})`);
    tally.add(what);
    tally.add(fails ? "a session fails" : "a session hangs");
    const longestMs = Math.max(lateMs, fails ? 0 : HANG_MS_MAX);
    world.lateUntilMs = Math.max(world.lateUntilMs, world.nowMs + longestMs);
    if (fails) this.#failSoon();
  }

  #reply(act: () => void): void {
    const { world, clock } = this.#options;
    world.after(world.random(DELAY_MS_MAX), act, clock);
  }
}
