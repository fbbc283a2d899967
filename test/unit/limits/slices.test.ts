import { describe, expect, jest, test } from "bun:test";
import { Budget } from "../../../lib/limits/budget.ts";
import { Slice, Slices, type Taker } from "../../../lib/limits/slices.ts";
import { handClock, stopClock, turnOver } from "../../helpers/clock.ts";

stopClock({ leavesNoTimer: true });
const pass = handClock();

/** Clients with lines that each take this long. `read` has the clients whose lines were read, in order. */
function stage() {
  const slices = new Slices();
  const read: string[] = [];
  const client = (name: string, slice: Slice, msEach: number) => {
    let unread = 0;
    const taker: Taker = {
      slice,
      taken: { time: 0, lines: 0 },
      takenAtMs: 0,
      get pendingBytes() {
        return unread;
      },
      resume: () => go(),
    };
    const go = () => {
      while (unread > 0) {
        if (!slices.mayRead(taker)) return slices.wait(taker);
        unread--;
        read.push(name);
        slice.lines.spend(1);
        pass(msEach);
        slices.charge(taker);
      }
    };
    const send = (lines: number) => {
      unread += lines;
      slices.begin();
      go();
    };
    return { taker, send };
  };
  const slice = (burst = 1, perSecond = 0) => new Slice(new Budget(burst, perSecond));
  const takeRead = () => read.splice(0).join("");
  return { slices, client, slice, takeRead };
}

describe("Slices", () => {
  test("reads from an address until two milliseconds of a turn are taken, and then in the next", async () => {
    const { client, slice, takeRead } = stage();
    const alice = client("a", slice(), 0.5);
    alice.send(10);
    for (const lines of ["aaaa", "aaaa", "aa", ""]) {
      expect(takeRead()).toBe(lines);
      await turnOver();
    }
    alice.send(2);
    expect(takeRead()).toBe("aa");
  });

  test("an address that has used up its slice delays no other", async () => {
    const { client, slice, takeRead } = stage();
    const [alice, bob] = [client("a", slice(), 5), client("b", slice(), 0.5)];
    alice.send(3);
    bob.send(2);
    expect(takeRead()).toBe("abb");
    await turnOver();
    bob.send(2);
    expect(takeRead()).toBe("abb");
    await turnOver();
    expect(takeRead()).toBe("a");
  });

  test("the client of an address that has taken least of late comes first, and nobody overtakes a client that waits", async () => {
    const { client, slice, takeRead } = stage();
    const shared = slice();
    const [alice, bob, carol] = [
      client("a", shared, 5),
      client("b", shared, 5),
      client("c", shared, 0.1),
    ];
    alice.send(3);
    bob.send(3);
    carol.send(2);
    for (const lines of ["a", "ccb", "a"]) {
      expect(takeRead()).toBe(lines);
      await turnOver();
    }
    carol.send(1);
    expect(takeRead()).toBe("b");
    for (const lines of ["ca", "b"]) {
      await turnOver();
      expect(takeRead()).toBe(lines);
    }
  });

  test("the client with the least input comes first of those that have taken nothing yet", async () => {
    const { client, slice, takeRead } = stage();
    const shared = slice();
    for (const name of ["a", "b", "c"]) client(name, shared, 5).send(2);
    client("d", shared, 0.1).send(1);
    for (const lines of ["a", "db"]) {
      expect(takeRead()).toBe(lines);
      await turnOver();
    }
    for (let turn = 0; turn < 5; turn++) await turnOver();
  });

  test("what somebody took long ago no longer counts", async () => {
    const { client, slice, takeRead } = stage();
    const shared = slice();
    const [alice, bob] = [client("a", shared, 3), client("b", shared, 3)];
    alice.send(3);
    for (let turn = 0; turn < 3; turn++) await turnOver();
    pass(1_000_000);
    bob.send(3);
    alice.send(1);
    await turnOver();
    await turnOver();
    expect(takeRead()).toBe("aaabab");
    await turnOver();
    takeRead();
  });

  test("a pause in the middle of a line costs its client no more than a slice", async () => {
    const { client, slice, takeRead } = stage();
    const shared = slice();
    const [alice, bob] = [client("a", shared, 1_000), client("b", shared, 3)];
    alice.send(1);
    bob.send(3);
    for (let turn = 0; turn < 2; turn++) await turnOver();
    alice.send(1);
    await turnOver();
    expect(takeRead()).toBe("abba");
    await turnOver();
    expect(takeRead()).toBe("b");
  });

  test("a pause before a client is read from is not charged to it", () => {
    const { client, slice, takeRead } = stage();
    const alice = client("a", slice(), 0.5);
    alice.send(1);
    pass(1_000);
    alice.send(2);
    expect(takeRead()).toBe("aaa");
  });

  test("an address without budget waits for it, its clients in turn, and delays no other", async () => {
    const { client, slice, takeRead } = stage();
    const [shared, other] = [slice(2, 10), slice()];
    const [alice, bob] = [client("a", shared, 0.1), client("b", shared, 0.1)];
    const carol = client("c", other, 0.1);
    alice.send(4);
    bob.send(2);
    carol.send(1);
    expect(takeRead()).toBe("aac");
    for (const lines of ["b", "b", "a", "a"]) {
      await turnOver();
      jest.advanceTimersByTime(99);
      expect(takeRead()).toBe("");
      jest.advanceTimersByTime(1);
      expect(takeRead()).toBe(lines);
    }
  });

  test("a client that goes no longer waits, and its address is free again", async () => {
    const { slices, client, slice, takeRead } = stage();
    const shared = slice(1, 1);
    const [alice, bob] = [client("a", shared, 5), client("b", shared, 5)];
    alice.send(2);
    bob.send(1);
    slices.remove(alice.taker);
    slices.remove(bob.taker);
    expect(jest.getTimerCount()).toBe(0);
    jest.advanceTimersByTime(2_000);
    await turnOver();
    client("c", shared, 1).send(2);
    expect(takeRead()).toBe("ac");
    jest.advanceTimersByTime(1_000);
    expect(takeRead()).toBe("c");
  });
});
