/**
 * The room: who is in it under which name, and the turn.
 *
 * A turn is everything published during one turn of the event loop. Its lines are encoded one
 * after the other into one array of bytes; when the turn ends each member is handed the part that
 * it has not seen, for most of them the very same array, and writes once. A send costs the same
 * for one line as for a hundred, so this is what makes a busy room cheap.
 *
 * `member.seen` is an offset into the turn: what lies before it is dealt with, and whoever joins in
 * mid-turn starts at its end. `member.excluded` are the parts after it that are not for this member: what
 * it said itself, and what those say whom it ignores. It is given the turn without these, so that
 * nobody hears itself and the order holds.
 */
import type { LeaveReason } from "../events.ts";
import { Chunk, ownCopy, tail } from "./chunk.ts";
import { FlushTimer, type Urgency } from "./flush-timer.ts";
import { History } from "./history.ts";
import { IgnoreLists } from "./ignore-lists.ts";
import { foldName } from "../text/names.ts";

/** Where a member's lines go. No call may run the room's code again. */
export interface Outbox {
  /** Takes `chunk` after all that it was given before; does not send yet. */
  enqueue(chunk: Chunk): void;
  /** The same for text that is meant for this client alone. */
  tell(text: string): void;
  /** The same for what this client has asked for itself. */
  answer(text: string): void;
  /** Sends what it holds, as far as its socket takes it. */
  flush(): void;
  /**
   * `enqueue` and `flush` in one, which where nothing waits is cheaper. Bytes that are lent are the room's
   * again when it returns.
   */
  send(chunk: Chunk, isLent?: boolean): void;
  /** Sends its client home with these last words. This one may run the room's code. */
  close(reason: LeaveReason, goodbye: string): void;
  /** One of these calls threw. This one may run the room's code. */
  failed(error: unknown): void;
}

export interface Member {
  readonly name: string;
  /** The name folded: what nobody else's is equal to. */
  readonly key: string;
  readonly outbox: Outbox;
  /** When it last said something to everyone, on the clock of `performance.now`. */
  spokeAtMs: number;
  /** What others keep of it. */
  readonly contact: Contact;
  /** Who last wrote to it privately. */
  lastWhisperer: Contact | undefined;
}

/** A member by its name, which does not keep it in memory when it has left. */
export interface Contact {
  name: string;
  member: Member | undefined;
}

/** What only the room changes. */
interface RoomMember extends Member {
  name: string;
  key: string;
  seen: number;
  /** Where each part begins and ends, one after the other. */
  excluded: number[];
}

/** Shared by all, and never written to. */
const NOTHING: number[] = [];
Object.freeze(NOTHING);

/** The most bytes that UTF-8 needs for one UTF-16 code unit. */
export const BYTES_PER_UNIT_MAX = 3;

export class Room {
  readonly #turnLimitBytes: number;
  /** In order of joining. */
  readonly #members = new Set<RoomMember>();
  readonly #byKey = new Map<string, RoomMember>();
  /** Those who have been told something that no flush has sent. */
  readonly #unflushed = new Set<RoomMember>();
  readonly ignoreLists = new IgnoreLists<Member>();
  /** The turn's bytes: the first `#turnBytes` of a buffer that every turn uses again. */
  #turn: Buffer;
  /** Where the turn without some parts is put together for one member after the other. */
  #scratch = Buffer.alloc(0);
  #turnBytes = 0;
  #turnLines = 0;
  readonly #flushTimer = new FlushTimer(() => this.#flush());

  /** What was said last. */
  readonly history: History;

  /** @param turnLimitBytes a turn that would outgrow this is flushed before it ends */
  constructor(turnLimitBytes: number, history = new History(0)) {
    this.history = history;
    this.#turnLimitBytes = turnLimitBytes;
    this.#turn = Buffer.allocUnsafeSlow(turnLimitBytes);
  }

  /** How many are here. */
  get size(): number {
    return this.#members.size;
  }

  /** Who is here, in order of joining. */
  get members(): Iterable<Member> {
    return this.#members;
  }

  /** The keys of all who are here. */
  get keys(): Iterable<string> {
    return this.#byKey.keys();
  }

  /** The member whose name has this key. */
  find(key: string): Member | undefined {
    return this.#byKey.get(key);
  }

