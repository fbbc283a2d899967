/**
 * What is proposed on this server, on its way to the log. It goes in turns: one is sent at a time, and what comes
 * meanwhile is in the next. A turn is known to be in the log when it is read from there, which applies it. What
 * was sent over a connection that has failed, and is not in the log then, is sent again.
 *
 * People whose names have to be claimed again come first. Until that is settled nothing else is sent, since it
 * would come from somebody who is not in the room.
 */
import type { Deed } from "../room/journal.ts";
import type { Member } from "../room/member.ts";
import { foldName } from "../text/names.ts";
import { DIVIDER, encodeEvent, encodeWhisper } from "./entry.ts";
import type { OwnPerson, Roster } from "./roster.ts";
import type { Turn } from "./shared-log.ts";

/** What somebody proposes, or what this server does for somebody. */
export type Proposal =
  | { readonly deed: Deed; readonly onApplied: ((isAccepted: boolean) => void) | undefined }
  /** A name is claimed again, with this attempt. */
  | { readonly reclaim: OwnPerson; readonly name: string; readonly attempt: number }
  /** A name goes back whose owner is not here. */
  | { readonly giveBack: string };

/** The most that one turn has: events, and bytes unless it has one event alone. */
const TURN_EVENTS_MAX = 1_000;
const TURN_BYTES_MAX = 262_144;

/** About what a proposal takes beside its text, in bytes. */
const PROPOSAL_BYTES = 64;

/** What waits, in bytes, before everybody has to wait, and at which they go on. */
const FULL_BYTES = 1_048_576;
const FREE_BYTES = FULL_BYTES / 2;

interface SentTurn extends Turn {
  readonly proposals: readonly { readonly proposal: Proposal; readonly group: number }[];
}

export class Proposals {
  readonly #roster: Roster;
  readonly #node: string;
  readonly #onFull: (isFull: boolean) => void;
  #reclaims: Proposal[] = [];
  /** From `#next` on, those that are not yet sent. */
  #waiting: Proposal[] = [];
  #next = 0;
  #bytes = 0;
  #isFull = false;
  #sent: SentTurn[] = [];
  #lastTurn = 0;

  /** @param onFull is called when everybody has to wait, or may go on */
  constructor(roster: Roster, node: string, onFull: (isFull: boolean) => void) {
    this.#roster = roster;
    this.#node = node;
    this.#onFull = onFull;
  }

  add(proposal: Proposal): void {
    this.#waiting.push(proposal);
    this.#account(bytesOf(proposal));
  }

  /** Claims names again, before anything else. */
  reclaim(claims: readonly Proposal[]): void {
    this.#reclaims.push(...claims);
  }

  /** About how many bytes are not sent yet. */
  get waitingBytes(): number {
    return this.#bytes;
  }

  /** Whether nothing waits, and everything that was sent is applied. */
  get isEmpty(): boolean {
    return this.#next === this.#waiting.length && this.#sent.length + this.#reclaims.length === 0;
  }

