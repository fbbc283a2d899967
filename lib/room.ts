/**
 * The room: who is in it under which name, and the turn.
 *
 * A turn is everything published during one turn of the event loop. Its lines are encoded one
 * after the other into one array of bytes; when the turn ends each member is handed the part that
 * it has not seen, for most of them the very same array, and writes once. A send costs the same
 * for one line as for a hundred, so this is what makes a busy room cheap.
 *
 * `member.seen` is an offset into the turn: what lies before it is dealt with, and whoever joins in
 * mid-turn starts at its end. `member.own` are the parts after it that the member said itself: it is
 * given the turn without these, so that nobody hears itself and the order holds.
 */
import { Chunk, tail } from "./chunk.ts";
import { FlushTimer, type Urgency } from "./flush-timer.ts";
import { foldName } from "./names.ts";

/** Where a member's lines go. No call may run the room's code again. */
export interface Outbox {
  /** Takes `chunk` after all that it was given before; does not send yet. */
  enqueue(chunk: Chunk): void;
  /** The same for text that is meant for this client alone. */
  tell(text: string): void;
  /** Sends what it holds, as far as its socket takes it. */
  flush(): void;
  /** `enqueue` and `flush` in one, which where nothing waits is cheaper. */
  send(chunk: Chunk): void;
  /** One of these calls threw. This one may run the room's code. */
  failed(error: unknown): void;
}

export interface Member {
  readonly name: string;
  readonly outbox: Outbox;
  seen: number;
  /** Where each part begins and ends, one after the other. */
  own: readonly number[];
}

/** Shared by all, and never written to. */
const NOTHING: readonly number[] = Object.freeze([]);

/** The most bytes that UTF-8 needs for one UTF-16 code unit. */
const BYTES_PER_UNIT_MAX = 3;

export class Room {
  readonly #turnLimitBytes: number;
  /** By folded name, in order of joining. */
  readonly #members = new Map<string, Member>();
  /** The turn's bytes: the first `#turnBytes` of a buffer that every turn uses again. */
  #turn: Buffer;
  #turnBytes = 0;
  #turnLines = 0;
  readonly #flushTimer = new FlushTimer(() => this.#flush());

  /** @param turnLimitBytes a turn that would outgrow this is flushed before it ends */
  constructor(turnLimitBytes: number) {
    this.#turnLimitBytes = turnLimitBytes;
    this.#turn = Buffer.allocUnsafeSlow(turnLimitBytes);
  }

  /** Whether somebody here has this name, or one that is the same. */
  has(name: string): boolean {
    return this.#members.has(foldName(name));
  }

  /** Admits a member, or returns `undefined` if somebody here has the same name. */
  join(name: string, outbox: Outbox): Member | undefined {
    const key = foldName(name);
    if (this.#members.has(key)) return undefined;
    const member = { name, outbox, seen: this.#turnBytes, own: NOTHING };
    this.#members.set(key, member);
    return member;
  }

  /** Takes a member out, if it is in; what was published before still reaches it. */
  leave(member: Member): void {
    const key = foldName(member.name);
    if (this.#members.get(key) !== member) return;
    this.#bringUpToDate(member);
    this.#members.delete(key);
  }

  /** Takes everyone out at once, without a word to the others. */
  dissolve(): void {
    this.#flush();
    this.#members.clear();
  }

  /** Sends `line`, which somebody said and which ends in LF, to everyone but its author. */
  publish(line: string, author?: Member): void {
    this.#append(line, author, "talk");
  }

  /** The same for a notice of who is here, which is less pressing, and whom it is about. */
  announce(line: string, subject?: Member): void {
    this.#append(line, subject, "notice");
  }

  /**
   * Enqueues what `member` has not seen of the turn, so that a line meant for it alone can follow
   * in order. That line goes out when the turn ends.
   */
  settle(member: Member): void {
    this.#bringUpToDate(member);
    this.#flushTimer.request("talk");
  }

  #bringUpToDate(member: Member): void {
    const bytes = without(member.own, this.#turn.subarray(0, this.#turnBytes), member.seen);
    if (bytes.length > 0) member.outbox.enqueue(new Chunk(bytes));
    member.seen = this.#turnBytes;
    member.own = NOTHING;
  }

  #append(line: string, author: Member | undefined, urgency: Urgency): void {
    const bytesMax = line.length * BYTES_PER_UNIT_MAX;
    this.#makeSpace(bytesMax);
    const start = this.#turnBytes;
    this.#turnBytes += this.#turn.write(line, start);
    this.#turnLines++;
    if (author) setApart(author, start, this.#turnBytes);
    this.#flushTimer.request(urgency);
  }

  /** Hands every member what it has not seen of the turn, and has all of them write. */
  #flush(): void {
    const startedMs = performance.now();
    // Exactly sized, because queues hold on to it.
    const bytes = new Uint8Array(this.#turn.subarray(0, this.#turnBytes));
    const lines = this.#turnLines;
    const whole = new Chunk(bytes);
    this.#turnBytes = 0;
    this.#turnLines = 0;
    const failures: [Outbox, unknown][] = [];
    for (const member of this.#members.values()) {
      const { seen, own, outbox } = member;
      member.seen = 0;
      member.own = NOTHING;
      try {
        if (own.length > 0) outbox.send(new Chunk(without(own, bytes, seen)));
        else if (seen >= bytes.length) outbox.flush();
        else outbox.send(seen === 0 ? whole : new Chunk(tail(bytes, seen)));
      } catch (error) {
        failures.push([outbox, error]);
      }
    }
    // Not at once: what a failure sets off may publish, and this may be in the middle of that.
    if (failures.length > 0) {
      setImmediate(() => failures.forEach(([outbox, error]) => outbox.failed(error)));
    }
    this.#flushTimer.flushed(lines, startedMs);
  }

  /** A turn stays within its limit, but for a single line that is longer. */
  #makeSpace(bytesMax: number): void {
    if (this.#turnBytes > 0 && this.#turnBytes + bytesMax > this.#turnLimitBytes) this.#flush();
    if (bytesMax > this.#turn.length) this.#turn = Buffer.allocUnsafeSlow(bytesMax);
  }
}

/** The part from `start` to `end` of the turn is this member's own. */
function setApart(member: Member, start: number, end: number): void {
  const { own } = member;
  member.own = own.at(-1) === start ? own.with(-1, end) : [...own, start, end];
}

/** A copy of `bytes` from `start` on, without the parts that `own` names. */
function without(own: readonly number[], bytes: Uint8Array, start: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let from = start;
  for (let index = 0; index < own.length; index += 2) {
    parts.push(bytes.subarray(from, own[index]));
    from = own[index + 1] as number;
  }
  parts.push(bytes.subarray(from));
  return Buffer.concat(parts);
}