  /** Admits a member, or returns `undefined` if somebody here has the same name. */
  join(name: string, outbox: Outbox): Member | undefined {
    const key = foldName(name);
    if (this.#byKey.has(key)) return undefined;
    const member: RoomMember = {
      name,
      key,
      outbox,
      spokeAtMs: performance.now(),
      contact: { name, member: undefined },
      lastWhisperer: undefined,
      seen: this.#turnBytes,
      excluded: NOTHING,
    };
    member.contact.member = member;
    this.#members.add(member);
    this.#byKey.set(key, member);
    this.ignoreLists.joined(member);
    return member;
  }

  /** Gives a member another name, and returns whether nobody else here has the same. */
  rename(member: Member, name: string): boolean {
    const own = member as RoomMember;
    const key = foldName(name);
    const holder = this.#byKey.get(key);
    if (holder !== undefined && holder !== own) return false;
    this.#byKey.delete(own.key);
    this.#byKey.set(key, own);
    own.key = key;
    own.name = name;
    own.contact.name = name;
    this.ignoreLists.renamed(own);
    return true;
  }

  /** Takes a member out, if it is in; what was published before still reaches it. */
  leave(member: Member): void {
    const own = member as RoomMember;
    if (!this.#members.delete(own)) return;
    this.#bringUpToDate(own);
    this.#byKey.delete(own.key);
    this.#unflushed.delete(own);
    this.ignoreLists.left(own);
    own.contact.member = undefined;
    own.lastWhisperer = undefined;
  }

  /** Takes everyone out at once, without a word to the others. */
  dissolve(): void {
    this.#flush();
    this.#members.clear();
    this.#byKey.clear();
  }

  /** Sends `line`, which somebody said and which ends in LF, to everyone but its author. */
  publish(line: string, author?: Member): void {
    if (author) author.spokeAtMs = performance.now();
    this.history.add(line);
    this.#append(line, author, "talk");
  }

  /** The same for a notice of who is here, which is less pressing, and whom it is about. */
  announce(line: string, subject?: Member): void {
    this.#append(line, subject, "notice");
  }

  /** Tells this member alone, after all that was published before, as soon as the turn ends. */
  tell(member: Member, text: string): void {
    this.#bringUpToDate(member as RoomMember);
    member.outbox.tell(text);
    this.#flushLater(member as RoomMember);
  }

  /** The same for what this member has asked for itself. */
  answer(member: Member, text: string): void {
    this.#bringUpToDate(member as RoomMember);
    member.outbox.answer(text);
    this.#flushLater(member as RoomMember);
  }

  #flushLater(own: RoomMember): void {
    if (this.#unflushed.size === 0) setImmediate(() => this.#flushLate());
    this.#unflushed.add(own);
  }

  #bringUpToDate(member: RoomMember): void {
    const turn = this.#turn.subarray(0, this.#turnBytes);
    const bytes = this.#without(member.excluded, turn, member.seen);
    if (bytes.length > 0) member.outbox.enqueue(new Chunk(ownCopy(bytes)));
    member.seen = this.#turnBytes;
    member.excluded = NOTHING;
  }

  #append(line: string, author: Member | undefined, urgency: Urgency): void {
    const bytesMax = line.length * BYTES_PER_UNIT_MAX;
    this.#makeSpace(bytesMax);
    const start = this.#turnBytes;
    this.#turnBytes += this.#turn.write(line, start);
    this.#turnLines++;
    if (author) {
      exclude(author as RoomMember, start, this.#turnBytes);
      if (urgency === "talk") {
        this.ignoreLists.forEachIgnorer(author, (ignorer) => {
          exclude(ignorer as RoomMember, start, this.#turnBytes);
        });
      }
    }
    this.#flushTimer.request(urgency);
  }

  /** Hands every member what it has not seen of the turn, and has all of them write. */
  #flush(): void {
    const startedMs = performance.now();
    // Exactly sized, because queues hold on to it.
    const bytes = ownCopy(this.#turn.subarray(0, this.#turnBytes));
    const lines = this.#turnLines;
    const whole = new Chunk(bytes);
    this.#turnBytes = 0;
    this.#turnLines = 0;
    this.#unflushed.clear();
    this.#each(this.#members, (member) => {
      const { seen, excluded, outbox } = member;
      member.seen = 0;
      member.excluded = NOTHING;
      if (excluded.length > 0) outbox.send(new Chunk(this.#without(excluded, bytes, seen)), true);
      else if (seen >= bytes.length) outbox.flush();
      else outbox.send(seen === 0 ? whole : new Chunk(tail(bytes, seen)));
    });
    this.#flushTimer.flushed(lines, startedMs);
  }

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

  #flushLate(): void {
    const unflushed = [...this.#unflushed];
    this.#unflushed.clear();
    this.#each(unflushed, ({ outbox }) => outbox.flush());
  }

  /** What one member's outbox throws concerns no other. */
  #each(members: Iterable<RoomMember>, act: (member: RoomMember) => void): void {
    const failures: [Outbox, unknown][] = [];
    for (const member of members) {
      try {
        act(member);
      } catch (error) {
        failures.push([member.outbox, error]);
      }
    }
    // Not at once: what a failure sets off may publish, and this may be in the middle of that.
    if (failures.length > 0) {
      setImmediate(() => failures.forEach(([outbox, error]) => outbox.failed(error)));
    }
  }

  /** A turn stays within its limit, but for a single line that is longer. */
  #makeSpace(bytesMax: number): void {
    if (this.#turnBytes > 0 && this.#turnBytes + bytesMax > this.#turnLimitBytes) this.#flush();
    if (bytesMax > this.#turn.length) this.#turn = Buffer.allocUnsafeSlow(bytesMax);
  }
}

/** The part from `start` to `end` of the turn is not for this member. */
function exclude(member: RoomMember, start: number, end: number): void {
  const { excluded } = member;
  if (excluded.length === 0) member.excluded = [start, end];
  else if (excluded.at(-1) === start) excluded[excluded.length - 1] = end;
  else excluded.push(start, end);
}
