/**
 * Each member's list of ignored people. An entry is about one person, under any name. It stays while that
 * person is away, and is then about the next one that joins under a name that the person had. It ends when
 * the member that owns the list leaves. Two entries of one list that share a name are about the same person:
 * when that person leaves they become one. So each list has at most one entry about anybody.
 *
 * A call goes through one list, which is bounded, or through one entry of each member.
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
  /** About those who are away: by the key of each name that they had, and by who ignores them. */
  readonly #away = new Map<string, Map<Member, Entry<Member>>>();

  /** Calls `act` for all who are not to be shown what `author` says. */
  forEachIgnorer(author: Member, act: (ignorer: Member) => void): void {
    // Costs nothing where nobody ignores anybody.
    if (this.#entries.size > 0) this.#entries.get(author)?.forEach(({ ignorer }) => act(ignorer));
  }

  /** The people on a member's list, by the names that they have or had last. */
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
    this.#remove(entry);
    return entry.name;
  }

  /** `person` has come, perhaps again. */
  joined(person: Member): void {
    for (const entry of [...(this.#away.get(person.key)?.values() ?? [])]) {
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

  /** `person` has left. Others still ignore it. Its own list ends. */
  left(person: Member): void {
    this.#entries.get(person)?.forEach((entry) => this.#keep(entry));
    this.#entries.delete(person);
    this.#lists.get(person)?.forEach((entry) => this.#letGo(entry));
    this.#lists.delete(person);
  }

  /** The person of `entry` is away from now on. */
  #keep(entry: Entry<Member>): void {
    const { ignorer } = entry;
    entry.person = undefined;
    for (const key of [...entry.keys]) {
      const older = this.#away.get(key)?.get(ignorer);
      if (older === undefined) continue;
      this.#remove(older);
      entry.keys = joinKeys(older.keys, entry.keys);
    }
    for (const key of entry.keys) {
      const entries = this.#away.get(key) ?? new Map();
      this.#away.set(key, entries.set(ignorer, entry));
    }
  }

  #remove(entry: Entry<Member>): void {
    exclude(this.#lists, entry.ignorer, entry);
    this.#letGo(entry);
  }

  #find(member: Member, isIt: (entry: Entry<Member>) => boolean): Entry<Member> | undefined {
    for (const entry of this.#lists.get(member) ?? []) if (isIt(entry)) return entry;
    return undefined;
  }

  /** `entry` is no longer found by its person. */
  #letGo(entry: Entry<Member>): void {
    if (entry.person !== undefined) exclude(this.#entries, entry.person, entry);
    else for (const key of entry.keys) exclude(this.#away, key, entry.ignorer);
  }
}

function rename<Member>(entry: Entry<Member>, { name, key }: Named): void {
  entry.name = name;
  entry.key = key;
  entry.keys = joinKeys(entry.keys, [key]);
}

/** Each key once, the later ones at the end, and no more than an entry keeps. */
function joinKeys(earlier: readonly string[], later: readonly string[]): string[] {
  return [...earlier.filter((key) => !later.includes(key)), ...later].slice(-KEYS_MAX);
}

function include<Key, Value>(sets: Map<Key, Set<Value>>, key: Key, value: Value): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([value]));
  else set.add(value);
}

/** Takes a value out of the collection of `key`, and the collection away if it was the last. */
function exclude<Key, Value>(
  collections: Map<Key, { delete(value: Value): boolean; readonly size: number }>,
  key: Key,
  value: Value,
): void {
  const collection = collections.get(key);
  collection?.delete(value);
  if (collection?.size === 0) collections.delete(key);
}
