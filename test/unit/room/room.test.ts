import { describe, expect, jest, test } from "bun:test";
import { Room, type Member, type Outbox } from "../../../lib/room/room.ts";
import { Chunk } from "../../../lib/room/chunk.ts";
import { stopClock, turnOver } from "../../helpers/clock.ts";

/** Records what it is given: `writes` has one entry for each flush that had something to send. */
class RecordedOutbox implements Outbox {
  readonly chunks: Uint8Array[] = [];
  readonly writes: string[] = [];
  readonly failures: unknown[] = [];
  onFlush: () => void = () => {};
  #pending = "";

  enqueue(chunk: Chunk): void {
    this.chunks.push(chunk.bytes);
    this.#pending += Buffer.from(chunk.bytes).toString();
  }

  answer(text: string): void {
    this.tell(text);
  }

  tell(text: string): void {
    this.enqueue(Chunk.of(text));
  }

  flush(): void {
    this.onFlush();
    if (this.#pending !== "") this.writes.push(this.#pending);
    this.#pending = "";
  }

  send(chunk: Chunk, isLent = false): void {
    this.enqueue(isLent ? chunk.copy() : chunk);
    this.flush();
  }

  close(): void {}

  onFailed: () => void = () => {};

  failed(error: unknown): void {
    this.failures.push(error);
    this.onFailed();
  }
}

function roomOf(...names: string[]) {
  const room = new Room(4096);
  const people = names.map((name) => {
    const outbox = new RecordedOutbox();
    const member = room.join(name, outbox);
    if (member === undefined) throw new Error(`${name} could not join`);
    return { member, outbox };
  });
  return { room, people: people as [...typeof people] & Record<number, (typeof people)[0]> };
}

stopClock();

describe("Room", () => {
  test("one write per member for all that one turn published", async () => {
    const { room, people } = roomOf("Alice", "Bob", "Carol");
    for (const text of ["one\n", "two\n", "three\n"]) room.publish(text);
    let flushes = 0;
    for (const { outbox } of people) {
      outbox.onFlush = () => void flushes++;
      expect(outbox.writes).toEqual([]);
    }
    await turnOver();
    for (const { outbox } of people) expect(outbox.writes).toEqual(["one\ntwo\nthree\n"]);
    expect(flushes).toBe(3);
    room.publish("four\n");
    await turnOver();
    for (const { outbox } of people) expect(outbox.writes[1]).toBe("four\n");
  });

  test("members share the turn's bytes, and nothing more than them", async () => {
    const { room, people } = roomOf("Alice", "Bob");
    room.publish("hello\n");
    await turnOver();
    const [alice, bob] = people.map(({ outbox }) => outbox.chunks[0] as Uint8Array);
    expect(alice).toBe(bob as Uint8Array);
    expect(alice?.buffer.byteLength).toBe(6);
  });

  test("a small part of a large turn is copied, so that it does not keep the turn alive", async () => {
    const { room, people } = roomOf("Alice", "Bob");
    room.publish(`${"x".repeat(2_000)}\n`, people[0]!.member);
    room.publish("hello\n");
    await turnOver();
    const [chunk] = people[0]!.outbox.chunks;
    expect([chunk?.length, chunk?.buffer.byteLength]).toEqual([6, 6]);
  });

  test("nobody hears itself, and everyone sees the same order", async () => {
    const { room, people } = roomOf("Alice", "Bob", "Carol");
    const [alice, bob, carol] = people.map(({ member }) => member);
    room.publish("a1\n", alice);
    room.publish("b1\n", bob);
    room.publish("a2\n", alice);
    room.publish("a3\n", alice);
    room.publish("c1\n", carol);
    room.publish("all\n");
    await turnOver();
    const writes = people.map(({ outbox }) => outbox.writes);
    expect(writes).toEqual([
      ["b1\nc1\nall\n"],
      ["a1\na2\na3\nc1\nall\n"],
      ["a1\nb1\na2\na3\nall\n"],
    ]);
  });

  test("a member that joins in mid-turn sees what comes after", async () => {
    const { room, people } = roomOf("Alice");
    room.publish("before\n");
    const outbox = new RecordedOutbox();
    const bob = room.join("Bob", outbox);
    room.publish("Bob joined\n", bob);
    room.publish("after\n");
    await turnOver();
    expect(outbox.writes).toEqual(["after\n"]);
    expect(people[0]?.outbox.writes).toEqual(["before\nBob joined\nafter\n"]);
  });

  test("a member that leaves in mid-turn is given what came before", async () => {
    const { room, people } = roomOf("Alice", "Bob");
    const [alice, bob] = people;
    room.publish("before\n");
    room.leave(bob!.member);
    room.publish("after\n");
    await turnOver();
    bob!.outbox.flush();
    expect(bob!.outbox.writes).toEqual(["before\n"]);
    expect(alice!.outbox.writes).toEqual(["before\nafter\n"]);
  });

  test("a private line follows what came before it, in the same write", async () => {
    const { room, people } = roomOf("Alice", "Bob");
    const [alice] = people;
    room.publish("one\n");
    room.tell(alice!.member, "private\n");
    room.publish("two\n");
    await turnOver();
    expect(alice!.outbox.writes).toEqual(["one\nprivate\ntwo\n"]);
  });

  test("private lines go out although nothing is published, and cost nobody else a thing", async () => {
    const { room, people } = roomOf("Alice", "Bob");
    const [alice, bob] = people;
    let flushes = 0;
    bob!.outbox.onFlush = () => void flushes++;
    room.tell(alice!.member, "private\n");
    room.tell(alice!.member, "and more\n");
    await turnOver();
    expect(alice!.outbox.writes).toEqual(["private\nand more\n"]);
    expect(flushes).toBe(0);
  });

  test("private lines go out in the next turn too", async () => {
    const { room, people } = roomOf("Alice");
    for (const text of ["one\n", "two\n"]) {
      room.tell(people[0]!.member, text);
      await turnOver();
    }
    expect(people[0]!.outbox.writes).toEqual(["one\n", "two\n"]);
  });

  test("a name is not taken from the member that has it, but that member may write it in another way", () => {
    const { room, people } = roomOf("Alice", "Bob");
    const [alice, bob] = people.map(({ member }) => member) as [Member, Member];
    expect(room.rename(alice, "BOB")).toBe(false);
    expect([alice.name, room.find("bob")]).toEqual(["Alice", bob]);
    expect(room.rename(bob, "BOB")).toBe(true);
    expect([bob.name, room.find("bob")]).toEqual(["BOB", bob]);
  });

  test("the first of two claims to one name in one turn wins", () => {
    const { room } = roomOf("Alice");
    expect(room.join("Bob", new RecordedOutbox())).toBeDefined();
    expect(room.join("bob", new RecordedOutbox())).toBeUndefined();
    expect(room.join("ＢＯＢ", new RecordedOutbox())).toBeUndefined();
  });

  test("a name is free once its owner has left, and leaving twice takes nobody else out", () => {
    const { room, people } = roomOf("Alice", "Bob");
    const { member } = people[1]!;
    room.leave(member);
    expect(room.join("Bob", new RecordedOutbox())).toBeDefined();
    room.leave(member);
    expect(room.join("Bob", new RecordedOutbox())).toBeUndefined();
  });

  test("dissolving gives everyone what was said, and says nothing itself", async () => {
    const { room, people } = roomOf("Alice", "Bob");
    room.publish("last\n");
    room.dissolve();
    for (const { member } of people) {
      room.leave(member);
      room.publish("left\n");
    }
    await turnOver();
    for (const { outbox } of people) {
      outbox.flush();
      expect(outbox.writes).toEqual(["last\n"]);
    }
  });

  test("a turn that outgrows its limit is flushed early, whole and in order", async () => {
    const { room, people } = roomOf("Alice", "Bob");
    const lines = Array.from({ length: 500 }, (_, number) => `line ${number} ${"é".repeat(20)}\n`);
    for (const line of lines) room.publish(line, people[0]!.member);
    await turnOver();
    const { writes } = people[1]!.outbox;
    expect(writes.length).toBeGreaterThan(4);
    expect(Math.max(...writes.map((write) => Buffer.byteLength(write)))).toBeLessThanOrEqual(4096);
    expect(writes.join("")).toBe(lines.join(""));
    expect(people[0]!.outbox.writes).toEqual([]);
  });

  test("a line longer than the turn's limit is published whole", async () => {
    const { room, people } = roomOf("Alice", "Bob");
    const long = `${"日".repeat(10_000)}\n`;
    room.publish("short\n");
    room.publish(long);
    room.publish("end\n");
    await turnOver();
    expect(people[0]!.outbox.writes).toEqual(["short\n", long, "end\n"]);
  });

  test("a long line does not raise the limit of the turns that follow", async () => {
    const { room, people } = roomOf("Alice", "Bob");
    room.publish(`${"x".repeat(20_000)}\n`);
    await turnOver();
    for (let number = 0; number < 500; number++) room.publish(`line ${number} ${"x".repeat(50)}\n`);
    await turnOver();
    const [, ...turns] = people[0]!.outbox.writes;
    expect(Math.max(...turns.map((turn) => turn.length))).toBeLessThanOrEqual(4096);
  });

  /** Publishes and announces, in a room whose flush has just taken ten milliseconds. */
  async function busy(...texts: string[]) {
    const { room, people } = roomOf("Alice", "Bob");
    const { outbox } = people[0]!;
    outbox.onFlush = () => void jest.advanceTimersByTime(10);
    for (const text of texts) room.publish(text);
    await turnOver();
    outbox.writes.length = 0;
    return { room, outbox, bob: people[1]!.member };
  }

  test("after a long flush of many lines, what is said waits and goes out together", async () => {
    const { room, outbox } = await busy("1\n", "2\n", "3\n", "4\n");
    room.publish("one\n");
    await turnOver();
    expect(outbox.writes).toEqual([]);
    room.publish("two\n");
    jest.advanceTimersByTime(10);
    expect(outbox.writes).toEqual(["one\ntwo\n"]);
  });

  test("after long flushes of a line each, what is said does not wait", async () => {
    const { room, outbox } = await busy("1\n");
    for (const text of ["one\n", "two\n", "three\n", "four\n", "five\n"]) {
      room.publish(text);
      await turnOver();
    }
    expect(outbox.writes).toEqual(["one\n", "two\n", "three\n", "four\n", "five\n"]);
  });

  test("a notice waits until something is said, also if its subject still has lines to get", async () => {
    const { room, outbox, bob } = await busy("1\n");
    room.announce("*** Carol has joined the chat ***\n");
    room.announce("*** Bob is here ***\n", bob);
    room.leave(bob);
    room.announce("*** Bob has left the chat ***\n");
    await turnOver();
    expect(outbox.writes).toEqual([]);
    room.publish("hello\n");
    await turnOver();
    expect(outbox.writes).toEqual([
      "*** Carol has joined the chat ***\n*** Bob is here ***\n*** Bob has left the chat ***\nhello\n",
    ]);
  });

  test("an outbox that throws is told, and all others get their lines", async () => {
    const { room, people } = roomOf("Alice", "Bob", "Carol");
    const [alice, bob, carol] = people.map(({ outbox }) => outbox) as [
      RecordedOutbox,
      RecordedOutbox,
      RecordedOutbox,
    ];
    const error = new Error("ours");
    bob.onFlush = () => {
      throw error;
    };
    room.publish("one\n");
    await turnOver();
    expect([alice.writes, carol.writes]).toEqual([["one\n"], ["one\n"]]);
    await turnOver();
    expect([alice.failures, bob.failures, carol.failures]).toEqual([[], [error], []]);
    room.publish("two\n");
    await turnOver();
    expect(carol.writes).toEqual(["one\n", "two\n"]);
  });

  test("what a failure causes is published whole, also if it happened in the middle of a line", async () => {
    const { room, people } = roomOf("Alice", "Bob");
    const [alice, bob] = people as [(typeof people)[0], (typeof people)[0]];
    alice.outbox.onFlush = () => {
      throw new Error("ours");
    };
    alice.outbox.onFailed = () => {
      alice.outbox.onFailed = () => {};
      room.leave(alice.member);
      room.publish("*** Alice has left the chat ***\n");
    };
    const long = `${"x".repeat(20_000)}\n`;
    room.publish("one\n");
    room.publish(long);
    for (let turn = 0; turn < 3; turn++) await turnOver();
    expect(bob.outbox.writes.join("")).toBe(`one\n${long}*** Alice has left the chat ***\n`);
  });
});

describe("whatever happens in a turn, everyone is given exactly what is for them", () => {
  for (const seed of [1, 2, 3, 4]) {
    test(`with seed ${seed}`, async () => {
      const random = randomNumbers(seed);
      const pick = <Item>(items: readonly Item[]) => items[random(items.length)] as Item;
      const room = new Room(200);
      const here: {
        member: Member;
        outbox: RecordedOutbox;
        expected: string;
        ignores: Set<Member>;
      }[] = [];
      const gone: typeof here = [];
      for (let step = 0; step < 3_000; step++) {
        const person = here.length > 0 ? pick(here) : undefined;
        const line = `${step} ${"é".repeat(random(60))}\n`;
        switch (person === undefined ? 0 : random(9)) {
          case 0: {
            const outbox = new RecordedOutbox();
            const member = room.join(`p${step}`, outbox);
            if (member) here.push({ member, outbox, expected: "", ignores: new Set() });
            break;
          }
          case 1:
            if (random(3) > 0 || person === undefined) break;
            room.leave(person.member);
            person.outbox.flush();
            here.splice(here.indexOf(person), 1);
            gone.push(person);
            for (const { ignores } of here) ignores.delete(person.member);
            break;
          case 2:
            room.tell(person!.member, line);
            person!.expected += line;
            break;
          case 3:
            room.announce(line, person!.member);
            for (const each of here) if (each !== person) each.expected += line;
            break;
          case 4: {
            const other = pick(here);
            if (other === person) break;
            if (person!.ignores.delete(other.member)) {
              room.ignoreLists.remove(person!.member, other.member.key);
            } else if (room.ignoreLists.add(person!.member, other.member)) {
              person!.ignores.add(other.member);
            }
            break;
          }
          case 5:
            expect(room.rename(person!.member, `q${step}`)).toBe(true);
            break;
          case 6:
            if (random(2) > 0) jest.advanceTimersByTime(random(200));
            await turnOver();
            break;
          default:
            room.publish(line, person!.member);
            for (const each of here) {
              if (each !== person && !each.ignores.has(person!.member)) each.expected += line;
            }
        }
      }
      jest.advanceTimersByTime(1_000);
      await turnOver();
      for (const { outbox, expected } of [...here, ...gone]) {
        expect(outbox.writes.join("")).toBe(expected);
      }
      expect(here.length + gone.length).toBeGreaterThan(100);
    });
  }
});

/** Whole numbers below a limit, the same for the same seed (xorshift32). */
function randomNumbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}
