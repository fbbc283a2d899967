/**
 * Everything published during one turn of the event loop leaves in one write for each listener.
 *
 * The turn's lines are encoded one after the other into one array of bytes. When the turn ends each
 * listener is handed the part that it has not seen, for most of them the very same array, and writes
 * once. A send costs the same for one line as for a hundred, so this is what makes a busy room cheap.
 *
 * `seen` is an offset into the turn: what lies before it is dealt with, and one that comes in mid-turn
 * starts at its end. `excluded` are the parts after it that are not for this listener: what it said
 * itself, and what people say that it ignores. It is given the turn without these, so that nobody hears
 * itself and the order holds.
 */
import type { LeaveReason } from "../events.ts";
import type { Histogram } from "../limits/histogram.ts";
import { TurnEnd } from "../limits/turn-end.ts";
import { Chunk, ownCopy, tail } from "./chunk.ts";
import { FlushTimer, type Urgency } from "./flush-timer.ts";

/** Where a listener's lines go. No call may run the room's code again. */
export interface Outbox {
  /** Whether its client is told also what it says itself. */
  readonly hearsItself?: boolean;
  /** Takes `chunk` after all that it was given before; does not send yet. */
  enqueue(chunk: Chunk): void;
  /** The same for text that is meant for this client alone. */
  tell(text: string): void;
  /** The same for what this client has asked for itself. */
  answer(text: string): void;
  /** Sends what it holds, as far as its socket takes it. */
  flush(): void;
  /**
   * `enqueue` and `flush` in one, which where nothing waits is cheaper. Bytes that are lent are the
   * caller's again when it returns.
   */
  send(chunk: Chunk, isLent?: boolean): void;
  /** Sends its client home with these last words. This one may run the room's code. */
  close(reason: LeaveReason, goodbye: string): void;
  /** One of these calls threw. This one may run the room's code. */
  failed(error: unknown): void;
}

/** Somebody who is told everything. */
export interface Listener {
  outbox: Outbox;
  seen: number;
  /** Where each part begins and ends, one after the other. */
  excluded: number[];
}

export interface BroadcastFigures {
  readonly deliveries: number;
  readonly flushes: Histogram;
}

/** Shared by all, and never written to. */
export const NOTHING_EXCLUDED: number[] = [];
Object.freeze(NOTHING_EXCLUDED);

/** The most bytes that UTF-8 needs for one UTF-16 code unit. */
export const BYTES_PER_UNIT_MAX = 3;

export class Broadcast {
  #turnLimitBytes: number;
  readonly #turnEnd: TurnEnd;
  readonly #flushTimer: FlushTimer;
  readonly #listeners = new Set<Listener>();
  /** Those who have been told something that no flush has sent. */
  readonly #unflushed = new Set<Listener>();
  /** The turn's bytes: the first `#turnBytes` of a buffer that every turn uses again. */
  #turn: Buffer;
  #turnBytes = 0;
  #turnLines = 0;
  #deliveries = 0;
  /** Where the last line begins. */
  #lastStart = 0;
  /** Where the turn without some parts is put together for one listener after the other. */
  #scratch = Buffer.alloc(0);

  /** @param turnLimitBytes a turn that would outgrow this is flushed before it ends */
  constructor(turnLimitBytes: number, turnEnd: TurnEnd) {
    this.#turnLimitBytes = turnLimitBytes;
    this.#turn = Buffer.allocUnsafeSlow(turnLimitBytes);
    this.#turnEnd = turnEnd;
    this.#flushTimer = new FlushTimer(turnEnd, () => this.flush());
  }

