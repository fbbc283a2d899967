/**
 * This server's copy of the room: applies the log, entry after entry. Its own turns are applied as they were
 * proposed, and those of others as they stand in the log.
 *
 * An entry that is not the next one shows that something is missing. Then the copy takes over what is so now, and
 * tells people that lines may be missing, and those whose lines may not have come through.
 */
import { Budget } from "../limits/budget.ts";
import { OPTIONS } from "../options/options.ts";
import type { Deed, JournalHost } from "../room/journal.ts";
import type { Member } from "../room/member.ts";
import { left, LINE_LOST, LINES_MISSING, serverGone } from "../text/messages.ts";
import { findFlaw, foldName } from "../text/names.ts";
import { decodeEvents, type Entry, type LogEvent } from "./entry.ts";
import { comparePositions, formatPosition, START, type Position } from "./position.ts";
import { Proposals, speakerOf, type Proposal } from "./proposals.ts";
import { Roster, type Person } from "./roster.ts";
import type { Batch, Snapshot } from "./shared-log.ts";

/**
 * What was said so many leases before the log fell silent has been read everywhere: a server that has read nothing for
 * one is gone, and its people with it. The rest is for those that are slow.
 */
const DOUBTFUL_LEASES = 6;

/** If more people than this are gone with their server, one line says so. */
const GONE_SHOWN_MAX = 10;

export class Replica {
  readonly #host: JournalHost;
  readonly #node: string;
  readonly #doubtfulMs: number;
  readonly #roster: Roster;
  readonly #proposals: Proposals;
  #position: Position | undefined;
  /** Whether the inbox has something that is dealt with. */
  #hasLetters = false;
  readonly #complaints = new Budget(1, 1);
  readonly #losses = new Budget(1, 1);
  /** From the clock of the log to the one of `performance.now`. */
  #clockOffsetMs = 0;
  /** When the log answered last. */
  #heardAtMs = 0;

  constructor(
    host: JournalHost,
    { node, leaseMs }: { readonly node: string; readonly leaseMs: number },
    roster: Roster,
    proposals: Proposals,
  ) {
    this.#host = host;
    this.#node = node;
    this.#doubtfulMs = DOUBTFUL_LEASES * leaseMs;
    this.#roster = roster;
    this.#proposals = proposals;
  }

  get position(): Position | undefined {
    return this.#position;
  }

  /** What comes before this in the inbox is dealt with, if anything was there. */
  takeUnread(): Position | undefined {
    const position = this.#position;
    if (!this.#hasLetters || position === undefined) return undefined;
    this.#hasLetters = false;
    return { ...position, counter: position.counter + 1 };
  }

  /** The log has answered, and that is what its clock says. */
  heard(nowMs: number): void {
    this.#heardAtMs = performance.now();
    this.#clockOffsetMs = this.#heardAtMs - nowMs;
  }

  /** Returns false if something is missing before an entry. Those before that are applied. */
  apply({ entries, letters }: Batch): boolean {
    if (letters.size > 0) this.#hasLetters = true;
    return entries.every((entry) => this.#applyNext(entry, letters));
  }

  #applyNext(entry: Entry, letters: Batch["letters"]): boolean {
    const { position } = entry;
    if (!this.#isNext(entry)) return false;
    this.#position = position;
    this.#safely(() => this.#applyEntry(entry, letters));
    return true;
  }

  #applyEntry(entry: Entry, letters: Batch["letters"]): void {
    switch (entry.kind) {
      case "turn":
        this.#applyTurn(entry, this.#toLocalMs(entry.atMs));
        this.#deliver(entry, letters);
        break;
      case "departed":
        if (entry.node === this.#node) this.#reclaimAll();
        else this.#removeAll(this.#roster.departed(entry.node));
        break;
      case "generation":
        if (!entry.keepsNames) this.#reclaimAll();
        break;
      case "lost":
        this.#linesMissing();
        break;
      case "unknown":
        this.#unreadable();
        break;
      default:
        entry satisfies never;
    }
  }

  #isNext(entry: Entry): boolean {
    const last = this.#position;
    if (last === undefined) return false;
    const { generation, counter } = entry.position;
    if (generation === last.generation) return counter === last.counter + 1;
    return entry.kind === "generation" && comparePositions(entry.from, last) === 0;
  }

  #applyTurn(entry: Entry & { kind: "turn" }, atMs: number): void {
    const { node, turn, refused } = entry;
    if (node === this.#node) {
      for (const { proposal, group } of this.#proposals.applied(turn)) {
        const isAccepted = group === undefined || !refused.has(group);
        this.#safely(() => this.#applyOwn(proposal, isAccepted, atMs));
      }
    } else {
      for (const event of decodeEvents(entry.events)) {
        this.#safely(() => this.#applyOther(event, node, atMs));
      }
    }
  }

