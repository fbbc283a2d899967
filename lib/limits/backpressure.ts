/**
 * Keeps those who send in bulk at the pace of those who read.
 *
 * Somebody who pipes a large file into the chat sends faster than a healthy reader takes it, and
 * the reader's queue would overflow. So a queue more than half full holds the room: a connection
 * that then sends more than a few lines is not read from until the hold ends; TCP slows it down,
 * and nothing is lost. The hold ends when the queue is down to a quarter, which takes a healthy
 * reader a few milliseconds.
 *
 * A reader cannot hold anybody for long. One that makes no progress, or not enough, is left behind: it
 * holds nobody any more until its queue has been empty once, and meanwhile loses lines as the send
 * queue says. An address whose readers are left behind again and again holds nobody for a while. And
 * people who type are never held, whatever readers do, one or many, in turn or at once: what each
 * sender may say during holds comes back faster than anybody types.
 */
import { Budget } from "./budget.ts";
import type { Emit } from "../events.ts";
import type { Timer } from "./timers.ts";
import { TurnEnd } from "./turn-end.ts";

/** Somebody who is sent what others say. */
export interface Reader {
  readonly client: string;
  /** Tries once more to write what waits, and reports the result. */
  retry(): void;
}

/** The address of a reader. */
export interface HoldingAddress {
  /** Whether its readers may hold the room. */
  readonly mayHold: boolean;
  /** A hold of theirs has ended with its reader left behind. */
  abandonHold(): void;
}

/** Somebody who says it. */
export interface Sender {
  /** About how long its next line is, in bytes. */
  readonly nextBytes: number;
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

/** What each sender may say during a hold, as a part of the limit: two screenfuls by default, */
const ALLOWANCE = 1 / 256;

/** and how much of that comes back each second, in bytes: two lines of 100 characters. */
const ALLOWANCE_BYTES_PER_SECOND = 200;

type State =
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

interface ReaderEntry {
  readonly address: HoldingAddress;
  state: State;
}

const KEEPING_UP: State = { phase: "keeping up" };
const LEFT_BEHIND: State = { phase: "left behind" };

/** Most bytes that a reader's queue holds. */
export interface BackpressureSettings {
  readonly queueLimitBytes: number;
}

export class Backpressure {
  readonly #emit: Emit;
  readonly #turnEnd: TurnEnd;
  readonly #settings: BackpressureSettings;
  readonly #readers = new Map<Reader, ReaderEntry>();
  readonly #holding = new Set<Reader>();
  /** What is left of the allowance of those who have spoken since the hold began. */
  readonly #allowances = new Map<Sender, Budget>();
  #isEverybodyHeld = false;
  /** Senders with lines yet to be read, first come first served. */
  readonly #waiting = new Set<Sender>();

  constructor(settings: BackpressureSettings, emit?: Emit, turnEnd = new TurnEnd()) {
    this.#settings = settings;
    this.#emit = emit;
    this.#turnEnd = turnEnd;
  }

  /** How many readers hold the room now. */
  get holding(): number {
    return this.#holding.size;
  }

  /** `reader` is in the room from now on: only then can it hold anybody. */
  addReader(reader: Reader, address: HoldingAddress): void {
    this.#readers.set(reader, { address, state: KEEPING_UP });
  }

  removeReader(reader: Reader): void {
    this.#change(reader, KEEPING_UP);
    this.#readers.delete(reader);
  }

  /** `bytes` wait in the queue of `reader`. */
  report(reader: Reader, bytes: number): void {
    const entry = this.#readers.get(reader);
    if (entry === undefined) return;
    const { address, state } = entry;
    const { queueLimitBytes } = this.#settings;
    if (state.phase === "holding") state.bytes = bytes;
    if (bytes > queueLimitBytes * HOLD_ABOVE) {
      if (state.phase === "keeping up" && address.mayHold) this.#hold(reader, bytes);
    } else if (isReleased(bytes, state, queueLimitBytes)) {
      this.#change(reader, KEEPING_UP);
    }
  }

