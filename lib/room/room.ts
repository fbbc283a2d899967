/**
 * The room: it changes in one place, `apply`, by what the journal has put in order, and tells everybody.
 */
import type { Emit, LeaveReason } from "../events.ts";
import { TurnEnd } from "../limits/turn-end.ts";
import { acted, joined, left, privateFrom, privateTo, renamed, said } from "../text/messages.ts";
import { Broadcast, type BroadcastFigures, type Outbox } from "./broadcast.ts";
import { History } from "./history.ts";
import { IgnoreLists } from "./ignore-lists.ts";
import type { Deed } from "./journal.ts";
import { Members, type Roll } from "./members.ts";
import { createMember, NOWHERE, type Member, type RoomMember } from "./member.ts";

export interface RoomOptions {
  readonly history?: History;
  readonly emit?: Emit;
  readonly turnEnd?: TurnEnd;
}

export class Room {
  readonly #members = new Members();
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

  /** Changes how much a turn may hold. */
  limitTurn(bytes: number): void {
    this.#broadcast.limitTurn(bytes);
  }

  /** For how long nobody is told what others say, in milliseconds, because there is much of it. */
  get pauseMs(): number {
    return this.#broadcast.pauseMs;
  }

  get figures(): BroadcastFigures {
    return this.#broadcast.figures;
  }

  /** Who is here. */
  get members(): Roll {
    return this.#members;
  }

  /** Somebody who has yet to join: a client, or without arguments one who is connected elsewhere. */
  newcomer(client?: string, outbox?: Outbox): Member {
    return createMember(client, outbox);
  }

  /**
   * Does what somebody has proposed, and tells everybody of it.
   *
   * @param atMs when it was done, on the clock of `performance.now`
   * @returns false if that cannot be: somebody else has the name, or the member is not here
   */
  apply(deed: Deed, atMs = performance.now()): boolean {
    if (deed.do === "announce") {
      this.#broadcast.publish(deed.lines, "notice");
      return true;
    }
    const own = deed.member as RoomMember;
    switch (deed.do) {
      case "join":
        return this.#join(own, deed.name, atMs);
      case "rename":
        return this.#rename(own, deed.name);
      case "say":
        return this.#say(own, said(own.name, deed.text), deed, atMs);
      case "act":
        return this.#say(own, acted(own.name, deed.text), deed, atMs);
      case "whisper":
        return this.#whisper(own, deed.to as RoomMember, deed.text);
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
  }

  /** Tells this member alone, after all that was published before, as soon as the turn ends. */
  tell(member: Member, text: string): void {
    this.#broadcast.tell(member as RoomMember, text);
  }

  /** The same for what this member has asked for itself, which holds up nobody else. */
  answer(member: Member, text: string): void {
    this.#broadcast.answer(member as RoomMember, text);
  }

  /**
   * Takes over what is known elsewhere, and tells nobody: who is here, in order of joining, under which
   * names, and when each has spoken last. Everybody else is no longer here.
   */
  restore(people: Iterable<{ member: Member; name: string; spokeAtMs: number }>): void {
    const before = new Set(this.#members);
    this.#members.clear();
    for (const { member, name, spokeAtMs } of people) {
      const own = member as RoomMember;
      this.#take(own, name);
      this.#add(own, spokeAtMs, !before.has(own));
    }
    for (const member of before) if (!this.#members.has(member)) this.#forget(member);
  }

  /** Somebody is here again of whom nobody was told that it had gone. Nobody is told of this either. */
  readmit(member: Member): void {
    this.#take(member as RoomMember, member.name);
    this.#add(member as RoomMember, member.spokeAtMs);
  }

  /** Takes somebody's name away, since another has it elsewhere. It is here under no name that can be found. */
  disown(member: Member): void {
    this.#members.disown(member as RoomMember);
  }

  /** Somebody who is here has its name again, if nobody has it, and is the last who has joined, as it is elsewhere. */
  rejoin(member: Member): void {
    this.#members.rejoin(member as RoomMember);
  }

  /** These are no longer here. The others are told so by `lines`. */
  remove(members: Iterable<Member>, lines: string): void {
    for (const member of members) {
      if (this.#members.delete(member as RoomMember)) this.#forget(member as RoomMember);
    }
    if (lines !== "") this.#broadcast.publish(lines, "notice");
  }

  /** Tells somebody who has yet to join. */
  answerNewcomer(member: Member, text: string): void {
    const { outbox } = member as RoomMember;
    outbox.answer(text);
    outbox.flush();
  }

  #join(own: RoomMember, name: string, atMs: number): boolean {
    if (!this.#take(own, name)) return false;
    this.#add(own, atMs);
    this.#broadcast.publish(joined(name), "notice");
    if (own.client === undefined) return true;
    this.#broadcast.excludeLast(own);
    this.#emit?.({ type: "joined", client: own.client, name });
    return true;
  }

  /** One that is not new goes on with what it has yet to be sent. */
  #add(own: RoomMember, spokeAtMs: number, isNew = !this.#members.has(own)): void {
    own.spokeAtMs = spokeAtMs;
    this.#members.add(own);
    if (!isNew) return;
    if (own.client !== undefined) this.#broadcast.add(own);
    this.ignoreLists.joined(own);
  }

  #rename(own: RoomMember, name: string): boolean {
    const { client, name: from } = own;
    if (!this.#members.has(own) || !this.#take(own, name)) return false;
    this.#broadcast.publish(renamed(from, name), "notice");
    if (client !== undefined) this.#emit?.({ type: "renamed", client, from, to: name });
    return true;
  }

  /** Gives a name to somebody, and returns whether nobody else has it. */
  #take(own: RoomMember, name: string): boolean {
    if (!this.#members.name(own, name)) return false;
    this.ignoreLists.renamed(own);
    return true;
  }

  #say(own: RoomMember, line: string, deed: Deed & { do: "say" | "act" }, atMs: number): boolean {
    if (!this.#members.has(own)) return false;
    own.spokeAtMs = atMs;
    this.history.add(line);
    this.#broadcast.publish(line, "talk");
    this.ignoreLists.forEachIgnorer(own, (ignorer) => {
      this.#broadcast.excludeLast(ignorer as RoomMember);
    });
    const { client, name } = own;
    if (client === undefined) return true;
    if (own.outbox.hearsItself !== true) this.#broadcast.excludeLast(own);
    const type = deed.do === "say" ? "said" : "acted";
    this.#emit?.({ type, client, name, text: deed.text });
    return true;
  }

  /** Somebody that writes to a member that ignores it is not told so. */
  #whisper(own: RoomMember, to: RoomMember, text: string): boolean {
    if (!this.#members.has(to)) return false;
    if (to.client !== undefined && !this.ignoreLists.has(to, own)) {
      to.lastWhisperer = own.contact;
      this.tell(to, privateFrom(own.name, text));
    }
    if (own.client !== undefined) this.answer(own, privateTo(to.name, text));
    return true;
  }

  #leave(own: RoomMember, reason: LeaveReason): boolean {
    const { client, name } = own;
    const wasHere = this.#members.delete(own);
    if (wasHere) {
      this.#forget(own);
      this.#broadcast.publish(left(name), "notice");
    }
    if (client !== undefined) this.#emit?.({ type: "left", client, name, reason });
    return wasHere;
  }

  /** Keeps nothing of somebody who is no longer here. */
  #forget(own: RoomMember): void {
    this.disown(own);
    this.#broadcast.remove(own);
    this.ignoreLists.left(own);
    own.contact.member = undefined;
    own.lastWhisperer = undefined;
  }
}