  /** Changes how much a turn may hold. What it holds already is flushed. */
  limitTurn(bytes: number): void {
    if (bytes === this.#turnLimitBytes) return;
    if (this.#turnBytes > 0) this.flush();
    this.#turnLimitBytes = bytes;
    this.#turn = Buffer.allocUnsafeSlow(bytes);
  }

  /** How many lines were for how many listeners, and how long flushes took. */
  /** For how long what is said waits, in milliseconds. */
  get pauseMs(): number {
    return this.#flushTimer.pauseMs;
  }

  get figures(): BroadcastFigures {
    return { deliveries: this.#deliveries, flushes: this.#flushTimer.durations };
  }

  /** `listener` is told what is published from here on. */
  add(listener: Listener): void {
    listener.seen = this.#turnBytes;
    this.#listeners.add(listener);
  }

  /** What was published before still reaches `listener`; nothing after it does. */
  remove(listener: Listener): void {
    if (!this.#listeners.delete(listener)) return;
    this.#bringUpToDate(listener);
    this.#unflushed.delete(listener);
  }

  /** Sends `line`, which ends in LF, to everybody. */
  publish(line: string, urgency: Urgency): void {
    this.#makeSpace(line.length * BYTES_PER_UNIT_MAX);
    this.#lastStart = this.#turnBytes;
    this.#turnBytes += this.#turn.write(line, this.#lastStart);
    this.#turnLines++;
    this.#deliveries += this.#listeners.size;
    this.#flushTimer.request(urgency);
  }

  /** The line that was published last is not for `listener`, if it is told anything at all. */
  excludeLast(listener: Listener): void {
    if (!this.#listeners.has(listener)) return;
    this.#deliveries--;
    const { excluded } = listener;
    const start = this.#lastStart;
    const end = this.#turnBytes;
    if (excluded.length === 0) listener.excluded = [start, end];
    else if (excluded.at(-1) === start) excluded[excluded.length - 1] = end;
    else excluded.push(start, end);
  }

  /**
   * Tells `listener` alone, after all that was published before, as soon as the turn ends. One that was removed is
   * told nothing: what it has done may be applied when it has gone.
   */
  tell(listener: Listener, text: string): void {
    if (!this.#listeners.has(listener)) return;
    this.#bringUpToDate(listener);
    listener.outbox.tell(text);
    this.#flushLater(listener);
  }

  /** The same for what this listener has asked for itself. */
  answer(listener: Listener, text: string): void {
    if (!this.#listeners.has(listener)) return;
    this.#bringUpToDate(listener);
    listener.outbox.answer(text);
    this.#flushLater(listener);
  }

  /** Hands every listener what it has not seen of the turn, and has all of them write. */
  flush(): void {
    const startedMs = performance.now();
    // Exactly sized, because queues hold on to it.
    const bytes = Buffer.allocUnsafeSlow(this.#turnBytes);
    this.#turn.copy(bytes, 0, 0, this.#turnBytes);
    const lines = this.#turnLines;
    const whole = new Chunk(bytes);
    this.#turnBytes = 0;
    this.#turnLines = 0;
    this.#unflushed.clear();
    this.#each(this.#listeners, (listener) => {
      const { seen, excluded, outbox } = listener;
      // Most are like this. To write to none of their fields is faster.
      if (seen === 0 && excluded.length === 0 && bytes.length > 0) return outbox.send(whole);
      listener.seen = 0;
      listener.excluded = NOTHING_EXCLUDED;
      if (excluded.length > 0) outbox.send(new Chunk(this.#without(excluded, bytes, seen)), true);
      else if (seen >= bytes.length) outbox.flush();
      else outbox.send(new Chunk(tail(bytes, seen)));
    });
    this.#flushTimer.flushed(lines, startedMs);
  }

  #bringUpToDate(listener: Listener): void {
    const turn = this.#turn.subarray(0, this.#turnBytes);
    const bytes = this.#without(listener.excluded, turn, listener.seen);
    if (bytes.length > 0) listener.outbox.enqueue(new Chunk(ownCopy(bytes)));
    listener.seen = this.#turnBytes;
    listener.excluded = NOTHING_EXCLUDED;
  }

  #flushLater(listener: Listener): void {
    this.#unflushed.add(listener);
    this.#turnEnd.run("send", this.#flushLate);
  }

  readonly #flushLate = (): void => {
    const unflushed = [...this.#unflushed];
    this.#unflushed.clear();
    this.#each(unflushed, ({ outbox }) => outbox.flush());
  };

  /** `bytes` from `start` on, without the parts that `excluded` names: lent, until it is called again. */
  #without(excluded: readonly number[], bytes: Buffer, start: number): Buffer {
    if (this.#scratch.length < bytes.length) {
      this.#scratch = Buffer.allocUnsafeSlow(Math.max(bytes.length, this.#turnLimitBytes));
    }
    let size = 0;
    let from = start;
    for (let index = 0; index < excluded.length; index += 2) {
      size += bytes.copy(this.#scratch, size, from, excluded[index]);
      from = excluded[index + 1] as number;
    }
    size += bytes.copy(this.#scratch, size, from);
    return this.#scratch.subarray(0, size);
  }

  /** What one outbox throws concerns nobody else. */
  #each(listeners: Iterable<Listener>, act: (listener: Listener) => void): void {
    for (const listener of listeners) {
      try {
        act(listener);
      } catch (error) {
        const { outbox } = listener;
        this.#turnEnd.run("end", () => outbox.failed(error));
      }
    }
  }

  /** A turn stays within its limit, except where a single line is longer. */
  #makeSpace(bytesMax: number): void {
    if (this.#turnBytes > 0 && this.#turnBytes + bytesMax > this.#turnLimitBytes) this.flush();
    if (bytesMax > this.#turn.length) this.#turn = Buffer.allocUnsafeSlow(bytesMax);
  }
}
