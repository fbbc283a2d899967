/**
 * Keeps those who send in bulk at the pace of those who read.
 *
 * Somebody who pipes a large file into the chat sends faster than a healthy reader takes it, and
 * the reader's queue would overflow. So a queue that is half full holds the room: no further lines
 * are read from any socket, TCP slows the senders, and nothing is lost. The hold ends when the
 * queue is down to a quarter, which takes a reader that is alive a few milliseconds.
 *
 * A reader that makes no progress, or not enough, is left behind: it holds nobody any more until
 * its queue has been empty once, and meanwhile loses lines as the send queue says. So a reader
 * that stalls costs the others one tenth of a second, once, and nobody can keep the room at a
 * speed that matters to people who talk.
 */

/** Who is sent what others say. */
export interface Reader {
  /** Tries once more to write what waits, and reports the result. */
  drained(): void;
}

/** Who says it. */
export interface Sender {
  /** Goes on reading lines from its socket. */
  resume(): void;
}

/** A queue fuller than this part of its limit holds the room. */
const HOLD_ABOVE = 1 / 2;

/** A hold ends when the queue is down to this part of its limit. */
const RELEASE_AT = 1 / 4;

/** How often a reader is looked at that holds the room, in milliseconds. */
const CHECK_MS = 100;

/** The longest hold: a reader that takes a quarter of its queue in a second is waited for. */
const CHECKS_MAX = 10;

/** A reader that holds the room: what waited for it when last seen, and how often it was checked. */
interface Lag {
  bytes: number;
  checks: number;
  readonly timer: ReturnType<typeof setInterval>;
}

export class Backpressure {
  readonly #holdAboveBytes: number;
  readonly #releaseAtBytes: number;
  readonly #lagging = new Map<Reader, Lag>();
  readonly #leftBehind = new Set<Reader>();
  /** Senders with lines yet to be read, first come first served. */
  readonly #waiting = new Set<Sender>();
  #resuming = false;

  /** @param queueLimitBytes most bytes that a reader's queue holds */
  constructor(queueLimitBytes: number) {
    this.#holdAboveBytes = queueLimitBytes * HOLD_ABOVE;
    this.#releaseAtBytes = queueLimitBytes * RELEASE_AT;
  }

  /** Whether nobody may read lines now. Who wants to calls `wait`. */
  get held(): boolean {
    return this.#lagging.size > 0;
  }

  /** Calls `sender.resume()` when the hold is over. */
  wait(sender: Sender): void {
    this.#waiting.add(sender);
    this.#resumeSoon();
  }

  /** `bytes` wait in the queue of `reader`. */
  report(reader: Reader, bytes: number): void {
    const lag = this.#lagging.get(reader);
    if (lag) lag.bytes = bytes;
    if (bytes > this.#holdAboveBytes) {
      if (lag || this.#leftBehind.has(reader)) return;
      const timer = setInterval(() => this.#check(reader), CHECK_MS);
      this.#lagging.set(reader, { bytes, checks: 0, timer });
    } else if (bytes <= this.#releaseAtBytes) {
      this.#release(reader);
      if (bytes === 0) this.#leftBehind.delete(reader);
    }
  }

  /** Nothing more is said to `reader`: it holds nobody. */
  forgetReader(reader: Reader): void {
    this.#leftBehind.delete(reader);
    this.#release(reader);
  }

  /** Nothing more is read from `sender`: it waits no longer. */
  forgetSender(sender: Sender): void {
    this.#waiting.delete(sender);
  }

  #check(reader: Reader): void {
    const before = this.#lagging.get(reader)?.bytes ?? 0;
    // The system reports space only when a third of its buffer is free: ask once more.
    reader.drained();
    const lag = this.#lagging.get(reader);
    if (lag === undefined) return;
    lag.checks++;
    if (lag.bytes < before && lag.checks < CHECKS_MAX) return;
    this.#leftBehind.add(reader);
    this.#release(reader);
  }

  #release(reader: Reader): void {
    clearInterval(this.#lagging.get(reader)?.timer);
    if (this.#lagging.delete(reader)) this.#resumeSoon();
  }

  /** Not at once: the hold may have ended in the middle of a flush, which must not run again. */
  #resumeSoon(): void {
    if (this.held || this.#resuming) return;
    this.#resuming = true;
    setImmediate(() => {
      this.#resuming = false;
      for (const sender of this.#waiting) {
        if (this.held) break;
        this.#waiting.delete(sender);
        sender.resume();
      }
    });
  }
}
