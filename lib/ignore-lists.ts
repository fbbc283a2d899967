/**
 * Who ignores whom. An entry is about one person, under whatever name. While that person is away it
 * stays, and is taken up again by whoever joins under a name that the person had; it ends when the
 * one who ignores leaves.
 */

/** What a list needs to know of a member. */
export interface Named {
  readonly name: string;
  readonly key: string;
}

/** The most entries in one member's list. */
export const IGNORED_MAX = 100;

/** The most names of one person that an entry keeps. */
const KEYS_MAX = 10;

interface Entry<Member> {
  readonly ignorer: Member;
  /** Who is ignored, while that person is here. */
  person: Member | undefined;
  /** The name that the person has, or had last. */
  name: string;
  /** All its names, folded, the last one at the end. */
  keys: string[];
}

export class IgnoreLists<Member extends Named> {
  readonly #lists = new Map<Member, Entry<Member>[]>();
  /** By the one who is ignored. */
  readonly #entries = new Map<Member, Entry<Member>[]>();
  /** About those who are away. */
  readonly #away = new Set<Entry<Member>>();

  /** Calls `act` for all who are not to be shown what `author` says. */
  forEachIgnorer(author: Member, act: (ignorer: Member) => void): void {
    // Costs nothing where nobody ignores anybody.
    if (this.#entries.size > 0) this.#entries.get(author)?.forEach(({ ignorer }) => act(ignorer));
  }

  /** The names of those whom a member ignores. */
  namesOf(member: Member): string[] {
    return this.#listOf(member).map(({ name }) => name);
  }

  has(member: Member, person: Member): boolean {
    return this.#listOf(member).some((entry) => entry.person === person);
  }

  /** Has `member` ignore `person`; returns whether its list had space for that. */
  add(member: Member, person: Member): boolean {
    if (this.has(member, person)) return true;
    if (this.#listOf(member).length >= IGNORED_MAX) return false;
    const entry = { ignorer: member, person, name: person.name, keys: [person.key] };
    include(this.#lists, member, entry);
    include(this.#entries, person, entry);
    return true;
  }

  /** Ends that, by a name; returns the last name, or `undefined` if the member ignores no such one. */
  remove(member: Member, key: string): string | undefined {
    const entry = this.#listOf(member).find(({ keys }) => keys.at(-1) === key);
    if (entry === undefined) return undefined;
    exclude(this.#lists, member, entry);
    this.#letGo(entry);
    return entry.name;
  }

  /** `person` has come, perhaps again. */
  joined(person: Member): void {
    for (const entry of this.#away) {
      if (!entry.keys.includes(person.key)) continue;
      this.#away.delete(entry);
      entry.person = person;
      include(this.#entries, person, entry);
      this.#rename(entry, person);
    }
  }

  /** `person` has changed its name. */
  renamed(person: Member): void {
    for (const entry of this.#entries.get(person) ?? []) this.#rename(entry, person);
  }

  /** `person` has left: whoever ignores it goes on, and whomever it ignores is ignored no longer. */
  left(person: Member): void {
    for (const entry of this.#entries.get(person) ?? []) {
      entry.person = undefined;
      this.#away.add(entry);
    }
    this.#entries.delete(person);
    for (const entry of this.#listOf(person)) this.#letGo(entry);
    this.#lists.delete(person);
  }

  /** What `entry` says of its person no longer holds. */
  #letGo(entry: Entry<Member>): void {
    if (entry.person !== undefined) exclude(this.#entries, entry.person, entry);
    this.#away.delete(entry);
  }

  #listOf(member: Member): readonly Entry<Member>[] {
    return this.#lists.get(member) ?? [];
  }

  #rename(entry: Entry<Member>, { name, key }: Named): void {
    entry.name = name;
    entry.keys = [...entry.keys.filter((each) => each !== key), key].slice(-KEYS_MAX);
  }
}

function include<Member>(
  lists: Map<Member, Entry<Member>[]>,
  member: Member,
  entry: Entry<Member>,
): void {
  lists.set(member, [...(lists.get(member) ?? []), entry]);
}

/** Takes an entry out of the list of `member`, and the list away if it was the last. */
function exclude<Member>(
  lists: Map<Member, Entry<Member>[]>,
  member: Member,
  entry: Entry<Member>,
): void {
  const left = (lists.get(member) ?? []).filter((each) => each !== entry);
  if (left.length > 0) lists.set(member, left);
  else lists.delete(member);
}
