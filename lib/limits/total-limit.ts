/**
 * Limits what waits for all clients together. Each queue has a limit of its own, but enough stalled readers
 * would still fill any memory. Above the limit the longest queues are cut, all to the same length, so that
 * readers that keep up lose nothing. A line that has been started must be finished, so it cannot be cut. If
 * too much is left for that reason, the readers with the most are given up.
 */
import type { Emit } from "../events.ts";
import { TurnEnd } from "./turn-end.ts";

/** Something that holds bytes for one reader. */
export interface Holder {
  /** Drops what it can until it holds no more than this. */
  cutTo(bytes: number): void;
  /** Ends the connection. */
  giveUp(): void;
}

/** The queues are cut until this part of the limit is left. */
const CUT_TO = 7 / 8;

/** Most bytes that wait in all queues together. */
export interface TotalLimitSettings {
  readonly totalQueueLimitBytes: number;
}

export class TotalLimit {
  readonly #emit: Emit;
  readonly #turnEnd: TurnEnd;
  readonly #settings: TotalLimitSettings;
  readonly #holders = new Map<Holder, number>();
  #bytes = 0;
  #isRelieving = false;

  constructor(settings: TotalLimitSettings, emit?: Emit, turnEnd = new TurnEnd()) {
    this.#emit = emit;
    this.#turnEnd = turnEnd;
    this.#settings = settings;
  }

  /** What is left after a cut. It is much less than the limit, so that the next cut is not due at once. */
  get #targetBytes(): number {
    return this.#settings.totalQueueLimitBytes * CUT_TO;
  }

  /** How many bytes wait in all queues together. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many hold anything. */
  get size(): number {
    return this.#holders.size;
  }

  /** `holder` now holds this many bytes. May call `cutTo` of any holder before it returns. */
  report(holder: Holder, bytes: number): void {
    this.#bytes += bytes - (this.#holders.get(holder) ?? 0);
    if (bytes === 0) this.#holders.delete(holder);
    else this.#holders.set(holder, bytes);
    this.enforce();
  }

  /** Cuts queues if more waits than may. */
  enforce(): void {
    const { totalQueueLimitBytes } = this.#settings;
    if (this.#bytes > totalQueueLimitBytes && !this.#isRelieving) this.#relieve();
  }

  #relieve(): void {
    this.#isRelieving = true;
    this.#emit?.({ type: "queues cut", bytes: this.#bytes });
    const level = this.#levelFor(this.#targetBytes);
    for (const [holder, bytes] of this.#holders) if (bytes > level) holder.cutTo(level);
    if (this.#bytes <= this.#targetBytes) this.#isRelieving = false;
    // Not at once: the end of a connection changes the room, which may be in the middle of a flush.
    else this.#turnEnd.run("end", () => this.#giveUpLongest());
  }

  /** The length that all queues must be cut to for their sum to be this at most. */
  #levelFor(sumBytes: number): number {
    let [left, queues] = [sumBytes, this.#holders.size];
    for (const bytes of [...this.#holders.values()].toSorted((one, other) => one - other)) {
      if (bytes * queues > left) break;
      left -= bytes;
      queues--;
    }
    return Math.floor(left / queues);
  }

  #giveUpLongest(): void {
    this.#isRelieving = false;
    const holders = [...this.#holders].toSorted(([, one], [, other]) => other - one);
    for (const [holder] of holders) {
      if (this.#bytes <= this.#targetBytes) break;
      holder.giveUp();
    }
  }
}
