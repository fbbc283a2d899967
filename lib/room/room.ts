/**
 * The room: its members and their names. It changes in one place, `apply`, by what the journal has
 * put in order, and tells everybody.
 */
import type { Emit, LeaveReason } from "../events.ts";
import { TurnEnd } from "../limits/turn-end.ts";
import { acted, joined, left, renamed, said } from "../text/messages.ts";
import { foldName } from "../text/names.ts";
import { Broadcast, NOTHING_EXCLUDED, type Listener, type Outbox } from "./broadcast.ts";
import { History } from "./history.ts";
import { IgnoreLists } from "./ignore-lists.ts";
import type { Deed } from "./journal.ts";

export interface Member {
  /** Where its client is. */
  readonly client: string;
  readonly name: string;
  /** The name folded: what nobody else's is equal to. */
  readonly key: string;
  /** When it last said something to everyone, on the clock of `performance.now`. */
  readonly spokeAtMs: number;
  /** What others keep of it. */
  readonly contact: Contact;
  /** The person who last wrote to it privately. */
  lastWhisperer: Contact | undefined;
}

/** A member by its name, which does not keep it in memory when it has left. */
export interface Contact {
  name: string;
  member: Member | undefined;
}

/** What only the room changes. */
interface RoomMember extends Member, Listener {
  name: string;
  key: string;
  spokeAtMs: number;
}

const ignore = (): void => {};

/** Takes what is meant for somebody who has gone. */
const NOWHERE: Outbox = {
  enqueue: ignore,
  tell: ignore,
  answer: ignore,
  flush: ignore,
  send: ignore,
  close: ignore,
  failed: ignore,
};

export interface RoomOptions {
  readonly history?: History;
  readonly emit?: Emit;
  readonly turnEnd?: TurnEnd;
}

export class Room {
  /** In order of joining. */
  readonly #members = new Set<RoomMember>();
  readonly #byKey = new Map<string, RoomMember>();
  readonly #broadcast: Broadcast;
  readonly #emit: Emit;
  readonly ignoreLists = new IgnoreLists<Member>();
  /** What was said last. */
  readonly history: History;

  /** @param turnLimitBytes a turn that would outgrow this is flushed before it ends */
  constructor(turnLimitBytes: number, { history, emit, turnEnd }: RoomOptions = {}) {
    this.#broadcast = new Broadcast(turnLimitBytes, turnEnd ?? new TurnEnd());
    this.#emit = emit;
    this.history = history ?? new History(0);
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

  /** Somebody who has yet to join. */
  newcomer(client: string, outbox: Outbox): Member {
    const member: RoomMember = {
      client,
      name: "",
      key: "",
      outbox,
      spokeAtMs: 0,
      contact: { name: "", member: undefined },
      lastWhisperer: undefined,
      seen: 0,
      excluded: NOTHING_EXCLUDED,
    };
    return member;
  }

  /**
   * Does what somebody has proposed, and tells everybody of it.
   *
   * @returns false if that cannot be: somebody else has the name, or the member is not here
   */
  apply(deed: Deed): boolean {
    if (deed.do === "announce") {
      this.#broadcast.publish(deed.lines, "notice");
      return true;
    }
    const own = deed.member as RoomMember;
    switch (deed.do) {
      case "join":
        return this.#join(own, deed.name);
      case "rename":
        return this.#rename(own, deed.name);
      case "say":
        return this.#say(own, said(own.name, deed.text), "said", deed.text);
      case "act":
        return this.#say(own, acted(own.name, deed.text), "acted", deed.text);
      case "leave":
        return this.#leave(own, deed.reason);
      case "send home":
        own.outbox.close("kicked", deed.goodbye);
        return this.#members.has(own);
      default:
        return deed satisfies never;
    }
  }

  /** Sends nothing more to `member`. It is going, and that is yet to be applied. */
  detach(member: Member): void {
    const own = member as RoomMember;
    this.#broadcast.remove(own);
    own.outbox = NOWHERE;
  }

  /** Takes everyone out at once, without a word to the others. */
  dissolve(): void {
    this.#broadcast.flush();
    for (const member of this.#members) this.#broadcast.remove(member);
    this.#members.clear();
    this.#byKey.clear();
  }

  /** Tells this member alone, after all that was published before, as soon as the turn ends. */
  tell(member: Member, text: string): void {
    this.#broadcast.tell(member as RoomMember, text);
  }

  /** The same for what this member has asked for itself, which holds up nobody else. */
  answer(member: Member, text: string): void {
    this.#broadcast.answer(member as RoomMember, text);
  }

  #join(own: RoomMember, name: string): boolean {
    if (!this.#take(own, name)) return false;
    own.spokeAtMs = performance.now();
    own.contact.member = own;
    this.#members.add(own);
    this.#broadcast.add(own);
    this.ignoreLists.joined(own);
    this.#broadcast.publish(joined(name), "notice");
    this.#broadcast.excludeLast(own);
    this.#emit?.({ type: "joined", client: own.client, name });
    return true;
  }

  #rename(own: RoomMember, name: string): boolean {
    const { name: from, key } = own;
    if (!this.#members.has(own) || !this.#take(own, name)) return false;
    if (own.key !== key) this.#byKey.delete(key);
    this.ignoreLists.renamed(own);
    this.#broadcast.publish(renamed(from, name), "notice");
    this.#emit?.({ type: "renamed", client: own.client, from, to: name });
    return true;
  }

  /** Gives a name to somebody, and returns whether nobody else has it. */
  #take(own: RoomMember, name: string): boolean {
    const key = foldName(name);
    const holder = this.#byKey.get(key);
    if (holder !== undefined && holder !== own) return false;
    this.#byKey.set(key, own);
    own.key = key;
    own.name = name;
    own.contact.name = name;
    return true;
  }

  #say(own: RoomMember, line: string, type: "said" | "acted", text: string): boolean {
    if (!this.#members.has(own)) return false;
    own.spokeAtMs = performance.now();
    this.history.add(line);
    this.#broadcast.publish(line, "talk");
    this.#broadcast.excludeLast(own);
    this.ignoreLists.forEachIgnorer(own, (ignorer) => {
      this.#broadcast.excludeLast(ignorer as RoomMember);
    });
    this.#emit?.({ type, client: own.client, name: own.name, text });
    return true;
  }

  #leave(own: RoomMember, reason: LeaveReason): boolean {
    const { client, name, key } = own;
    const wasHere = this.#members.delete(own);
    if (wasHere) {
      this.#byKey.delete(key);
      this.ignoreLists.left(own);
      own.contact.member = undefined;
      own.lastWhisperer = undefined;
      this.#broadcast.publish(left(name), "notice");
    }
    this.#emit?.({ type: "left", client, name, reason });
    return wasHere;
  }
}
