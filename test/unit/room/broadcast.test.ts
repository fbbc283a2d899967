import { describe, expect, test } from "bun:test";
import type { Listener } from "../../../lib/room/broadcast.ts";
import { stopClock, turnOver } from "../../helpers/clock.ts";
import { RecordedOutbox, roomOf } from "../../helpers/recorded-outbox.ts";

stopClock();

describe("Broadcast", () => {
  test("one write per member for all that one turn published", async () => {
    const { room, people } = roomOf(3);
    for (const text of ["one\n", "two\n", "three\n"]) room.say(text);
    let flushes = 0;
    for (const { outbox } of people) {
      outbox.onFlush = () => void flushes++;
      expect(outbox.writes).toEqual([]);
    }
    await turnOver();
    for (const { outbox } of people) expect(outbox.writes).toEqual(["one\ntwo\nthree\n"]);
    expect(flushes).toBe(3);
    room.say("four\n");
    await turnOver();
    for (const { outbox } of people) expect(outbox.writes[1]).toBe("four\n");
  });

  test("members share the turn's bytes, and nothing more than them", async () => {
    const { room, people } = roomOf(2);
    room.say("hello\n");
    await turnOver();
    const [alice, bob] = people.map(({ outbox }) => outbox.chunks[0] as Uint8Array);
    expect(alice).toBe(bob as Uint8Array);
    expect(alice?.buffer.byteLength).toBe(6);
  });

  test("a small part of a large turn is copied, so that it does not keep the turn alive", async () => {
    const { room, people } = roomOf(2);
    room.say(`${"x".repeat(2_000)}\n`, people[0]!.member);
    room.say("hello\n");
    await turnOver();
    const [chunk] = people[0]!.outbox.chunks;
    expect([chunk?.length, chunk?.buffer.byteLength]).toEqual([6, 6]);
  });

  test("nobody hears itself, and everyone sees the same order", async () => {
    const { room, people } = roomOf(3);
    const [alice, bob, carol] = people.map(({ member }) => member) as [
      Listener,
      Listener,
      Listener,
    ];
    room.say("a1\n", alice);
    room.say("b1\n", bob);
    room.say("a2\n", alice);
    room.say("a3\n", alice);
    room.say("c1\n", carol);
    room.say("all\n");
    await turnOver();
    const writes = people.map(({ outbox }) => outbox.writes);
    expect(writes).toEqual([
      ["b1\nc1\nall\n"],
      ["a1\na2\na3\nc1\nall\n"],
      ["a1\nb1\na2\na3\nall\n"],
    ]);
  });

  test("who joins in mid-turn sees what comes after", async () => {
    const { room, people } = roomOf(1);
    room.say("before\n");
    const outbox = new RecordedOutbox();
    const bob = room.join(outbox);
    room.say("Bob joined\n", bob);
    room.say("after\n");
    await turnOver();
    expect(outbox.writes).toEqual(["after\n"]);
    expect(people[0]?.outbox.writes).toEqual(["before\nBob joined\nafter\n"]);
  });

  test("who leaves in mid-turn is given what came before", async () => {
    const { room, people } = roomOf(2);
    const [alice, bob] = people;
    room.say("before\n");
    room.remove(bob!.member);
    room.say("after\n");
    await turnOver();
    bob!.outbox.flush();
    expect(bob!.outbox.writes).toEqual(["before\n"]);
    expect(alice!.outbox.writes).toEqual(["before\nafter\n"]);
  });

  test("a private line follows what came before it, in the same write", async () => {
    const { room, people } = roomOf(2);
    const [alice] = people;
    room.say("one\n");
    room.tell(alice!.member, "private\n");
    room.say("two\n");
    await turnOver();
    expect(alice!.outbox.writes).toEqual(["one\nprivate\ntwo\n"]);
  });

  test("private lines go out although nothing is published, and cost nobody else a thing", async () => {
    const { room, people } = roomOf(2);
    const [alice, bob] = people;
    let flushes = 0;
    bob!.outbox.onFlush = () => void flushes++;
    room.tell(alice!.member, "private\n");
    room.tell(alice!.member, "and more\n");
    await turnOver();
    expect(alice!.outbox.writes).toEqual(["private\nand more\n"]);
    expect(flushes).toBe(0);
  });

  test("so they do in the next turn", async () => {
    const { room, people } = roomOf(1);
    for (const text of ["one\n", "two\n"]) {
      room.tell(people[0]!.member, text);
      await turnOver();
    }
    expect(people[0]!.outbox.writes).toEqual(["one\n", "two\n"]);
  });

  test("a turn that outgrows its limit is flushed early, whole and in order", async () => {
    const { room, people } = roomOf(2);
    const lines = Array.from({ length: 500 }, (_, number) => `line ${number} ${"é".repeat(20)}\n`);
    for (const line of lines) room.say(line, people[0]!.member);
    await turnOver();
    const { writes } = people[1]!.outbox;
    expect(writes.length).toBeGreaterThan(4);
    expect(Math.max(...writes.map((write) => Buffer.byteLength(write)))).toBeLessThanOrEqual(4096);
    expect(writes.join("")).toBe(lines.join(""));
    expect(people[0]!.outbox.writes).toEqual([]);
  });

  test("a line longer than the turn's limit is published whole", async () => {
    const { room, people } = roomOf(2);
    const long = `${"日".repeat(10_000)}\n`;
    room.say("short\n");
    room.say(long);
    room.say("end\n");
    await turnOver();
    expect(people[0]!.outbox.writes).toEqual(["short\n", long, "end\n"]);
  });

  test("a long line does not raise the limit of the turns that follow", async () => {
    const { room, people } = roomOf(2);
    room.say(`${"x".repeat(20_000)}\n`);
    await turnOver();
    for (let number = 0; number < 500; number++) room.say(`line ${number} ${"x".repeat(50)}\n`);
    await turnOver();
    const [, ...turns] = people[0]!.outbox.writes;
    expect(Math.max(...turns.map((turn) => turn.length))).toBeLessThanOrEqual(4096);
  });

  test("an outbox that throws keeps nobody else from theirs, and hears of it", async () => {
    const { room, people } = roomOf(3);
    const [alice, bob, carol] = people.map(({ outbox }) => outbox) as [
      RecordedOutbox,
      RecordedOutbox,
      RecordedOutbox,
    ];
    const error = new Error("ours");
    bob.onFlush = () => {
      throw error;
    };
    room.say("one\n");
    await turnOver();
    expect([alice.writes, carol.writes]).toEqual([["one\n"], ["one\n"]]);
    await turnOver();
    expect([alice.failures, bob.failures, carol.failures]).toEqual([[], [error], []]);
    room.say("two\n");
    await turnOver();
    expect(carol.writes).toEqual(["one\n", "two\n"]);
  });

  test("what a failure sets off is published whole, also if it happened in the middle of a line", async () => {
    const { room, people } = roomOf(2);
    const [alice, bob] = people as [(typeof people)[0], (typeof people)[0]];
    alice.outbox.onFlush = () => {
      throw new Error("ours");
    };
    alice.outbox.onFailed = () => {
      alice.outbox.onFailed = () => {};
      room.remove(alice.member);
      room.say("*** Alice has left the chat ***\n");
    };
    const long = `${"x".repeat(20_000)}\n`;
    room.say("one\n");
    room.say(long);
    for (let turn = 0; turn < 3; turn++) await turnOver();
    expect(bob.outbox.writes.join("")).toBe(`one\n${long}*** Alice has left the chat ***\n`);
  });

  test("one that has gone is told nothing, also of what it said before", async () => {
    const { room, people } = roomOf(2);
    const [alice, bob] = people as [(typeof people)[0], (typeof people)[0]];
    room.remove(alice.member);
    room.say("a long line of hers that was on its way\n", alice.member);
    await turnOver();
    room.say("b\n", bob.member);
    room.tell(alice.member, "too late\n");
    await turnOver();
    expect(alice.outbox.writes).toEqual([]);
    expect(bob.outbox.writes).toEqual(["a long line of hers that was on its way\n"]);
  });
});
