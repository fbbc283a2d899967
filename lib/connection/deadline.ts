/**
 * A moment after which a client is judged: it was silent, or stalled, for too long.
 *
 * To put it off costs next to nothing, since its timer is left as it is and set again when it fires.
 *
 * A process that was stopped, or a machine that was asleep, finds all its timers due before it has read
 * what arrived meanwhile. So a deadline that is met late is not acted on at once: first there is time
 * for the sockets to be read. And as a pause may end just when a deadline is met, the sockets are read once
 * more before any is acted on.
 */
import { after, type Timer } from "../limits/timers.ts";

/** A timer that is so late, in milliseconds, shows that the sockets were not read either. */
const LATE_MS = 10;

/** Before a deadline is acted on, the sockets are read once more in this time, in milliseconds. */
const READ_MS = 1;

/** More than it takes to read from every socket, in milliseconds. */
const GRACE_MS = 1_000;

/** A loop that is always late is given it so often. */
const GRACES_MAX = 5;

/** A deadline, whoever it is for. */
export type AnyDeadline = Pick<Deadline<unknown>, "set" | "putOff" | "restart" | "changeTo">;

export class Deadline<Owner> {
  readonly #owner: Owner;
  readonly #expired: (owner: Owner) => void;
  #timeoutMs = 0;
  #sinceMs = 0;
  #timer: Timer | undefined;
  /** Whether the timer is the last one: the sockets are read between it and the one before. */
  #isLast = false;
  /** When the timer is due. */
  #dueMs = 0;
  #gracesMax = GRACES_MAX;
  #gracesLeft = GRACES_MAX;

  /** @param expired is called when it is met; it may set the deadline again */
  constructor(owner: Owner, expired: (owner: Owner) => void) {
    this.#owner = owner;
    this.#expired = expired;
  }

  /**
   * From now on it is this long ahead, in milliseconds; 0 = never.
   *
   * @param gracesMax how often it is not acted on although it is met
   */
  set(timeoutMs: number, gracesMax = GRACES_MAX): void {
    this.clear();
    this.#timeoutMs = timeoutMs;
    this.#gracesMax = gracesMax;
    this.putOff();
    this.#wait(timeoutMs === 0 ? 0 : Math.max(timeoutMs - READ_MS, READ_MS));
  }

  /** It is another time after the moment from which it counts; 0 = never. It may be met at once. */
  changeTo(timeoutMs: number): void {
    if (timeoutMs === this.#timeoutMs) return;
    this.clear();
    this.#timeoutMs = timeoutMs;
    this.#isLast = false;
    const leftMs = this.#sinceMs + timeoutMs - performance.now();
    this.#wait(timeoutMs === 0 ? 0 : Math.max(leftMs - READ_MS, READ_MS));
  }

  /** Sets it again, as far ahead as the last time. */
  restart(): void {
    this.set(this.#timeoutMs, this.#gracesMax);
  }

  /** If it has not been met, it is as far ahead again. */
  putOff(): void {
    this.#sinceMs = performance.now();
    this.#gracesLeft = this.#gracesMax;
    this.#isLast = false;
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** The timer has fired. */
  check(): void {
    const nowMs = performance.now();
    const leftMs = this.#sinceMs + this.#timeoutMs - nowMs;
    if (leftMs > READ_MS) return this.#wait(leftMs - READ_MS);
    if (nowMs - this.#dueMs > LATE_MS && this.#gracesLeft-- > 0) return this.#wait(GRACE_MS);
    if (!this.#isLast) {
      this.#isLast = true;
      return this.#wait(Math.max(leftMs, READ_MS));
    }
    this.#timer = undefined;
    this.#expired(this.#owner);
  }

  #wait(delayMs: number): void {
    this.#dueMs = performance.now() + delayMs;
    this.#timer = after(Math.ceil(delayMs), check, this);
  }
}

function check(deadline: { check(): void }): void {
  deadline.check();
}
