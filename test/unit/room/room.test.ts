import { describe, expect, test } from "bun:test";
import { Room } from "../../../lib/room/room.ts";
import { stopClock, turnOver } from "../../helpers/clock.ts";
import { RecordedOutbox } from "../../helpers/recorded-outbox.ts";

stopClock();

function roomOf(...names: string[]) {
  const room = new Room(4096);
  const newcomer = () => room.newcomer("", new RecordedOutbox());
  const join = (name: string) => {
    const outbox = new RecordedOutbox();
    const member = room.newcomer("", outbox);
    return { member, outbox, isIn: room.apply({ do: "join", member, name }) };
  };
  const people = names.map(join);
  return { room, newcomer, join, people };
}

describe("Room", () => {
  test("a name that somebody has is not taken from its holder, but may be written otherwise", () => {
    const { room, people } = roomOf("Alice", "Bob");
    const [alice, bob] = people.map(({ member }) => member);
    expect(room.apply({ do: "rename", member: alice!, name: "BOB" })).toBe(false);
    expect([alice?.name, room.members.find("bob")]).toEqual(["Alice", bob]);
    expect(room.apply({ do: "rename", member: bob!, name: "BOB" })).toBe(true);
    expect([bob?.name, room.members.find("bob")]).toEqual(["BOB", bob]);
  });

  test("of two claims to one name the first wins", () => {
    const { join } = roomOf("Alice");
    expect(["Bob", "bob", "ＢＯＢ"].map((name) => join(name).isIn)).toEqual([true, false, false]);
  });

  test("a name is free once its owner has left, and leaving twice takes nobody else out", () => {
    const { room, join, people } = roomOf("Alice", "Bob");
    const { member } = people[1]!;
    expect(room.apply({ do: "leave", member, reason: "quit" })).toBe(true);
    expect(join("Bob").isIn).toBe(true);
    expect(room.apply({ do: "leave", member, reason: "quit" })).toBe(false);
    expect(join("Bob").isIn).toBe(false);
  });

  test("whoever is not here says nothing, and has no name to change", async () => {
    const { room, people, newcomer } = roomOf("Alice");
    const member = newcomer();
    expect(room.apply({ do: "say", member, text: "boo" })).toBe(false);
    expect(room.apply({ do: "act", member, text: "waves" })).toBe(false);
    expect(room.apply({ do: "rename", member, name: "Ghost" })).toBe(false);
    await turnOver();
    expect([people[0]!.outbox.text, room.members.find("ghost")]).toEqual(["", undefined]);
  });

  test("one who is going is sent nothing more, and has the name until the leaving is applied", async () => {
    const { room, join, people } = roomOf("Alice", "Bob");
    const [alice, bob] = [people[0]!, people[1]!];
    room.apply({ do: "say", member: alice.member, text: "before" });
    room.detach(bob.member);
    room.apply({ do: "say", member: alice.member, text: "after" });
    room.tell(bob.member, "psst\n");
    await turnOver();
    expect(bob.outbox.text).toBe("Alice: before\n");
    expect(join("Bob").isIn).toBe(false);
    room.apply({ do: "leave", member: bob.member, reason: "quit" });
    await turnOver();
    expect([bob.outbox.text, join("Bob").isIn]).toEqual(["Alice: before\n", true]);
  });

  test("dissolving gives everyone what was said, and says nothing itself", async () => {
    const { room, people } = roomOf("Alice", "Bob");
    for (const { outbox } of people) outbox.text = "";
    room.apply({ do: "announce", lines: "last\n" });
    room.dissolve();
    for (const { member } of people) room.apply({ do: "leave", member, reason: "quit" });
    await turnOver();
    for (const { outbox } of people) expect(outbox.text).toEndWith("last\n");
  });
});
