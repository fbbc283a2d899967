/** Who is in a room, in order of joining, and under which names. No two names are the same when folded. */
import { foldName } from "../text/names.ts";
import type { Member, RoomMember } from "./member.ts";

/** What everybody may know of it. */
export interface Roll extends Iterable<Member> {
  /** How many are here. */
  readonly size: number;
  /** The keys of all who are here. */
  readonly keys: Iterable<string>;
  /** The member whose name has this key. */
  find(key: string): Member | undefined;
}

export class Members implements Roll {
  readonly #all = new Set<RoomMember>();
  readonly #byKey = new Map<string, RoomMember>();

  get size(): number {
    return this.#all.size;
  }

  get keys(): Iterable<string> {
    return this.#byKey.keys();
  }

  find(key: string): RoomMember | undefined {
    return this.#byKey.get(key);
  }

  has(member: RoomMember): boolean {
    return this.#all.has(member);
  }

  [Symbol.iterator](): Iterator<RoomMember> {
    return this.#all[Symbol.iterator]();
  }

  /** Gives a name to somebody in place of the one before, and returns whether nobody else has it. */
  name(member: RoomMember, name: string): boolean {
    const key = foldName(name);
    const holder = this.#byKey.get(key);
    if (holder !== undefined && holder !== member) return false;
    if (member.key !== key) this.disown(member);
    this.#byKey.set(key, member);
    member.key = key;
    member.name = name;
    member.contact.name = name;
    return true;
  }

  add(member: RoomMember): void {
    member.contact.member = member;
    this.#all.add(member);
  }

  /** Returns whether it was here. */
  delete(member: RoomMember): boolean {
    return this.#all.delete(member);
  }

  /** Its name is nobody's from now on. */
  disown(member: RoomMember): void {
    if (this.#byKey.get(member.key) === member) this.#byKey.delete(member.key);
  }

  /** Somebody who is here has its name again, if nobody has it, and is the last who has joined. */
  rejoin(member: RoomMember): void {
    if (!this.#all.delete(member)) return;
    this.#all.add(member);
    if (!this.#byKey.has(member.key)) this.#byKey.set(member.key, member);
  }

  clear(): void {
    this.#all.clear();
    this.#byKey.clear();
  }
}
