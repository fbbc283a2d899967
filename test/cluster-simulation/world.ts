/**
 * Time, and what is due in it: messages between nodes and log, and the timers of each node, which has a clock of
 * its own. One thing happens after the other, and the same each time.
 */
import { randomNumbers } from "./random.ts";
import type { NodeClock } from "./node-clock.ts";

interface Event {
  readonly atMs: number;
  /** It stands still while this node does, and does not happen once that is dead. */
  readonly clock: NodeClock | undefined;
  readonly happen: () => void;
}

/** More than happens in any script. */
const STEPS_MAX = 200_000;

export class World {
  /** What the clock of the log says. */
  nowMs = 1_000_000;
  readonly random: (below: number) => number;
  readonly clocks = new Set<NodeClock>();
  readonly trace: string[] = [];
  /** Until then something may be on its way that is much too late. */
  lateUntilMs = 0;
  /** Is called after each thing that happened. */
  onStep: () => void = () => {};
  #events: Event[] = [];
  #steps = 0;

  constructor(seed: number) {
    this.random = randomNumbers(seed);
  }

  note(text: string): void {
    this.trace.push(`${this.nowMs - 1_000_000} ${text}`);
  }

  after(delayMs: number, happen: () => void, clock?: NodeClock): void {
    this.#events.push({ atMs: this.nowMs + delayMs, clock, happen });
  }

  /** Lets so much time pass, and everything happen that is due in it. */
  pass(ms: number): void {
    const endMs = this.nowMs + ms;
    while (this.#next(endMs)) {
      this.onStep();
      if (++this.#steps > STEPS_MAX) throw new Error("it never ends");
    }
    this.nowMs = endMs;
  }

  /** Has the next thing happen that is due until then. Returns false if there is none. */
  #next(endMs: number): boolean {
    let dueMs = endMs;
    let next: Event | NodeClock | undefined;
    for (const event of this.#events) {
      if (event.clock?.isStalled || (next !== undefined && event.atMs >= dueMs)) continue;
      if (event.atMs > endMs) continue;
      next = event;
      dueMs = event.atMs;
    }
    for (const clock of this.clocks) {
      const atMs = clock.nextMs(this.nowMs);
      if (clock.isStalled || atMs > dueMs || (next !== undefined && atMs === dueMs)) continue;
      next = clock;
      dueMs = atMs;
    }
    if (next === undefined) return false;
    this.nowMs = Math.max(this.nowMs, dueMs);
    if ("happen" in next) {
      this.#events.splice(this.#events.indexOf(next), 1);
      if (next.clock === undefined) next.happen();
      else if (!next.clock.isDead) next.clock.run(this.nowMs, next.happen);
    } else {
      next.turn(this.nowMs);
    }
    return true;
  }
}
