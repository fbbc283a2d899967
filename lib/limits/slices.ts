/**
 * Shares the event loop's time out fairly. What a line costs depends on what it says, and the dearest
 * line that anybody can think of is not known yet. So lines are read in slices: an address that has
 * taken its slice of a turn reads no more in that turn. Its other lines wait, and are read in the next
 * turn, before what arrives then, until the slice is used up again; the client that has taken least of
 * late comes first. So a flood from one address delays the others by one slice a turn, and its own
 * people by a few.
 *
 * An address is charged nothing beyond the turn: a pause that is nobody's fault (the garbage
 * collector's, say) costs whoever it happens to at most one turn. A busy room of cheap lines is read at
 * once.
 *
 * The lines of an address that has used up its budget wait in the same place, for the budget; then the
 * client that has said least comes first. What waits is neither lost nor overtaken: its client is not
 * read from meanwhile.
 */
import type { Budget } from "./budget.ts";
import type { Timer } from "./timers.ts";
import { TurnEnd } from "./turn-end.ts";

/** What an address may take of one turn, in milliseconds. Looked at after each line. */
const SLICE_MS = 2;

/** What a client has taken counts half after this time, in milliseconds. */
const HALF_LIFE_MS = 10_000;

/** What an address has too little of when its clients have to wait. */
type Scarce = "time" | "lines";

/** A client, whose lines take time. */
export interface Taker {
  /** Its address's. */
  readonly slice: Slice;
  /** How much of its input waits here. */
  readonly pendingBytes: number;
  /** What it had taken of late, and when that was. */
  readonly taken: Record<Scarce, number>;
  takenAtMs: number;
  /** Goes on reading. */
  resume(): void;
}

/** What the clients of one address have taken of this turn, and who of them waits for the next. */
export class Slice {
  /** What they may say together. */
  readonly lines: Budget;
  takenMs = 0;
  /** Who waits, the first at the beginning; undefined if nobody does. */
  waiting: Set<Taker> | undefined;
  /** Who is being read from, after it has waited. */
  served: Taker | undefined;
  /** Runs while the budget is empty and somebody waits. */
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
  /** Those of which something is taken in this turn. */
  readonly #started = new Set<Slice>();
  /** Those whose clients are read from at the beginning of the next one, in order. */
  readonly #due = new Set<Slice>();
  #isTurnDue = false;
  /** When the work began that is charged next. */
  #sinceMs = 0;

  constructor(turnEnd = new TurnEnd()) {
    this.#turnEnd = turnEnd;
  }

  /** What was done before is not charged to whoever is charged next. */
  begin(): void {
    this.#sinceMs = performance.now();
  }

  /** What was done since the last call, or since `begin`, was done for `taker`. */
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
      this.#requestTurn();
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

  /** `taker` waits no more. */
  remove(taker: Taker): void {
    const { slice } = taker;
    slice.waiting?.delete(taker);
    if (slice.served === undefined) this.#restIfIdle(slice);
  }

  #request(slice: Slice): void {
    const delayMs = slice.lines.waitMs;
    if (delayMs > 0) {
      slice.timer ??= setTimeout(() => this.#serve(slice, "lines"), Math.ceil(delayMs));
    } else {
      this.#due.add(slice);
      this.#requestTurn();
    }
  }

  #requestTurn(): void {
    if (this.#isTurnDue) return;
    this.#isTurnDue = true;
    this.#turnEnd.run("read", this.#startTurn);
  }

  readonly #startTurn = (): void => {
    this.#isTurnDue = false;
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
 * Who has taken least of late; of those who have taken nothing yet the one that has least to say, as a
 * flood has much; of equals the one that has waited longest.
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