  /** What one of them throws takes nothing from the others. */
  #safely(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#host.emit?.({ type: "failed", client: "the cluster", error });
    }
  }

  #applyOwn(proposal: Proposal, isAccepted: boolean, atMs: number): void {
    if ("giveBack" in proposal) return;
    if ("reclaim" in proposal) {
      const { reclaim, name } = proposal;
      if (isAccepted) this.#roster.settled(reclaim.member, name, atMs);
      else this.#proposals.add(this.#claimAgain(reclaim, proposal.attempt + 1));
      return;
    }
    const { deed, onApplied } = proposal;
    const isDone = isAccepted && this.#applyDeed(deed, atMs);
    if (deed.do === "join" && !isDone) this.#joinRefused(deed.member);
    onApplied?.(isDone);
  }

  /** It may have been accepted in a log that was lost, and others may have read that. */
  #joinRefused(member: Member): void {
    const person = this.#roster.personOf(member);
    this.#roster.forget(member);
    if (person !== undefined) this.#proposals.addFirst([{ giveBack: person.who }]);
  }

  #applyDeed(deed: Deed, atMs: number): boolean {
    const { room } = this.#host;
    const person = deed.do === "announce" ? undefined : this.#roster.personOf(deed.member);
    if (deed.do === "join" || deed.do === "rename") this.#roster.free(deed.name, deed.member);
    if (deed.do === "leave") this.#roster.forget(deed.member);
    if (person !== undefined && deed.do === "join") person.phase = "here";
    if (person !== undefined && "text" in deed) {
      person.saidAt = this.#position ?? START;
      person.saidAtMs = atMs;
    }
    return room.apply(deed, atMs);
  }

  #applyOther({ do: deed, who, text }: LogEvent, node: string, atMs: number): void {
    const { room } = this.#host;
    if (deed === "unknown") return this.#unreadable();
    if (deed === "announce") return void room.apply({ do: deed, lines: `${text}\n` });
    if (deed === "join") return this.#roster.joined(node, who, text, atMs);
    const member = deed === "send home" ? this.#roster.findId(who) : this.#roster.find(node, who);
    // It has left. Or its server has said something that makes no sense.
    if (member === undefined) return;
    switch (deed) {
      case "rename":
        return this.#roster.renamed(member, text);
      case "leave":
        this.#roster.forget(member);
        return void room.apply({ do: deed, member, reason: "closed" });
      case "send home":
        return void room.apply({ do: deed, member, goodbye: `${text}\n` });
      case "say":
      case "act":
        return void room.apply({ do: deed, member, text }, atMs);
      default:
        deed satisfies never;
    }
  }

  /** Shows the private lines that came with an entry. */
  #deliver(entry: Entry & { kind: "turn" }, letters: Batch["letters"]): void {
    if (!entry.letterNodes.includes(this.#node)) return;
    const whispers = letters.get(formatPosition(entry.position));
    if (whispers === undefined) return this.#lettersMissing();
    for (const { from, to, text } of whispers) {
      const member = this.#roster.findId(from);
      const addressee = this.#roster.findId(to);
      if (member === undefined || addressee === undefined) continue;
      this.#host.room.apply({ do: "whisper", member, to: addressee, text });
    }
  }

  #removeAll(members: readonly Member[]): void {
    const { length } = members;
    const each = () => members.map(({ name }) => left(name)).join("");
    this.#host.room.remove(members, length > GONE_SHOWN_MAX ? serverGone(length) : each());
  }

  /** The log has no names of this server's people any more, or none at all. */
  #reclaimAll(): void {
    this.#reclaim(this.#roster.own.filter(({ phase }) => phase !== "claiming"));
  }

  /** Of those who are leaving only the ones are missed whose last words are still to come. */
  #reclaim(people: readonly Person[]): void {
    const speakers = new Set(this.#proposals.pending.map(speakerOf));
    const missed = people.filter(({ phase, member }) => phase === "here" || speakers.has(member));
    this.#proposals.reclaim(missed.map((person) => this.#claimAgain(person, 1)));
  }

  /** First its own name is claimed, then one like it with a number. */
  #claimAgain(reclaim: Person, from: number): Proposal {
    const { max } = OPTIONS.nameLimit;
    for (let attempt = from; ; attempt++) {
      const suffix = attempt === 1 ? "" : `-${attempt}`;
      const name = [...reclaim.member.name].slice(0, max - suffix.length).join("") + suffix;
      const isFree = this.#host.room.find(foldName(name)) === undefined;
      const isWanted = attempt === 1 || (isFree && findFlaw(name, max) === undefined);
      if (isWanted) return { reclaim, name, attempt };
    }
  }

  /**
   * Takes over what is so now. What was sent and is not known to be in the log is sent again if that does no
   * harm; somebody whose line it was is told instead.
   */
  restore({ position, from, nowMs, people }: Snapshot): void {
    const last = this.#position;
    const doubtfulFromMs = this.#heardAtMs - this.#doubtfulMs;
    this.heard(nowMs);
    this.#position = position;
    this.#hasLetters = true;
    const { nameless, unknown } = this.#roster.restore(people, (atMs) => this.#toLocalMs(atMs));
    const uncertain = this.#proposals.takeBack();
    const giveBacks = unknown.map((giveBack) => ({ giveBack }));
    this.#proposals.addFirst([...giveBacks, ...uncertain.filter(mayBeDoubled)]);
    this.#reclaim(nameless);
    if (last === undefined) return;
    this.#linesMissing();
    const authors = new Set<Member>();
    // Of two generations that were missed, nobody knows any more where the first one goes on from.
    const isAllUnknown = last.generation < from.generation;
    for (const person of this.#roster.own) {
      const { saidAt, saidAtMs } = person;
      if (saidAt === START || saidAt.generation === position.generation) continue;
      if (saidAtMs < doubtfulFromMs) continue;
      if (!isAllUnknown && comparePositions(saidAt, from) <= 0) continue;
      authors.add(person.member);
      person.saidAt = START;
    }
    this.mayBeLost(uncertain, authors);
  }

  /** What may not be in the log, and is not sent again. Those who have asked for it are told, and `others`. */
  mayBeLost(proposals: readonly Proposal[], others: Iterable<Member> = []): void {
    const authors = proposals.flatMap((proposal) => speakerOf(proposal) ?? []);
    for (const member of new Set([...authors, ...others])) this.#host.room.tell(member, LINE_LOST);
    for (const proposal of proposals) {
      const isAnnouncement = "deed" in proposal && proposal.deed.do === "announce";
      if (isAnnouncement) proposal.onApplied?.(false);
    }
  }

  #linesMissing(): void {
    this.#host.emit?.({ type: "lines missing" });
    this.#host.room.apply({ do: "announce", lines: LINES_MISSING });
  }

  /** They are gone with the inbox, most often all at once. So this is said once a second at most. */
  #lettersMissing(): void {
    if (this.#losses.waitMs > 0) return;
    this.#losses.spend(1);
    this.#linesMissing();
  }

  /** This is said once a second at most. */
  #unreadable(): void {
    if (this.#complaints.waitMs > 0) return;
    this.#complaints.spend(1);
    this.#host.emit?.({ type: "entry unreadable" });
  }

  #toLocalMs(atMs: number): number {
    return Math.min(performance.now(), atMs + this.#clockOffsetMs);
  }
}

/** Whether something can be proposed again, although it may be in the log. */
function mayBeDoubled(proposal: Proposal): boolean {
  if (!("deed" in proposal)) return "giveBack" in proposal;
  const { deed } = proposal;
  return !("text" in deed) && deed.do !== "announce";
}
