/**
 * This server's copy of the room: applies the log, entry after entry. Its own turns are applied as they were
 * proposed, and those of others as they stand in the log.
 *
 * An entry that is not the next one shows that something is missing. Then the copy takes over what is so now, and
 * tells people that lines may be missing, and those whose lines may not have come through.
 */
import { Budget } from "../limits/budget.ts";
import type { JournalHost } from "../room/journal.ts";
import type { Member } from "../room/member.ts";
import { left, LINES_MISSING, serverGone } from "../text/messages.ts";
import { decodeEvents, type Entry, type LogEvent } from "./entry.ts";
import { safely, type OwnPeople } from "./own-people.ts";
import { comparePositions, formatPosition, type Position } from "./position.ts";
import type { Roster } from "./roster.ts";
import type { Batch, Snapshot } from "./shared-log.ts";

/** If more people than this are gone with their server, one line says so. */
const GONE_SHOWN_MAX = 10;

export class Replica {
  readonly #host: JournalHost;
  readonly #node: string;
  readonly #roster: Roster;
  readonly #own: OwnPeople;
  #position: Position | undefined;
  /** Whether the inbox has something that is dealt with. */
  #hasLetters = false;
  readonly #complaints = new Budget(1, 1);
  readonly #losses = new Budget(1, 1);
  /** From the clock of the log to the one of `performance.now`. */
  #clockOffsetMs = 0;
  /** When the log answered last. */
  #heardAtMs = 0;

  constructor(host: JournalHost, node: string, roster: Roster, own: OwnPeople) {
    this.#host = host;
    this.#node = node;
    this.#roster = roster;
    this.#own = own;
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
    safely(this.#host, () => this.#applyEntry(entry, letters));
    return true;
  }

  #applyEntry(entry: Entry, letters: Batch["letters"]): void {
    switch (entry.kind) {
      case "turn":
        this.#applyTurn(entry, this.#toLocalMs(entry.atMs));
        this.#deliver(entry, letters);
        break;
      case "departed":
        if (entry.node === this.#node) this.#own.reclaimAll();
        else this.#removeAll(this.#roster.departed(entry.node));
        break;
      case "generation":
        if (!entry.keepsNames) this.#forgetNames();
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

  /** Nobody is in the room until the name is claimed again, which somebody who has left in a log that is lost never does. */
  #forgetNames(): void {
    this.#roster.restore([], (atMs) => this.#toLocalMs(atMs));
    this.#own.reclaimAll();
  }

  #isNext(entry: Entry): boolean {
    const last = this.#position;
    if (last === undefined) return false;
    const { generation, counter } = entry.position;
    if (generation === last.generation) return counter === last.counter + 1;
    return entry.kind === "generation" && comparePositions(entry.from, last) === 0;
  }

  #applyTurn(entry: Entry & { kind: "turn" }, atMs: number): void {
    const { node } = entry;
    if (node === this.#node) return this.#own.applyTurn(entry, atMs);
    for (const event of decodeEvents(entry.events)) {
      safely(this.#host, () => this.#applyEvent(event, node, atMs));
    }
  }

  #applyEvent({ do: deed, who, text }: LogEvent, node: string, atMs: number): void {
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

  /** Takes over what is so now. */
  restore(snapshot: Snapshot): void {
    const [last, heardAtMs] = [this.#position, this.#heardAtMs];
    this.heard(snapshot.nowMs);
    this.#position = snapshot.position;
    this.#hasLetters = true;
    const toLocalMs = (atMs: number) => this.#toLocalMs(atMs);
    const { nameless, unknown } = this.#roster.restore(snapshot.people, toLocalMs);
    const uncertain = this.#own.resume(nameless, unknown);
    if (last === undefined) return;
    this.#linesMissing();
    this.#own.mayBeLost(uncertain, this.#own.takeDoubtful(last, snapshot, heardAtMs));
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
