/** The announced end of a server: everybody is told when it comes, and once more a minute before. */
import { after, type Timer } from "../limits/timers.ts";

/** How long it takes unless somebody says so, and at most, in milliseconds. */
export const DRAIN_MS = 300_000;
export const DRAIN_MS_MAX = 86_400_000;

/** When people are told again, in milliseconds before the end. */
const REMINDER_MS = 60_000;

/** What is to end. */
export interface Drained {
  /** Tells everybody that it is over in so many milliseconds. */
  tellTimeLeft(leftMs: number): void;
  stop(): unknown;
}

/** @throws {RangeError} a server cannot be told to end in so many milliseconds */
export function checkTimeLeft(leftMs: number): void {
  if (leftMs >= 0 && leftMs <= DRAIN_MS_MAX) return;
  throw new RangeError(`leftMs is ${leftMs}; it must be a number from 0 to ${DRAIN_MS_MAX}.`);
}

export class Drain {
  readonly #drained: Drained;
  #timer: Timer | undefined;

  constructor(drained: Drained) {
    this.#drained = drained;
  }

  /** It is over in so many milliseconds, whatever was said before. */
  endIn(leftMs: number): void {
    clearTimeout(this.#timer);
    if (leftMs === 0) return void this.#drained.stop();
    this.#drained.tellTimeLeft(leftMs);
    this.#timer =
      leftMs > REMINDER_MS
        ? after(leftMs - REMINDER_MS, () => this.endIn(REMINDER_MS))
        : after(leftMs, () => this.endIn(0));
  }

  /** It is over already. */
  dispose(): void {
    clearTimeout(this.#timer);
  }
}
