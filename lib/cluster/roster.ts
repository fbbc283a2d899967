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

export interface Person {
  readonly node: string;
  readonly who: string;
  readonly member: Member;
  /**
   * Those who claim a name and those who are leaving are connected here. Somebody who is missing is connected
   * elsewhere, and was not in the room when it was taken over. It may only have yet to claim its name again.
   */
  phase: "claiming" | "here" | "leaving" | "missing";
  /** The last line in the log of somebody who is connected here, and when that was applied. */
  saidAt: Position;
  saidAtMs: number;
}

export class Roster {
  readonly #room: Room;
  readonly #node: string;
  /** By server, and by the number that it has given. */
  readonly #byNode = new Map<string, Map<string, Person>>();
  readonly #byMember = new Map<Member, Person>();
  #lastNumber = 0;

  constructor(room: Room, node: string) {
    this.#room = room;
    this.#node = node;
  }

  /** The other servers that have people here, or had. */
  get nodes(): string[] {
    return [...this.#byNode.keys()].filter((node) => node !== this.#node);
  }

  /** Those who are connected here. */
  get own(): Person[] {
    return this.#peopleOf(this.#node);
  }

  /** Somebody is about to join here. */
  claim(member: Member): void {
    this.#add(this.#node, String(++this.#lastNumber), member, "claiming");
  }

  /** Somebody is going. Unless it has yet to be heard, its name need not be claimed again. */
  leaving(member: Member): void {
    const person = this.personOf(member);
    if (person !== undefined) person.phase = "leaving";
  }

  personOf(member: Member): Person | undefined {
    return this.#byMember.get(member);
  }

  /** Also that of somebody who is missing, since its server knows it all the same. */
  idOf(member: Member): string | undefined {
    const person = this.personOf(member);
    return person === undefined ? undefined : `${person.node}:${person.who}`;
  }

  find(node: string, who: string): Member | undefined {
    return this.#byNode.get(node)?.get(who)?.member;
  }

  findId(id: string): Member | undefined {
    return this.find(...splitId(id));
  }

  /** Somebody on another server has joined, or has claimed its name again, which nobody is told. */
  joined(node: string, who: string, name: string, atMs: number): void {
    const known = this.#byNode.get(node)?.get(who);
    if (known === undefined) {
      const { member } = this.#add(node, who, this.#room.newcomer(), "here");
      this.free(name, member);
      this.#room.apply({ do: "join", member, name }, atMs);
      return;
    }
    const { member, phase } = known;
    known.phase = "here";
    // Nobody was told that it had gone.
    if (phase === "missing") this.#room.readmit(member);
    this.settled(member, name, atMs);
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

  /** A server is gone. Returns the people that it had in the room. */
  departed(node: string): Member[] {
    const people = this.#peopleOf(node);
    this.#byNode.delete(node);
    for (const { member } of people) this.#byMember.delete(member);
    return people.filter(({ phase }) => phase !== "missing").map(({ member }) => member);
  }

  /** Somebody is in the room no longer, or never was. */
  forget(member: Member): void {
    const person = this.personOf(member);
    if (person === undefined) return;
    const { node, who } = person;
    this.#byMember.delete(member);
    const people = this.#byNode.get(node);
    people?.delete(who);
    if (people?.size === 0) this.#byNode.delete(node);
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
  ): { nameless: Person[]; unknown: string[] } {
    const nameless = new Set(this.own.filter(({ phase }) => phase !== "claiming"));
    const unknown: string[] = [];
    const present: ReturnType<typeof asBefore>[] = [];
    for (const person of this.#byMember.values()) {
      if (person.node !== this.#node) person.phase = "missing";
    }
    for (const { id, name, spokeAtMs } of people.toSorted((a, b) => a.order - b.order)) {
      const [node, who] = splitId(id);
      const known = this.#byNode.get(node)?.get(who);
      if (node !== this.#node) {
        const person = known ?? this.#add(node, who, this.#room.newcomer(), "here");
        person.phase = "here";
        present.push({ member: person.member, name, spokeAtMs: toLocalMs(spokeAtMs) });
      } else if (known === undefined) unknown.push(who);
      // A name that it was not told of is none: it claims the one that it knows.
      else if (name === known.member.name && nameless.delete(known)) present.push(asBefore(known));
    }
    this.#room.restore([...present, ...[...nameless].map(asBefore)]);
    return { nameless: [...nameless], unknown };
  }

  /** The log says that `member` has this name. So whoever had it before has it no longer. */
  free(name: string, member: Member): void {
    const holder = this.#room.members.find(foldName(name));
    if (holder !== undefined && holder !== member) this.#room.disown(holder);
  }

  #peopleOf(node: string): Person[] {
    return [...(this.#byNode.get(node)?.values() ?? [])];
  }

  #add(node: string, who: string, member: Member, phase: Person["phase"]): Person {
    const person: Person = { node, who, member, phase, saidAt: START, saidAtMs: 0 };
    const people = this.#byNode.get(node) ?? new Map<string, Person>();
    this.#byNode.set(node, people.set(who, person));
    this.#byMember.set(member, person);
    return person;
  }
}

function asBefore({ member }: Person): { member: Member; name: string; spokeAtMs: number } {
  return { member, name: member.name, spokeAtMs: member.spokeAtMs };
}

function splitId(id: string): [node: string, who: string] {
  const [node = "", who = ""] = id.split(":", 2);
  return [node, who];
}
