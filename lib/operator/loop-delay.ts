/**
 * How late the event loop is: a timer fires every so often, and how much later than it should have is how long
 * anybody's line may have waited.
 */
import { Histogram } from "../limits/histogram.ts";
import type { Timer } from "../limits/timers.ts";

/** How often it is measured, in milliseconds. */
const INTERVAL_MS = 100;

export class LoopDelay {
  readonly delays = new Histogram();
  #dueMs = 0;
  #timer: Timer | undefined;

  /** Begins to measure. A program may end meanwhile. */
  start(): void {
    this.#dueMs = performance.now() + INTERVAL_MS;
    this.#timer = setTimeout(this.#fire, INTERVAL_MS).unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  readonly #fire = (): void => {
    this.delays.observe(Math.max(0, performance.now() - this.#dueMs));
    this.start();
  };
}
