/**
 * Shares the event loop's time fairly between addresses. What a line costs depends on what it says, and
 * nobody knows which line costs most. So the time is measured. Each address has a slice of each turn. When
 * the slice is used up, no more lines of that address are read in that turn. They wait, and are read in the
 * next turn, before lines that arrive then, until the slice is used up again. The client that has taken least
 * of late comes first. So a flood from one address delays other addresses by one slice a turn, and the people
 * of its own address by a few slices.
 *
 * An address is charged nothing beyond the turn. A pause that is nobody's fault, such as the garbage
 * collector's, costs an address at most one turn. A busy room of cheap lines is read at once.
 *
 * When an address has used up its budget of lines, its lines wait in the same place until the budget refills.
 * Then the client that has said least comes first. Lines that wait are not lost and not overtaken, because
 * their client is not read from meanwhile.
 */
import type { Budget } from "./budget.ts";
import type { Timer } from "./timers.ts";
import { TurnEnd } from "./turn-end.ts";

/** How much of one turn an address may take, in milliseconds. It is checked after each line. */
const SLICE_MS = 2;

/** After this time, in milliseconds, what a client has taken counts half. */
const HALF_LIFE_MS = 10_000;

/** Why clients of an address have to wait: it has too little of this. */
type Scarce = "time" | "lines";

/** A client. Its lines take time. */
export interface Taker {
  /** The slice of its address. */
  readonly slice: Slice;
  /** How many bytes of its input wait here. */
  readonly pendingBytes: number;
  /** How much it had taken at `takenAtMs`. */
  readonly taken: Record<Scarce, number>;
  takenAtMs: number;
  /** Goes on reading. */
  resume(): void;
}

/** What the clients of one address have taken of this turn, and which of them wait for the next. */
export class Slice {
  /** How many lines they may say, all together. */
  readonly lines: Budget;
  takenMs = 0;
  /** The clients that wait, the first at the beginning; undefined if none does. */
  waiting: Set<Taker> | undefined;
  /** The client that has waited and is being read from now. */
  served: Taker | undefined;
  /** Runs while the budget is empty and a client waits. */
  timer: Timer | undefined;

  constructor(lines: Budget) {
    this.lines = lines;
  }

  get isUsedUp(): boolean {
    return this.takenMs >= SLICE_MS || this.lines.waitMs > 0;
  }
}

export class Slices {
  readonly #turnEnd: TurnEnd;
  /** Slices of which something is taken in this turn. */
  readonly #started = new Set<Slice>();
  /** Slices whose clients are read from at the beginning of the next turn, in order. */
  readonly #due = new Set<Slice>();
  /** When the work that is charged next began. */
  #sinceMs = 0;

  constructor(turnEnd = new TurnEnd()) {
    this.#turnEnd = turnEnd;
  }

  /** Work that is charged from now on begins now: what was done before is charged to nobody. */
  begin(): void {
    this.#sinceMs = performance.now();
  }

  /** Charges `taker` for the time since the last call, or since `begin`. */
  charge(taker: Taker): void {
    const nowMs = performance.now();
    const tookMs = nowMs - this.#sinceMs;
    this.#sinceMs = nowMs;
    const left = partLeft(taker, nowMs);
    taker.taken.time = taker.taken.time * left + Math.min(tookMs, SLICE_MS);
    taker.taken.lines = taker.taken.lines * left + 1;
    taker.takenAtMs = nowMs;
    const { slice } = taker;
    if (slice.takenMs === 0) {
      this.#started.add(slice);
      this.#turnEnd.run("read", this.#startTurn);
    }
    slice.takenMs += tookMs;
  }

  /** Whether `taker` may read on now. If not, it calls `wait`. */
  mayRead(taker: Taker): boolean {
    const { slice } = taker;
    return (slice.waiting === undefined || slice.served === taker) && !slice.isUsedUp;
  }

  /** Calls `taker.resume()` when its turn has come. */
  wait(taker: Taker): void {
    const { slice } = taker;
    slice.waiting ??= new Set();
    slice.waiting.add(taker);
    if (slice.served === undefined) this.#request(slice);
  }

  /** `taker` no longer waits. */
  remove(taker: Taker): void {
    const { slice } = taker;
    slice.waiting?.delete(taker);
    if (slice.served === undefined) this.#restIfIdle(slice);
  }

  /** The budget of `slice` has changed, so those who wait for it may have to wait for less or for longer. */
  adapt(slice: Slice): void {
    if (slice.timer === undefined) return;
    clearTimeout(slice.timer);
    slice.timer = undefined;
    this.#request(slice);
  }

  #request(slice: Slice): void {
    const delayMs = slice.lines.waitMs;
    if (delayMs > 0) {
      slice.timer ??= setTimeout(() => this.#serve(slice, "lines"), Math.ceil(delayMs));
    } else {
      this.#due.add(slice);
      this.#turnEnd.run("read", this.#startTurn);
    }
  }

  readonly #startTurn = (): void => {
    for (const slice of this.#started) slice.takenMs = 0;
    this.#started.clear();
    const due = [...this.#due];
    this.#due.clear();
    for (const slice of due) this.#serve(slice, "time");
  };

  #serve(slice: Slice, scarce: Scarce): void {
    this.begin();
    clearTimeout(slice.timer);
    slice.timer = undefined;
    while (slice.waiting !== undefined && slice.waiting.size > 0 && !slice.isUsedUp) {
      const taker = leastOf(slice.waiting, scarce);
      slice.waiting.delete(taker);
      slice.served = taker;
      taker.resume();
    }
    slice.served = undefined;
    if (!this.#restIfIdle(slice)) this.#request(slice);
  }

  /** Returns whether nobody waits any more. */
  #restIfIdle(slice: Slice): boolean {
    if (slice.waiting !== undefined && slice.waiting.size > 0) return false;
    slice.waiting = undefined;
    clearTimeout(slice.timer);
    slice.timer = undefined;
    return true;
  }
}

/** How much of what `taker` has taken still counts. */
function partLeft({ takenAtMs }: Taker, nowMs: number): number {
  return HALF_LIFE_MS / (HALF_LIFE_MS + nowMs - takenAtMs);
}

/**
 * The client that has taken least of late. If several have taken nothing yet, it is the one with the least
 * input, because a flood has much. If these are equal, it is the one that has waited longest.
 */
function leastOf(waiting: Set<Taker>, scarce: Scarce): Taker {
  const nowMs = performance.now();
  let [least] = waiting;
  let leastTaken = Infinity;
  for (const taker of waiting) {
    const taken = taker.taken[scarce] * partLeft(taker, nowMs);
    const isShorter = taken === leastTaken && taker.pendingBytes < (least as Taker).pendingBytes;
    if (taken < leastTaken || isShorter) [least, leastTaken] = [taker, taken];
  }
  return least as Taker;
}
