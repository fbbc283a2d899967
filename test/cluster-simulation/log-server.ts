/** The model of Redis: what it holds, what it does one after the other, and what may happen to it. */
import { comparePositions, START, type Position } from "../../lib/cluster/position.ts";
import { add, tipOf } from "./log-parts.ts";
import { entriesAfter, LogState, type Key, type StreamEntry } from "./log-state.ts";
import type { World } from "./world.ts";

/** What was asked over one connection is done in order. */
export interface Request {
  readonly connection: object;
  readonly arrive: () => void;
}

/** Somebody who waits for an entry after `last`. */
interface Waiter {
  readonly last: Position;
  readonly answer: (entries: readonly StreamEntry[]) => void;
}

/** The most entries that are read at once, as in redis-log.ts. */
const READ_COUNT = 32;

/** From so many writes ago it can still go on. */
const BACKUPS_MAX = 8;

/** What others may put into the log. */
export const JUNK = [
  "an unknown version",
  "nonsense",
  "nonsense of a node",
  "an id ahead",
] as const;

export type Junk = (typeof JUNK)[number];

export class LogServer {
  state = new LogState();
  runId = "run 0";
  isAway = false;
  readonly #world: World;
  readonly #cutters = new Set<() => void>();
  #waiters = new Set<Waiter>();
  #backups: LogState[] = [];
  #runs = 0;
  #stalledUntilMs = 0;
  #backlog: Request[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  /** `cut` is called if all connections end, until what is returned is called. */
  onCut(cut: () => void): () => void {
    this.#cutters.add(cut);
    return () => void this.#cutters.delete(cut);
  }

  /** A request has arrived. It is done at once, unless everything stands still. */
  arrived(request: Request): void {
    if (this.#world.nowMs < this.#stalledUntilMs) this.#backlog.push(request);
    else request.arrive();
  }

  write<Answer>(script: (state: LogState) => Answer): Answer {
    const backup = this.state.copy();
    const tip = this.state.lineage;
    try {
      return script(this.state);
    } finally {
      this.#backups = [...this.#backups.slice(1 - BACKUPS_MAX), backup];
      if (this.state.lineage !== tip) this.#serve();
    }
  }

  /** Answers at once, or when there is something to read. It may be called off. */
  read(last: Position, mayWait: boolean, answer: Waiter["answer"]): () => void {
    const waiter = { last, answer };
    const entries = entriesAfter(this.state.log, last).slice(0, READ_COUNT);
    if (entries.length > 0 || !mayWait) answer(entries);
    else this.#waiters.add(waiter);
    return () => void this.#waiters.delete(waiter);
  }

  stall(ms: number): void {
    this.#stalledUntilMs = this.#world.nowMs + ms;
    this.#world.after(ms, () => this.#goOn());
  }

  endStall(): void {
    this.#stalledUntilMs = 0;
    this.#goOn();
  }

  /** Every connection ends. */
  cut(): void {
    for (const cut of [...this.#cutters]) cut();
    this.#backlog = [];
    this.#waiters.clear();
  }

  /** Starts again with all that it had. */
  restart(): void {
    this.cut();
    this.runId = `run ${++this.#runs}`;
  }

  /** A replica takes over that lacks the last writes. */
  failOver(lost: number): void {
    const backup = this.#backups.at(-lost) ?? this.#backups[0];
    if (lost > 0 && backup !== undefined) this.state = backup.copy();
    this.#backups = [];
    this.restart();
  }

  wipe(keys: readonly Key[]): void {
    this.write((state) => keys.forEach((key) => state.wipe(key)));
  }

  trim(kept: number): void {
    this.state.trim(kept);
  }

  /** Somebody who is no server of ours writes to the log. */
  put(junk: Junk, node: string): void {
    const { nowMs } = this.#world;
    // Where no server has been before, an id would be there twice.
    if (this.state.log === undefined || this.state.meta.get("run") !== this.runId) return;
    const isAboveAll = comparePositions(this.state.log.last, tipOf(this.state)) > 0;
    if (isAboveAll && junk !== "an id ahead") return;
    this.write((state) => {
      switch (junk) {
        case "an unknown version":
          return void add(
            state,
            nowMs,
            "v",
            "3",
            "n",
            node,
            "t",
            "1",
            "e",
            "x\n\n\nfrom the future",
          );
        case "nonsense":
          return void add(state, nowMs, "what", "is this?");
        case "nonsense of a node": {
          const events = ["s\nabc\nBob\nno number", "z\n1", "n\n999\nx\nX", "l\n", "", "j\n1\n\n"];
          return void add(state, nowMs, "n", node, "t", "-1", "e", events.join("\0"));
        }
        case "an id ahead": {
          const last = state.log?.last ?? START;
          const ahead = 1 + this.#world.random(3);
          const counter = Math.max(last.counter, tipOf(state).counter) + ahead;
          const position = { generation: last.generation, counter };
          return state.addToLog({ position, fields: ["hello", "there"] });
        }
        default:
          junk satisfies never;
      }
    });
  }

  /** Does what waits: of each connection in its order, of different ones in any. */
  #goOn(): void {
    if (this.#world.nowMs < this.#stalledUntilMs) return;
    while (this.#backlog.length > 0) {
      const drawn = this.#backlog[this.#world.random(this.#backlog.length)];
      const at = this.#backlog.findIndex(({ connection }) => connection === drawn?.connection);
      for (const request of this.#backlog.splice(at, 1)) request.arrive();
    }
  }

  #serve(): void {
    const last = this.state.log?.last ?? START;
    for (const waiter of [...this.#waiters]) {
      if (comparePositions(waiter.last, last) >= 0) continue;
      this.#waiters.delete(waiter);
      waiter.answer(entriesAfter(this.state.log, waiter.last).slice(0, READ_COUNT));
    }
  }
}
