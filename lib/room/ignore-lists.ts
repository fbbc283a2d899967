/**
 * Who ignores whom. An entry is about one person, under whatever name. While that person is away it
 * stays, and is taken up again by whoever joins under a name that the person had; it ends when the
 * one who ignores leaves.
 *
 * No call takes longer because more people are here: only a list of one's own, which is bounded, and
 * the entries about one person are ever gone through.
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

interface Entry<Member> extends Named {
  readonly ignorer: Member;
  /** Who is ignored, while that person is here. */
  person: Member | undefined;
  /** The name that the person has, or had last, and its key. */
  name: string;
  key: string;
  /** The keys of all its names, the last one at the end. */
  keys: string[];
}

export class IgnoreLists<Member extends Named> {
  readonly #lists = new Map<Member, Set<Entry<Member>>>();
  /** By the one who is ignored. */
  readonly #entries = new Map<Member, Set<Entry<Member>>>();
  /** About those who are away, by the key of each name that they had. */
  readonly #away = new Map<string, Set<Entry<Member>>>();

  /** Calls `act` for all who are not to be shown what `author` says. */
  forEachIgnorer(author: Member, act: (ignorer: Member) => void): void {
    // Costs nothing where nobody ignores anybody.
    if (this.#entries.size > 0) this.#entries.get(author)?.forEach(({ ignorer }) => act(ignorer));
  }

  /** Those whom a member ignores, by the names that they have or had last. */
  of(member: Member): readonly Named[] {
    return [...(this.#lists.get(member) ?? [])];
  }

  has(member: Member, person: Member): boolean {
    return this.#find(member, (entry) => entry.person === person) !== undefined;
  }

  /** Has `member` ignore `person`; returns whether its list had space for that. */
  add(member: Member, person: Member): boolean {
    if (this.has(member, person)) return true;
    if ((this.#lists.get(member)?.size ?? 0) >= IGNORED_MAX) return false;
    const { name, key } = person;
    const entry = { ignorer: member, person, name, key, keys: [key] };
    include(this.#lists, member, entry);
    include(this.#entries, person, entry);
    return true;
  }

  /** Ends that, by a name; returns the last name, or `undefined` if the member ignores no such one. */
  remove(member: Member, key: string): string | undefined {
    const entry = this.#find(member, (each) => each.key === key);
    if (entry === undefined) return undefined;
    exclude(this.#lists, member, entry);
    this.#letGo(entry);
    return entry.name;
  }

  /** `person` has come, perhaps again. */
  joined(person: Member): void {
    for (const entry of [...(this.#away.get(person.key) ?? [])]) {
      this.#letGo(entry);
      entry.person = person;
      include(this.#entries, person, entry);
      rename(entry, person);
    }
  }

  /** `person` has changed its name. */
  renamed(person: Member): void {
    this.#entries.get(person)?.forEach((entry) => rename(entry, person));
  }

  /** `person` has left: whoever ignores it goes on, and whomever it ignores is ignored no longer. */
  left(person: Member): void {
    this.#entries.get(person)?.forEach((entry) => {
      entry.person = undefined;
      for (const key of entry.keys) include(this.#away, key, entry);
    });
    this.#entries.delete(person);
    this.#lists.get(person)?.forEach((entry) => this.#letGo(entry));
    this.#lists.delete(person);
  }

  #find(member: Member, isIt: (entry: Entry<Member>) => boolean): Entry<Member> | undefined {
    for (const entry of this.#lists.get(member) ?? []) if (isIt(entry)) return entry;
    return undefined;
  }

  /** `entry` is no longer found by its person. */
  #letGo(entry: Entry<Member>): void {
    if (entry.person !== undefined) exclude(this.#entries, entry.person, entry);
    else for (const key of entry.keys) exclude(this.#away, key, entry);
  }
}

function rename<Member>(entry: Entry<Member>, { name, key }: Named): void {
  entry.name = name;
  entry.key = key;
  entry.keys = [...entry.keys.filter((each) => each !== key), key].slice(-KEYS_MAX);
}

function include<Key, Value>(sets: Map<Key, Set<Value>>, key: Key, value: Value): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([value]));
  else set.add(value);
}

/** Takes a value out of the set of `key`, and the set away if it was the last. */
function exclude<Key, Value>(sets: Map<Key, Set<Value>>, key: Key, value: Value): void {
  const set = sets.get(key);
  set?.delete(value);
  if (set?.size === 0) sets.delete(key);
}
