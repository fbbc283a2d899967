import { describe, expect, test } from "bun:test";
import { IgnoreLists, IGNORED_MAX, type Named } from "../../../lib/room/ignore-lists.ts";

const person = (name: string) => ({ name, key: name.toLowerCase() });

function listsOf<Member extends Named>() {
  const lists = new IgnoreLists<Member>();
  const ignorersOf = (author: Member) => {
    const names: string[] = [];
    lists.forEachIgnorer(author, ({ name }) => names.push(name));
    return names;
  };
  return { lists, ignorersOf };
}

describe("IgnoreLists", () => {
  test("forgets the list of a member that leaves", () => {
    const { lists, ignorersOf } = listsOf();
    const [alice, bob, carol] = [person("Alice"), person("Bob"), person("Carol")];
    lists.add(alice, bob);
    lists.add(carol, bob);
    lists.left(alice);
    expect(ignorersOf(bob)).toEqual(["Carol"]);
    expect(lists.of(alice)).toEqual([]);
    lists.left(bob);
    lists.left(carol);
    const again = person("Bob");
    lists.joined(again);
    expect(ignorersOf(again)).toEqual([]);
  });

  test("ignores a person again that comes back under any of the last ten names", () => {
    const { lists, ignorersOf } = listsOf();
    const [alice, bob] = [person("Alice"), person("Bob")];
    lists.add(alice, bob);
    for (let number = 1; number <= 10; number++) {
      Object.assign(bob, person(`b${number}`));
      lists.renamed(bob);
    }
    lists.left(bob);
    const [first, third] = [person("Bob"), person("b3")];
    lists.joined(first);
    expect(ignorersOf(first)).toEqual([]);
    lists.joined(third);
    expect(ignorersOf(third)).toEqual(["Alice"]);
    expect(lists.of(alice).map(({ name }) => name)).toEqual(["b3"]);
    const second = person("b2");
    lists.joined(second);
    expect(ignorersOf(second)).toEqual([]);
  });

  test("ignores nobody twice, also when a list is full", () => {
    const { lists } = listsOf();
    const alice = person("Alice");
    const people = Array.from({ length: IGNORED_MAX + 1 }, (_, number) => person(`p${number}`));
    const added = people.map((each) => lists.add(alice, each));
    expect(added.indexOf(false)).toBe(IGNORED_MAX);
    expect(lists.add(alice, people[0]!)).toBe(true);
    expect(lists.of(alice)).toHaveLength(IGNORED_MAX);
  });

  test("an entry can be ended while its person is away", () => {
    const { lists, ignorersOf } = listsOf();
    const [alice, bob] = [person("Alice"), person("Bob")];
    lists.add(alice, bob);
    lists.left(bob);
    expect(lists.remove(alice, "bob")).toBe("Bob");
    expect(lists.remove(alice, "bob")).toBeUndefined();
    const again = person("Bob");
    lists.joined(again);
    expect(ignorersOf(again)).toEqual([]);
  });

  test("makes one entry of two that share a name, so that nobody is taken up twice", () => {
    const { lists, ignorersOf } = listsOf();
    const alice = person("Alice");
    for (let number = 0; number < IGNORED_MAX; number++) {
      const other = person(`p${number}`);
      lists.add(alice, other);
      Object.assign(other, person("Mallory"));
      lists.renamed(other);
      lists.left(other);
    }
    expect(lists.of(alice).map(({ name }) => name)).toEqual(["Mallory"]);
    const again = person("p95");
    lists.joined(again);
    expect(ignorersOf(again)).toEqual(["Alice"]);
    expect(lists.remove(alice, "p95")).toBe("p95");
    expect(ignorersOf(again)).toEqual([]);
  });
});
