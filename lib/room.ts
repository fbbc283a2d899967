/**
 * The room: who is in it under which name, and the turn.
 *
 * A turn is everything published during one turn of the event loop. Its lines are encoded one
 * after the other into one array of bytes; when the turn ends each member is handed the part that
 * it has not seen, for most of them the very same array, and writes once. A send costs the same
 * for one line as for a hundred, so this is what makes a busy room cheap.
 *
 * `member.seen` is an offset into the turn: what lies before it is dealt with. An author is first
 * given what came before its own line, then `seen` moves past that line: nobody hears itself, and
 * the order holds. Whoever joins in mid-turn starts at the end.
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
}

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
    const member = { name, outbox, seen: this.#turnBytes };
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
    if (member.seen >= this.#turnBytes) return;
    member.outbox.enqueue(new Chunk(this.#copyOfTurn(member.seen)));
    member.seen = this.#turnBytes;
  }

  #append(line: string, author: Member | undefined, urgency: Urgency): void {
    const bytesMax = line.length * BYTES_PER_UNIT_MAX;
    this.#makeSpace(bytesMax);
    if (author) this.#bringUpToDate(author);
    this.#turnBytes += this.#turn.write(line, this.#turnBytes);
    this.#turnLines++;
    if (author) author.seen = this.#turnBytes;
    this.#flushTimer.request(urgency);
  }

  /** Hands every member what it has not seen of the turn, and has all of them write. */
  #flush(): void {
    const startedMs = performance.now();
    const bytes = this.#copyOfTurn(0);
    const lines = this.#turnLines;
    const whole = new Chunk(bytes);
    this.#turnBytes = 0;
    this.#turnLines = 0;
    const failures: [Outbox, unknown][] = [];
    for (const member of this.#members.values()) {
      const { seen, outbox } = member;
      member.seen = 0;
      try {
        if (seen >= bytes.length) outbox.flush();
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

  /** Exactly sized, because queues hold on to it. */
  #copyOfTurn(start: number): Uint8Array {
    return new Uint8Array(this.#turn.subarray(start, this.#turnBytes));
  }
}