  /** Those who have said what is not in the log yet. */
  get speakers(): Set<Member> {
    const sent = this.#sent.flatMap((turn) => turn.proposals.map(({ proposal }) => proposal));
    const all = [...sent, ...this.#waiting.slice(this.#next)];
    return new Set(all.flatMap((proposal) => speakerOf(proposal) ?? []));
  }

  /** The next turn, if there is one to be sent. It counts as sent. */
  take(): Turn | undefined {
    const isReclaiming = this.#sent.some(({ proposals }) => {
      return proposals.some(({ proposal }) => "reclaim" in proposal);
    });
    if (isReclaiming) return undefined;
    const builder = new TurnBuilder(this.#roster, this.#node);
    if (this.#reclaims.length > 0) {
      const count = this.#reclaims.findIndex((proposal) => !builder.add(proposal));
      this.#reclaims.splice(0, count === -1 ? this.#reclaims.length : count);
    } else {
      while (this.#next < this.#waiting.length) {
        const proposal = this.#waiting[this.#next] as Proposal;
        if (!builder.add(proposal)) break;
        this.#next++;
        this.#account(-bytesOf(proposal));
      }
      this.#compact();
    }
    if (builder.isEmpty) return undefined;
    const turn = builder.build(++this.#lastTurn);
    this.#sent.push(turn);
    return turn;
  }

  /** The log has a turn of ours: its proposals, and whether each was accepted. */
  *applied(number: number, refused: ReadonlySet<number>): Iterable<[Proposal, boolean]> {
    if (this.#sent[0]?.number !== number) return;
    const turn = this.#sent.shift();
    for (const { proposal, group } of turn?.proposals ?? []) yield [proposal, !refused.has(group)];
  }

  /** What was sent and is not in the log will never be there. Returns it, or only what was in `turn`. */
  takeBack(turn?: Turn): Proposal[] {
    const back = this.#sent.filter((sent) => turn === undefined || sent === turn);
    this.#sent = this.#sent.filter((sent) => !back.includes(sent));
    return back.flatMap(({ proposals }) => proposals.map(({ proposal }) => proposal));
  }

  /** These come before all others, in their order. */
  putBack(proposals: readonly Proposal[]): void {
    this.#reclaims.unshift(...proposals.filter((proposal) => "reclaim" in proposal));
    const others = proposals.filter((proposal) => !("reclaim" in proposal));
    this.#waiting = [...others, ...this.#waiting.slice(this.#next)];
    this.#next = 0;
    this.#account(others.reduce((bytes, proposal) => bytes + bytesOf(proposal), 0));
  }

  /** All names are to be claimed anew. */
  dropReclaims(): void {
    this.#reclaims = [];
  }

  #account(bytes: number): void {
    this.#bytes += bytes;
    const isFull = this.#bytes > (this.#isFull ? FREE_BYTES : FULL_BYTES);
    if (isFull === this.#isFull) return;
    this.#isFull = isFull;
    this.#onFull(isFull);
  }

  #compact(): void {
    if (this.#next < this.#waiting.length && this.#next < TURN_EVENTS_MAX) return;
    this.#waiting = this.#waiting.slice(this.#next);
    this.#next = 0;
  }
}

/** Puts a turn together. Events that cannot be refused make one group with those beside them. */
class TurnBuilder {
  readonly #roster: Roster;
  readonly #node: string;
  readonly #proposals: { readonly proposal: Proposal; readonly group: number }[] = [];
  readonly #groups: string[] = [];
  #plain: string[] = [];
  readonly #authors = new Set<string>();
  readonly #letters = new Map<string, string[]>();
  #bytes = 0;

  constructor(roster: Roster, node: string) {
    this.#roster = roster;
    this.#node = node;
  }

  get isEmpty(): boolean {
    return this.#proposals.length === 0;
  }

  /** Returns whether there was space. */
  add(proposal: Proposal): boolean {
    const bytes = this.#bytes + bytesOf(proposal);
    const isFull = this.#proposals.length === TURN_EVENTS_MAX || bytes > TURN_BYTES_MAX;
    if (isFull && !this.isEmpty) return false;
    this.#bytes = bytes;
    const checked = this.#write(proposal);
    let group = -1;
    if (checked !== "") {
      this.#endPlain();
      group = this.#groups.push(checked) - 1;
    }
    this.#proposals.push({ proposal, group });
    return true;
  }

  build(number: number): SentTurn {
    this.#endPlain();
    const letters = new Map<string, string>();
    for (const [node, whispers] of this.#letters) letters.set(node, whispers.join(DIVIDER));
    const groups = this.#groups;
    return { number, groups, authors: [...this.#authors], letters, proposals: this.#proposals };
  }

  #endPlain(): void {
    if (this.#plain.length > 0) this.#groups.push(this.#plain.join(DIVIDER));
    this.#plain = [];
  }

  /** Returns an event that is a group of its own, or "". */
  #write(proposal: Proposal): string {
    if ("giveBack" in proposal) return encodeEvent({ do: "leave", who: proposal.giveBack });
    if ("reclaim" in proposal) {
      const { reclaim, name } = proposal;
      return encodeEvent({ do: "join", who: reclaim.who, name }, foldName(name));
    }
    const { deed } = proposal;
    if (deed.do === "announce") {
      const lines = deed.lines.trimEnd().split("\n");
      this.#plain.push(...lines.map((line) => encodeEvent({ do: "announce", line })));
      return "";
    }
    if (deed.do === "send home") {
      const id = this.#roster.idOf(deed.member);
      const goodbye = deed.goodbye.trimEnd();
      if (id !== undefined) this.#plain.push(encodeEvent({ do: "send home", id, goodbye }));
      return "";
    }
    const person = this.#roster.ownOf(deed.member);
    // It has gone meanwhile.
    if (person === undefined) return "";
    const { who } = person;
    switch (deed.do) {
      case "join":
      case "rename":
        return encodeEvent({ do: deed.do, who, name: deed.name }, foldName(deed.name));
      case "leave":
        return encodeEvent({ do: "leave", who });
      case "whisper":
        this.#whisper(deed);
        return "";
      case "say":
      case "act":
        this.#authors.add(who);
        this.#plain.push(
          encodeEvent({ do: deed.do, who, name: deed.member.name, text: deed.text }),
        );
        return "";
      default:
        return deed satisfies never;
    }
  }

  /** Private lines are not in the log, and those between people of this server are nowhere. */
  #whisper({ member, to, text }: Deed & { do: "whisper" }): void {
    const [from, id] = [this.#roster.idOf(member), this.#roster.idOf(to)];
    const [node] = id?.split(":") ?? [];
    if (from === undefined || id === undefined || node === undefined || node === this.#node) return;
    const letter = this.#letters.get(node) ?? [];
    letter.push(encodeWhisper({ from, to: id, text }));
    this.#letters.set(node, letter);
  }
}

/** Who has said what is proposed, if it is something that is said. */
export function speakerOf(proposal: Proposal): Member | undefined {
  return "deed" in proposal && "text" in proposal.deed ? proposal.deed.member : undefined;
}

function bytesOf(proposal: Proposal): number {
  if (!("deed" in proposal)) return PROPOSAL_BYTES;
  const { deed } = proposal;
  const text = "text" in deed ? deed.text : deed.do === "announce" ? deed.lines : "";
  return PROPOSAL_BYTES + Buffer.byteLength(text);
}