  /**
   * Whether `sender` may read its next line now. If not, it calls `resumeLater`. A line that is longer
   * than any allowance waits until the hold ends.
   */
  mayRead(sender: Sender): boolean {
    if (this.#isEverybodyHeld) return false;
    if (this.#holding.size === 0) return true;
    const bytes = Math.max(1, sender.nextBytes);
    const allowance = this.#allowances.get(sender);
    if (allowance === undefined) return bytes <= this.#settings.queueLimitBytes * ALLOWANCE;
    return allowance.waitMsFor(bytes) === 0;
  }

  /** Nobody may read a line, whatever readers do; or that is over. */
  holdEverybody(isHeld: boolean): void {
    this.#isEverybodyHeld = isHeld;
    if (!isHeld) this.#resumeSoon();
  }

  /** `sender` has said a line of about this length. */
  spend(sender: Sender, bytes: number): void {
    if (this.#holding.size === 0) return;
    let allowance = this.#allowances.get(sender);
    if (allowance === undefined) {
      const { queueLimitBytes } = this.#settings;
      allowance = new Budget(queueLimitBytes * ALLOWANCE, ALLOWANCE_BYTES_PER_SECOND);
      this.#allowances.set(sender, allowance);
    }
    allowance.spend(bytes);
  }

  /** Calls `sender.resume()` in the next turn in which it may read. */
  resumeLater(sender: Sender): void {
    this.#waiting.add(sender);
    this.#resumeSoon();
  }

  removeSender(sender: Sender): void {
    this.#waiting.delete(sender);
    this.#allowances.delete(sender);
  }

  #hold(reader: Reader, bytes: number): void {
    const timer = setInterval(() => this.#check(reader), CHECK_MS);
    const checked = { checkedBytes: bytes, checks: 0, idleChecks: 0 };
    this.#change(reader, { phase: "holding", timer, bytes, ...checked });
  }

  #check(reader: Reader): void {
    const entry = this.#readers.get(reader);
    if (entry?.state.phase !== "holding") return;
    const { address, state } = entry;
    // The system reports space only when much of its buffer is free: ask once more.
    reader.retry();
    if (entry.state !== state) return;
    state.checks++;
    state.idleChecks = state.bytes < state.checkedBytes ? 0 : state.idleChecks + 1;
    state.checkedBytes = state.bytes;
    if (state.checks === CHECKS_MAX || state.idleChecks === IDLE_CHECKS_MAX) {
      this.#change(reader, LEFT_BEHIND);
      address.abandonHold();
      if (!address.mayHold) this.#endHolds(address);
    }
    // What others may say has grown meanwhile.
    if (this.#waiting.size > 0) this.#resumeSoon();
  }

  #endHolds(address: HoldingAddress): void {
    for (const reader of [...this.#holding]) {
      if (this.#readers.get(reader)?.address === address) this.#change(reader, LEFT_BEHIND);
    }
  }

  #change(reader: Reader, to: State): void {
    const entry = this.#readers.get(reader);
    if (entry === undefined) return;
    const from = entry.state;
    entry.state = to;
    const { client } = reader;
    if (to.phase === "holding") {
      this.#holding.add(reader);
      this.#emit?.({ type: "hold begun", client });
    }
    if (from.phase !== "holding") return;
    clearInterval(from.timer);
    this.#holding.delete(reader);
    this.#emit?.({ type: to === LEFT_BEHIND ? "reader left behind" : "hold ended", client });
    if (this.#holding.size > 0) return;
    this.#allowances.clear();
    this.#resumeSoon();
  }

  /** Not at once: the hold may have ended in the middle of a flush, which must not run again. */
  #resumeSoon(): void {
    this.#turnEnd.run("read", this.#resumeAll);
  }

  readonly #resumeAll = (): void => {
    for (const sender of [...this.#waiting]) {
      // One that came before may have had it removed.
      if (this.mayRead(sender) && this.#waiting.delete(sender)) sender.resume();
    }
  };
}

function isReleased(bytes: number, { phase }: State, queueLimitBytes: number): boolean {
  return bytes === 0 || (phase === "holding" && bytes <= queueLimitBytes * RELEASE_AT);
}
