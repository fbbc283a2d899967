/**
 * Who is in the room on which server, by id: the server's name and a number that it has given. A person keeps
 * the id for as long as it stays, under any name, and however often its server loses touch.
 */
import type { Member } from "../room/member.ts";
import type { Room } from "../room/room.ts";
import { foldName } from "../text/names.ts";
import { nameTakenMeanwhile } from "../text/messages.ts";
import { START, type Position } from "./position.ts";
import type { LogPerson } from "./shared-log.ts";

/** Somebody who is connected to this server. */
export interface OwnPerson {
  readonly who: string;
  readonly member: Member;
  phase: "claiming" | "here" | "leaving";
  /** Its last line in the log, and when that was applied, on the clock of `performance.now`. */
  saidAt: Position;
  saidAtMs: number;
}

export class Roster {
  readonly #room: Room;
  readonly #node: string;
  /** Those who are connected elsewhere, by server and by number. */
  readonly #others = new Map<string, Map<string, Member>>();
  /** Those of others who were not in the room when it was taken over. They may only have yet to claim their names. */
  readonly #missing = new Map<string, Map<string, Member>>();
  readonly #own = new Map<string, OwnPerson>();
  readonly #ids = new Map<Member, string>();
  /** Of the same, those who are of this server. */
  readonly #people = new Map<Member, OwnPerson>();
  #lastNumber = 0;

  constructor(room: Room, node: string) {
    this.#room = room;
    this.#node = node;
  }

  /** The other servers that have people here, or had. */
  get nodes(): Iterable<string> {
    return new Set([...this.#others.keys(), ...this.#missing.keys()]);
  }

  get own(): Iterable<OwnPerson> {
    return this.#own.values();
  }

  /** Those who wait for a name. */
  claimants(): OwnPerson[] {
    return [...this.#own.values()].filter(({ phase }) => phase === "claiming");
  }

  /** Somebody is going. Unless it has yet to be heard, its name need not be claimed again. */
  leaving(member: Member): void {
    const person = this.ownOf(member);
    if (person !== undefined) person.phase = "leaving";
  }

  /** Somebody is about to join here. */
  claim(member: Member): OwnPerson {
    const who = String(++this.#lastNumber);
    const person: OwnPerson = { who, member, phase: "claiming", saidAt: START, saidAtMs: 0 };
    this.#own.set(who, person);
    this.#people.set(member, person);
    this.#ids.set(member, `${this.#node}:${who}`);
    return person;
  }

  ownOf(member: Member): OwnPerson | undefined {
    return this.#people.get(member);
  }

  idOf(member: Member): string | undefined {
    return this.#ids.get(member);
  }

  find(id: string): Member | undefined {
    const [node = "", who = ""] = splitId(id);
    return node === this.#node ? this.#own.get(who)?.member : this.#others.get(node)?.get(who);
  }

  /** Somebody on another server has joined, or has claimed its name again, which nobody is told. */
  joined(node: string, who: string, name: string, atMs: number): void {
    const present = this.#others.get(node)?.get(who);
    if (present !== undefined) return this.settled(present, name, atMs);
    const missing = this.#missing.get(node)?.get(who);
    const member = missing ?? this.#room.newcomer();
    this.#add(node, who, member);
    if (missing !== undefined) {
      // Nobody was told that it had gone.
      this.#room.readmit(member);
      return this.settled(member, name, atMs);
    }
    this.free(name, member);
    this.#room.apply({ do: "join", member, name }, atMs);
  }

  /** Somebody who is here has claimed a name again. */
  settled(member: Member, name: string, atMs: number): void {
    this.free(name, member);
    if (member.name !== name) {
      this.#room.apply({ do: "rename", member, name }, atMs);
      if (member.client !== undefined) this.#room.tell(member, nameTakenMeanwhile(name));
    }
    this.#room.rejoin(member);
  }

  renamed(member: Member, name: string): void {
    this.free(name, member);
    this.#room.apply({ do: "rename", member, name });
  }

  /** A server is gone. Returns the people that it had. */
  departed(node: string): Member[] {
    const members = [...(this.#others.get(node)?.values() ?? [])];
    this.#others.delete(node);
    this.#missing.delete(node);
    for (const member of members) this.#ids.delete(member);
    return members;
  }

  /** Somebody is in the room no longer, or never was. */
  forget(member: Member): void {
    const [node = "", who = ""] = splitId(this.idOf(member) ?? "");
    this.#ids.delete(member);
    this.#people.delete(member);
    if (node === this.#node) this.#own.delete(who);
    const others = this.#others.get(node);
    others?.delete(who);
    if (others?.size === 0) this.#others.delete(node);
  }

  /**
   * Takes over who is in the room.
   *
   * @param toLocalMs from the clock of the log to the one of `performance.now`
   * @returns those of this server who are in the room without a name there, and numbers of which it has no person
   */
  restore(
    people: readonly LogPerson[],
    toLocalMs: (atMs: number) => number,
  ): { nameless: OwnPerson[]; unknown: string[] } {
    const nameless = new Set([...this.#own.values()].filter(({ phase }) => phase !== "claiming"));
    const unknown: string[] = [];
    const present: { member: Member; name: string; spokeAtMs: number }[] = [];
    const before = new Map(this.#others);
    this.#others.clear();
    for (const { id, name, spokeAtMs } of people.toSorted((a, b) => a.order - b.order)) {
      const [node = "", who = ""] = splitId(id);
      if (node !== this.#node) {
        const known = before.get(node)?.get(who) ?? this.#missing.get(node)?.get(who);
        const member = known ?? this.#room.newcomer();
        this.#add(node, who, member);
        present.push({ member, name, spokeAtMs: toLocalMs(spokeAtMs) });
        continue;
      }
      const own = this.#own.get(who);
      if (own === undefined) unknown.push(who);
      // A name that it was not told of is none: it claims the one that it knows.
      else if (name === own.member.name && nameless.delete(own)) {
        present.push({ member: own.member, name, spokeAtMs: own.member.spokeAtMs });
      }
    }
    for (const { member } of nameless) {
      present.push({ member, name: member.name, spokeAtMs: member.spokeAtMs });
    }
    for (const [node, members] of before) {
      for (const [who, member] of members) {
        if (this.#others.get(node)?.get(who) === member) continue;
        this.#ids.delete(member);
        put(this.#missing, node, who, member);
      }
    }
    this.#room.restore(present);
    return { nameless: [...nameless], unknown };
  }

  /** The log says that `member` has this name. So whoever had it before has it no longer. */
  free(name: string, member: Member): void {
    const holder = this.#room.members.find(foldName(name));
    if (holder !== undefined && holder !== member) this.#room.disown(holder);
  }

  #add(node: string, who: string, member: Member): void {
    put(this.#others, node, who, member);
    this.#missing.get(node)?.delete(who);
    this.#ids.set(member, `${node}:${who}`);
  }
}

function put(
  members: Map<string, Map<string, Member>>,
  node: string,
  who: string,
  member: Member,
): void {
  const ofNode = members.get(node) ?? new Map<string, Member>();
  members.set(node, ofNode.set(who, member));
}

function splitId(id: string): string[] {
  return id.split(":", 2);
}
