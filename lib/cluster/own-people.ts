/**
 * What becomes of what this server's own people have proposed: it is in the log, or refused, or nobody knows. And their
 * names, which are claimed again when the log has lost them.
 */
import { OPTIONS } from "../options/options.ts";
import type { Deed, JournalHost } from "../room/journal.ts";
import type { Member } from "../room/member.ts";
import { LINE_LOST } from "../text/messages.ts";
import { findFlaw, foldName } from "../text/names.ts";
import type { Entry } from "./entry.ts";
import { comparePositions, START, type Position } from "./position.ts";
import { speakerOf, type Proposal, type Proposals } from "./proposals.ts";
import type { Person, Roster } from "./roster.ts";
import type { Snapshot } from "./shared-log.ts";

/**
 * What was said so many leases before the log fell silent has been read everywhere: a server that has read nothing for
 * one is gone, and its people with it. The rest is for those that are slow.
 */
const DOUBTFUL_LEASES = 6;

export class OwnPeople {
  readonly #host: JournalHost;
  readonly #doubtfulMs: number;
  readonly #roster: Roster;
  readonly #proposals: Proposals;

  constructor(host: JournalHost, leaseMs: number, roster: Roster, proposals: Proposals) {
    this.#host = host;
    this.#doubtfulMs = DOUBTFUL_LEASES * leaseMs;
    this.#roster = roster;
    this.#proposals = proposals;
  }

  /** The log has a turn of theirs. It is applied as it was proposed. */
  applyTurn({ position, turn, refused }: Entry & { kind: "turn" }, atMs: number): void {
    for (const { proposal, group } of this.#proposals.applied(turn)) {
      const isAccepted = group === undefined || !refused.has(group);
      safely(this.#host, () => this.#apply(proposal, isAccepted, position, atMs));
    }
  }

  #apply(proposal: Proposal, isAccepted: boolean, position: Position, atMs: number): void {
    if ("giveBack" in proposal) return;
    if ("reclaim" in proposal) {
      const { reclaim, name } = proposal;
      if (isAccepted) this.#roster.settled(reclaim.member, name, atMs);
      else this.#proposals.add(this.#claimAgain(reclaim, proposal.attempt + 1));
      return;
    }
    const { deed, onApplied } = proposal;
    const isDone = isAccepted && this.#applyDeed(deed, position, atMs);
    if (deed.do === "join" && !isDone) this.#joinRefused(deed.member);
    onApplied?.(isDone);
  }

  /** It may have been accepted in a log that was lost, and others may have read that. */
  #joinRefused(member: Member): void {
    const person = this.#roster.personOf(member);
    this.#roster.forget(member);
    if (person !== undefined) this.#proposals.addFirst([{ giveBack: person.who }]);
  }

  #applyDeed(deed: Deed, position: Position, atMs: number): boolean {
    const person = deed.do === "announce" ? undefined : this.#roster.personOf(deed.member);
    if (deed.do === "join" || deed.do === "rename") this.#roster.free(deed.name, deed.member);
    if (deed.do === "leave") this.#roster.forget(deed.member);
    if (person !== undefined && deed.do === "join") person.phase = "here";
    if (person !== undefined && "text" in deed) {
      person.saidAt = position;
      person.saidAtMs = atMs;
    }
    return this.#host.room.apply(deed, atMs);
  }

  /** The log has no names of theirs any more, or none at all. */
  reclaimAll(): void {
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
      const isFree = this.#host.room.members.find(foldName(name)) === undefined;
      const isWanted = attempt === 1 || (isFree && findFlaw(name, max) === undefined);
      if (isWanted) return { reclaim, name, attempt };
    }
  }

  /**
   * The room is taken over. What was sent and is not known to be in the log is sent again if that does no harm.
   *
   * @param unknown numbers of which there is no person
   * @returns the rest of it
   */
  resume(nameless: readonly Person[], unknown: readonly string[]): Proposal[] {
    const uncertain = this.#proposals.takeBack();
    const giveBacks = unknown.map((giveBack) => ({ giveBack }));
    this.#proposals.addFirst([...giveBacks, ...uncertain.filter(mayBeDoubled)]);
    this.#reclaim(nameless);
    return uncertain.filter((proposal) => !mayBeDoubled(proposal));
  }

  /**
   * What may not be in the log, and is not sent again. Those who have asked for it are told, each once, and so are
   * `others`.
   */
  mayBeLost(proposals: readonly Proposal[], others: readonly Member[] = []): void {
    const authors = proposals.flatMap((proposal) => speakerOf(proposal) ?? []);
    for (const member of new Set([...authors, ...others])) this.#host.room.tell(member, LINE_LOST);
    for (const proposal of proposals) {
      const isAnnouncement = "deed" in proposal && proposal.deed.do === "announce";
      if (isAnnouncement) proposal.onApplied?.(false);
    }
  }

  /**
   * Those whose last line was applied here, and is in no log that all others read.
   *
   * @param last what was applied here before the room was taken over
   * @param heardAtMs when the log was heard before that
   */
  takeDoubtful(last: Position, { position, from }: Snapshot, heardAtMs: number): Member[] {
    // Of two generations that were missed, nobody knows any more where the first one goes on from.
    const isAllUnknown = last.generation < from.generation;
    const people = this.#roster.own.filter(({ saidAt, saidAtMs }) => {
      if (saidAt === START || saidAt.generation === position.generation) return false;
      if (saidAtMs < heardAtMs - this.#doubtfulMs) return false;
      return isAllUnknown || comparePositions(saidAt, from) > 0;
    });
    for (const person of people) person.saidAt = START;
    return people.map(({ member }) => member);
  }
}

/** What one of them throws takes nothing from the others. */
export function safely({ emit }: JournalHost, act: () => void): void {
  try {
    act();
  } catch (error) {
    emit?.({ type: "failed", client: "the cluster", error });
  }
}

/** Whether something can be proposed again, although it may be in the log. */
function mayBeDoubled(proposal: Proposal): boolean {
  if (!("deed" in proposal)) return "giveBack" in proposal;
  const { deed } = proposal;
  return !("text" in deed) && deed.do !== "announce";
}
