import { describe, expect, jest, test } from "bun:test";
import { stopClock, turnOver } from "../../helpers/clock.ts";
import { roomOf } from "../../helpers/recorded-outbox.ts";

stopClock();

describe("Broadcast, after a long flush,", () => {
  /** Publishes and announces, in a room whose flush has just taken ten milliseconds. */
  async function busy(...texts: string[]) {
    const { room, people } = roomOf(2);
    const { outbox } = people[0]!;
    outbox.onFlush = () => void jest.advanceTimersByTime(10);
    for (const text of texts) room.say(text);
    await turnOver();
    outbox.writes.length = 0;
    return { room, outbox, bob: people[1]!.member };
  }

  test("after a long flush of many lines, what is said waits and goes out together", async () => {
    const { room, outbox } = await busy("1\n", "2\n", "3\n", "4\n");
    room.say("one\n");
    await turnOver();
    expect(outbox.writes).toEqual([]);
    room.say("two\n");
    jest.advanceTimersByTime(10);
    expect(outbox.writes).toEqual(["one\ntwo\n"]);
  });

  test("after long flushes of a line each, what is said does not wait", async () => {
    const { room, outbox } = await busy("1\n");
    for (const text of ["one\n", "two\n", "three\n", "four\n", "five\n"]) {
      room.say(text);
      await turnOver();
    }
    expect(outbox.writes).toEqual(["one\n", "two\n", "three\n", "four\n", "five\n"]);
  });

  test("a notice waits, also of one who has lines to be given, until something is said", async () => {
    const { room, outbox, bob } = await busy("1\n");
    room.announce("*** Carol has joined the chat ***\n");
    room.announce("*** Bob is here ***\n", bob);
    room.remove(bob);
    room.announce("*** Bob has left the chat ***\n");
    await turnOver();
    expect(outbox.writes).toEqual([]);
    room.say("hello\n");
    await turnOver();
    expect(outbox.writes).toEqual([
      "*** Carol has joined the chat ***\n*** Bob is here ***\n*** Bob has left the chat ***\nhello\n",
    ]);
  });
});
