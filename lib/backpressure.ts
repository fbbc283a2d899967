/**
 * Keeps those who send in bulk at the pace of those who read.
 *
 * Somebody who pipes a large file into the chat sends faster than a healthy reader takes it, and
 * the reader's queue would overflow. So a queue more than half full holds the room: a connection
 * that then sends more than a few lines is not read from until the hold ends; TCP slows it down,
 * and nothing is lost. The hold ends when the queue is down to a quarter, which takes a healthy
 * reader a few milliseconds.
 *
 * People who type are never held, and a reader cannot hold anybody for long. One that makes no
 * progress, or not enough, is left behind: it holds nobody any more until its queue has been empty
 * once, and meanwhile loses lines as the send queue says.
 */

import type { Timer } from "./timers.ts";

/** Somebody who is sent what others say. */
export interface Reader {
  /** Tries once more to write what waits, and reports the result. */
  retry(): void;
}

/** Somebody who says it. */
export interface Sender {
  /** Goes on reading lines from its socket. */
  resume(): void;
}

/** A queue fuller than this part of its limit holds the room. */
const HOLD_ABOVE = 1 / 2;

/** A hold ends when the queue is down to this part of its limit. */
const RELEASE_AT = 1 / 4;

/** How often a reader that holds the room is looked at, in milliseconds. */
const CHECK_MS = 50;

/** One that took nothing at this many checks in a row is left behind. Networks move in lumps. */
const IDLE_CHECKS_MAX = 2;

/** So is one that still holds the room after this many: half a second for a quarter of a queue. */
const CHECKS_MAX = 10;

/** What each sender may say during a hold, as a part of the limit: two screenfuls by default. */
const ALLOWANCE = 1 / 256;

type ReaderState =
  | { readonly phase: "keeping up" }
  | { readonly phase: "left behind" }
  | {
      readonly phase: "holding";
      readonly timer: Timer;
      /** What waits now, and what waited at the last check. */
      bytes: number;
      checkedBytes: number;
      checks: number;
      idleChecks: number;
    };

const KEEPING_UP: ReaderState = { phase: "keeping up" };
const LEFT_BEHIND: ReaderState = { phase: "left behind" };

export class Backpressure {
  readonly #holdAboveBytes: number;
  readonly #releaseAtBytes: number;
  readonly #allowanceBytes: number;
  readonly #readers = new Map<Reader, ReaderState>();
  #holding = 0;
  /** What each sender has said since the hold began. */
  readonly #said = new Map<Sender, number>();
  /** Senders with lines yet to be read, first come first served. */
  readonly #waiting = new Set<Sender>();
  #resuming = false;

  /** @param queueLimitBytes most bytes that a reader's queue holds */
  constructor(queueLimitBytes: number) {
    this.#holdAboveBytes = queueLimitBytes * HOLD_ABOVE;
    this.#releaseAtBytes = queueLimitBytes * RELEASE_AT;
    this.#allowanceBytes = queueLimitBytes * ALLOWANCE;
  }

  /** `reader` is in the room from now on: only then can it hold anybody. */
  addReader(reader: Reader): void {
    this.#readers.set(reader, KEEPING_UP);
  }

  removeReader(reader: Reader): void {
    this.#change(reader, KEEPING_UP);
    this.#readers.delete(reader);
  }

  /** `bytes` wait in the queue of `reader`. */
  report(reader: Reader, bytes: number): void {
    const state = this.#readers.get(reader);
    if (state === undefined) return;
    if (state.phase === "holding") state.bytes = bytes;
    if (bytes > this.#holdAboveBytes) {
      if (state.phase === "keeping up") this.#hold(reader, bytes);
    } else if (bytes === 0 || (state.phase === "holding" && bytes <= this.#releaseAtBytes)) {
      this.#change(reader, KEEPING_UP);
    }
  }

  /** Whether `sender` may read its next line now. If not, it calls `resumeLater`. */
  mayRead(sender: Sender): boolean {
    return this.#holding === 0 || (this.#said.get(sender) ?? 0) < this.#allowanceBytes;
  }

  /** `sender` has said a line of about this length. */
  spend(sender: Sender, bytes: number): void {
    if (this.#holding > 0) this.#said.set(sender, (this.#said.get(sender) ?? 0) + bytes);
  }

  /** Calls `sender.resume()` in the next turn in which nobody holds the room. */
  resumeLater(sender: Sender): void {
    this.#waiting.add(sender);
    this.#resumeSoon();
  }

  removeSender(sender: Sender): void {
    this.#waiting.delete(sender);
    this.#said.delete(sender);
  }

  #hold(reader: Reader, bytes: number): void {
    const timer = setInterval(() => this.#check(reader), CHECK_MS);
    const checked = { checkedBytes: bytes, checks: 0, idleChecks: 0 };
    this.#change(reader, { phase: "holding", timer, bytes, ...checked });
  }

  #check(reader: Reader): void {
    const state = this.#readers.get(reader);
    if (state?.phase !== "holding") return;
    // The system reports space only when much of its buffer is free: ask once more.
    reader.retry();
    if (this.#readers.get(reader) !== state) return;
    state.checks++;
    state.idleChecks = state.bytes < state.checkedBytes ? 0 : state.idleChecks + 1;
    state.checkedBytes = state.bytes;
    if (state.checks === CHECKS_MAX || state.idleChecks === IDLE_CHECKS_MAX) {
      this.#change(reader, LEFT_BEHIND);
    }
  }

  #change(reader: Reader, to: ReaderState): void {
    const from = this.#readers.get(reader);
    if (from === undefined) return;
    this.#readers.set(reader, to);
    if (to.phase === "holding") this.#holding++;
    if (from.phase !== "holding") return;
    clearInterval(from.timer);
    this.#holding--;
    if (this.#holding > 0) return;
    this.#said.clear();
    this.#resumeSoon();
  }

  /** Not at once: the hold may have ended in the middle of a flush, which must not run again. */
  #resumeSoon(): void {
    if (this.#resuming) return;
    this.#resuming = true;
    setImmediate(() => {
      this.#resuming = false;
      for (const sender of [...this.#waiting]) {
        if (this.#holding > 0) break;
        // One that came before may have had it removed.
        if (this.#waiting.delete(sender)) sender.resume();
      }
    });
  }
}
