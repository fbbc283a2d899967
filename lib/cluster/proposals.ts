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
import type { Person, Roster } from "./roster.ts";
import type { Turn } from "./shared-log.ts";

/** What somebody proposes, or what this server does for somebody. */
export type Proposal =
  | { readonly deed: Deed; readonly onApplied: ((isAccepted: boolean) => void) | undefined }
  /** A name is claimed again, with this attempt. */
  | { readonly reclaim: Person; readonly name: string; readonly attempt: number }
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

/** What waits, or was sent in a turn. */
interface Part {
  readonly proposal: Proposal;
  readonly bytes: number;
  /** The group of its turn that is refused if it is; undefined if it cannot be. */
  group: number | undefined;
}

export class Proposals {
  readonly #roster: Roster;
  readonly #node: string;
  readonly #onFull: (isFull: boolean) => void;
  #reclaims: Part[] = [];
  #others: Part[] = [];
  #bytes = 0;
  #isFull = false;
  #sent: OwnTurn[] = [];
  #lastTurn = 0;

  /** @param onFull is called when everybody has to wait, or may go on */
  constructor(roster: Roster, node: string, onFull: (isFull: boolean) => void) {
    this.#roster = roster;
    this.#node = node;
    this.#onFull = onFull;
  }

  add(proposal: Proposal): void {
    const part = partOf(proposal);
    const queue = isReclaim(part) ? this.#reclaims : this.#others;
    queue.push(part);
    this.#account(part.bytes);
  }

  /** These come before all others, in their order. */
  addFirst(proposals: readonly Proposal[]): void {
    const added = proposals.map(partOf);
    this.#reclaims = [...added.filter(isReclaim), ...this.#reclaims];
    this.#others = [...added.filter((part) => !isReclaim(part)), ...this.#others];
    this.#account(bytesOf(added));
  }

  /** These names are claimed again, and no others. */
  reclaim(claims: readonly Proposal[]): void {
    this.#account(-bytesOf(this.#reclaims));
    this.#reclaims = [];
    this.addFirst(claims);
  }

  /** About how many bytes are not sent yet. */
  get waitingBytes(): number {
    return this.#bytes;
  }

  /** Whether nothing waits, and everything that was sent is applied. */
  get isEmpty(): boolean {
    return this.#sent.length + this.#reclaims.length + this.#others.length === 0;
  }

