/**
 * The clock and the event loop of one node. Only its own code sees them, and only while it runs. All promises that
 * it has settled are dealt with before anything else happens.
 */
import { drainMicrotasks } from "bun:jsc";
import { VirtualClock } from "../simulation/virtual-clock.ts";

export class NodeClock {
  isStalled = false;
  isDead = false;
  readonly #clock = new VirtualClock(drainMicrotasks);
  readonly #offsetMs: number;

  /** @param offsetMs how far this clock is ahead of the log's */
  constructor(offsetMs: number) {
    this.#offsetMs = offsetMs;
  }

  get timers(): number {
    return this.#clock.timers + this.#clock.immediates;
  }

  /** When something is due next, by the clock of the log; Infinity if nothing is. */
  nextMs(nowMs: number): number {
    if (this.isDead) return Infinity;
    return this.#clock.immediates > 0 ? nowMs : this.#clock.nextMs - this.#offsetMs;
  }

  /** Runs code of the node, and what it has promised. */
  run(nowMs: number, code: () => void): void {
    this.#clock.nowMs = nowMs + this.#offsetMs;
    using _ = this.#clock.install();
    code();
    drainMicrotasks();
  }

  /** Runs what is due. */
  turn(nowMs: number): void {
    this.run(nowMs, () => this.#clock.turn());
  }
}
