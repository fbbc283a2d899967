/**
 * Who ignores whom. An entry is about a name and follows it when it is changed; so it also holds when
 * the one who is ignored leaves and comes back. It ends when the one who ignores leaves.
 */

/** What a list needs to know of a member. */
interface Named {
  readonly name: string;
  readonly key: string;
}

/** The most entries in one member's list. */
export const IGNORED_MAX = 100;

const NOBODY: ReadonlySet<never> = new Set<never>();

export class IgnoreLists<Member extends Named = Named> {
  /** By member, the names that it ignores by their keys. */
  readonly #lists = new Map<Member, Map<string, string>>();
  /** By the key of a name, who ignores it. */
  readonly #ignorers = new Map<string, Set<Member>>();

  /** Those who are not to be shown what `author` says. Costs nothing where nobody ignores anybody. */
  ignorersOf(author: Named): ReadonlySet<Member> {
    return this.#ignorers.size === 0 ? NOBODY : (this.#ignorers.get(author.key) ?? NOBODY);
  }

  /** The names that a member ignores. */
  namesOf(member: Member): string[] {
    return [...(this.#lists.get(member)?.values() ?? [])];
  }

  has(member: Member, { key }: Named): boolean {
    return this.#lists.get(member)?.has(key) ?? false;
  }

  /** Has `member` ignore `other`; returns whether its list had space for that. */
  add(member: Member, other: Named): boolean {
    const list = this.#lists.get(member) ?? new Map<string, string>();
    if (list.size >= IGNORED_MAX) return false;
    this.#lists.set(member, list.set(other.key, other.name));
    const ignorers = this.#ignorers.get(other.key) ?? new Set();
    this.#ignorers.set(other.key, ignorers.add(member));
    return true;
  }

  /** Ends that; returns the name, or `undefined` if the member does not ignore it. */
  remove(member: Member, key: string): string | undefined {
    const list = this.#lists.get(member);
    const name = list?.get(key);
    if (list === undefined || name === undefined) return undefined;
    list.delete(key);
    if (list.size === 0) this.#lists.delete(member);
    const ignorers = this.#ignorers.get(key);
    ignorers?.delete(member);
    if (ignorers?.size === 0) this.#ignorers.delete(key);
    return name;
  }

  /** Somebody has changed its name: whoever ignores it goes on. */
  renamed(from: string, to: string, name: string): void {
    for (const member of [...(this.#ignorers.get(from) ?? [])]) {
      this.remove(member, from);
      this.remove(member, to);
      this.add(member, { key: to, name });
    }
  }

  /** `member` has left. */
  forget(member: Member): void {
    for (const key of [...(this.#lists.get(member)?.keys() ?? [])]) this.remove(member, key);
  }
}