  /** What is not known to be in the log, in its order. */
  get pending(): Proposal[] {
    const parts = [...this.#sent.flatMap((turn) => turn.parts), ...this.#reclaims, ...this.#others];
    return parts.map(({ proposal }) => proposal);
  }

  /** The next turn, if there is one to be sent. It counts as sent. */
  take(): Turn | undefined {
    if (this.#sent.some(({ parts }) => parts.some(isReclaim))) return undefined;
    const queue = this.#reclaims.length > 0 ? this.#reclaims : this.#others;
    if (queue.length === 0) return undefined;
    const turn = new OwnTurn(++this.#lastTurn, this.#roster, this.#node);
    const end = queue.findIndex((part) => !turn.add(part));
    this.#account(-bytesOf(queue.splice(0, end === -1 ? queue.length : end)));
    this.#sent.push(turn);
    return turn;
  }

  /** The log has a turn of ours. */
  applied(number: number): readonly Part[] {
    return this.#sent[0]?.number === number ? (this.#sent.shift()?.parts ?? []) : [];
  }

  /** What was sent and is not in the log will never be there. Returns it, or only what was in `turn`. */
  takeBack(turn?: Turn): Proposal[] {
    const back = this.#sent.filter((sent) => turn === undefined || sent === turn);
    this.#sent = this.#sent.filter((sent) => !back.includes(sent));
    return back.flatMap(({ parts }) => parts.map(({ proposal }) => proposal));
  }

  #account(bytes: number): void {
    this.#bytes += bytes;
    const isFull = this.#bytes > (this.#isFull ? FREE_BYTES : FULL_BYTES);
    if (isFull === this.#isFull) return;
    this.#isFull = isFull;
    this.#onFull(isFull);
  }
}

/** A turn as it is put together. Events that cannot be refused make one group with those beside them. */
class OwnTurn implements Turn {
  readonly number: number;
  readonly parts: Part[] = [];
  readonly groups: string[] = [];
  readonly authors = new Set<string>();
  readonly letters = new Map<string, string>();
  readonly #roster: Roster;
  readonly #node: string;
  #isGroupOpen = false;
  #bytes = 0;

  constructor(number: number, roster: Roster, node: string) {
    this.number = number;
    this.#roster = roster;
    this.#node = node;
  }

  /** Returns whether there was space. */
  add(part: Part): boolean {
    const bytes = this.#bytes + part.bytes;
    const isFull = this.parts.length === TURN_EVENTS_MAX || bytes > TURN_BYTES_MAX;
    if (isFull && this.parts.length > 0) return false;
    this.#bytes = bytes;
    this.parts.push(part);
    const event = this.#eventOf(part.proposal);
    const isAlone = event !== "" && mayBeRefused(part.proposal);
    part.group = isAlone ? this.groups.length : undefined;
    if (event === "") return true;
    if (isAlone || !this.#isGroupOpen) this.groups.push(event);
    else this.groups[this.groups.length - 1] += DIVIDER + event;
    this.#isGroupOpen = !isAlone;
    return true;
  }

  /** One event or several, or "" if nothing is in the log of it. */
  #eventOf(proposal: Proposal): string {
    if ("giveBack" in proposal) return encodeEvent("leave", proposal.giveBack, "", "");
    if ("reclaim" in proposal) {
      const { reclaim, name } = proposal;
      return encodeEvent("join", reclaim.who, foldName(name), name);
    }
    const { deed } = proposal;
    if (deed.do === "announce") {
      const lines = deed.lines.trimEnd().split("\n");
      return lines.map((line) => encodeEvent("announce", "", "", line)).join(DIVIDER);
    }
    if (deed.do === "send home") {
      const id = this.#roster.idOf(deed.member);
      return id === undefined ? "" : encodeEvent("send home", id, "", deed.goodbye.trimEnd());
    }
    const who = this.#roster.personOf(deed.member)?.who;
    // It has gone meanwhile.
    if (who === undefined) return "";
    switch (deed.do) {
      case "join":
      case "rename":
        return encodeEvent(deed.do, who, foldName(deed.name), deed.name);
      case "leave":
        return encodeEvent("leave", who, "", "");
      case "whisper":
        this.#whisper(deed);
        return "";
      case "say":
      case "act":
        this.authors.add(who);
        return encodeEvent(deed.do, who, deed.member.name, deed.text);
      default:
        return deed satisfies never;
    }
  }

  /** Private lines are not in the log, and those between people of this server are nowhere. */
  #whisper({ member, to, text }: Deed & { do: "whisper" }): void {
    const [from, id] = [this.#roster.idOf(member), this.#roster.idOf(to)];
    const [node] = id?.split(":") ?? [];
    if (from === undefined || id === undefined || node === undefined || node === this.#node) return;
    const whisper = encodeWhisper({ from, to: id, text });
    const before = this.letters.get(node);
    this.letters.set(node, before === undefined ? whisper : before + DIVIDER + whisper);
  }
}

/** Who has said what is proposed, if it is something that is said. */
export function speakerOf(proposal: Proposal): Member | undefined {
  return "deed" in proposal && "text" in proposal.deed ? proposal.deed.member : undefined;
}

function isReclaim({ proposal }: Part): boolean {
  return "reclaim" in proposal;
}

/** Whether it is for the log to say that it is so. */
function mayBeRefused(proposal: Proposal): boolean {
  return !("deed" in proposal) || ["join", "rename", "leave"].includes(proposal.deed.do);
}

function partOf(proposal: Proposal): Part {
  const deed = "deed" in proposal ? proposal.deed : undefined;
  const text =
    deed === undefined ? "" : "text" in deed ? deed.text : "lines" in deed ? deed.lines : "";
  return { proposal, bytes: PROPOSAL_BYTES + Buffer.byteLength(text), group: undefined };
}

function bytesOf(parts: readonly Part[]): number {
  return parts.reduce((sum, { bytes }) => sum + bytes, 0);
}
