import { describe, expect, jest, test } from "bun:test";
import { Backpressure, type Reader, type Sender } from "../../../lib/limits/backpressure.ts";
import { Addresses } from "../../../lib/limits/addresses.ts";
import { resolveOptions } from "../../../lib/options/settings.ts";
import { stopClock, turnOver } from "../../helpers/clock.ts";

const LIMIT = 1_024;

function stage() {
  const address = new Addresses(resolveOptions({})).of("here", true);
  const backpressure = new Backpressure({ queueLimitBytes: LIMIT });
  const resumed: string[] = [];
  /** A reader whose queue shrinks to what the test says when it is asked to try once more. */
  const reader = (retries: number[] = []): Reader => {
    const self = {
      client: "reader",
      retry() {
        const bytes = retries.shift();
        if (bytes !== undefined) backpressure.report(self, bytes);
      },
    };
    backpressure.addReader(self, address);
    return self;
  };
  const sender = (name: string, nextBytes = 1): Sender => ({
    nextBytes,
    resume: () => void resumed.push(name),
  });
  const bulk = sender("bulk");
  /** Whether somebody who has said a lot may say more. */
  const isHeld = () => {
    backpressure.spend(bulk, 1_000_000);
    return !backpressure.mayRead(bulk);
  };
  return { backpressure, resumed, reader, sender, bulk, isHeld };
}

stopClock({ leavesNoTimer: true });

describe("Backpressure", () => {
  test("holds above half of the limit and releases at a quarter", () => {
    const { backpressure, reader, isHeld } = stage();
    const alice = reader();
    for (const [bytes, held] of [
      [512, false],
      [513, true],
      [257, true],
      [256, false],
      [512, false],
      [513, true],
      [0, false],
    ] as const) {
      backpressure.report(alice, bytes);
      expect([bytes, isHeld()]).toEqual([bytes, held]);
    }
  });

  test("a line that is longer than the allowance waits until the hold ends, whoever says it", async () => {
    const { backpressure, resumed, reader, sender } = stage();
    const alice = reader();
    const [long, short] = [sender("long", LIMIT / 256 + 1), sender("short", LIMIT / 256)];
    expect([long, short].map((each) => backpressure.mayRead(each))).toEqual([true, true]);
    backpressure.report(alice, 600);
    expect([long, short].map((each) => backpressure.mayRead(each))).toEqual([false, true]);
    backpressure.resumeLater(long);
    await turnOver();
    expect(resumed).toEqual([]);
    backpressure.report(alice, 0);
    await turnOver();
    expect(resumed).toEqual(["long"]);
  });

  test("a sender that another one has removed is not resumed", async () => {
    const { backpressure, resumed, sender } = stage();
    const second = sender("second");
    const first: Sender = {
      nextBytes: 1,
      resume() {
        resumed.push("first");
        backpressure.removeSender(second);
      },
    };
    backpressure.resumeLater(first);
    backpressure.resumeLater(second);
    await turnOver();
    expect(resumed).toEqual(["first"]);
  });

  test("holds until the last reader that holds has caught up", () => {
    const { backpressure, reader, bulk, isHeld } = stage();
    const [alice, bob] = [reader(), reader()];
    backpressure.report(alice, 600);
    backpressure.report(bob, 600);
    expect(isHeld()).toBe(true);
    backpressure.report(alice, 0);
    expect(backpressure.mayRead(bulk)).toBe(false);
    backpressure.report(bob, 0);
    expect(isHeld()).toBe(false);
  });

  test("a reader that makes no progress is left behind at the second check", () => {
    const { backpressure, reader, isHeld } = stage();
    backpressure.report(reader(), 600);
    jest.advanceTimersByTime(99);
    expect(isHeld()).toBe(true);
    jest.advanceTimersByTime(1);
    expect(isHeld()).toBe(false);
  });

  test("a reader that makes too little progress is left behind at the tenth", () => {
    const { backpressure, reader, isHeld } = stage();
    backpressure.report(reader([590, 580, 570, 560, 550, 540, 530, 520, 510, 500]), 600);
    jest.advanceTimersByTime(499);
    expect(isHeld()).toBe(true);
    jest.advanceTimersByTime(1);
    expect(isHeld()).toBe(false);
  });

  test("a network that moves in lumps is progress, whether a drain reports it or not", () => {
    const { backpressure, reader, isHeld } = stage();
    const alice = reader([600, 590, 590]);
    backpressure.report(alice, 600);
    jest.advanceTimersByTime(150);
    backpressure.report(alice, 580);
    jest.advanceTimersByTime(149);
    expect(isHeld()).toBe(true);
    jest.advanceTimersByTime(1);
    expect(isHeld()).toBe(false);
  });

  test("progress that no drain has reported counts", () => {
    const { backpressure, reader, isHeld } = stage();
    backpressure.report(reader([256]), 600);
    jest.advanceTimersByTime(50);
    expect(isHeld()).toBe(false);
  });

  test("a reader that was left behind holds nobody until its queue has been empty once", () => {
    const { backpressure, reader, isHeld } = stage();
    const alice = reader();
    backpressure.report(alice, 600);
    jest.advanceTimersByTime(100);
    for (const bytes of [900, 200, 1, 900]) {
      backpressure.report(alice, bytes);
      expect(isHeld()).toBe(false);
    }
    backpressure.report(alice, 0);
    backpressure.report(alice, 513);
    expect(isHeld()).toBe(true);
    backpressure.removeReader(alice);
  });

  test("a reader that is not in the room, or no longer in it, holds nobody", () => {
    const { backpressure, reader, isHeld } = stage();
    backpressure.report({ client: "", retry() {} }, 1_000);
    expect(isHeld()).toBe(false);
    const alice = reader();
    backpressure.report(alice, 600);
    expect(isHeld()).toBe(true);
    backpressure.removeReader(alice);
    expect(isHeld()).toBe(false);
    backpressure.report(alice, 600);
    expect(isHeld()).toBe(false);
  });

  test("during a hold each sender may still say a screenful, and again in the next", () => {
    const { backpressure, reader, sender } = stage();
    const [alice, typist, other] = [reader(), sender("typist"), sender("other")];
    backpressure.spend(typist, 1_000_000);
    for (let hold = 0; hold < 2; hold++) {
      backpressure.report(alice, 600);
      backpressure.spend(typist, 3);
      expect(backpressure.mayRead(typist)).toBe(true);
      backpressure.spend(typist, 1);
      expect(backpressure.mayRead(typist)).toBe(false);
      expect(backpressure.mayRead(other)).toBe(true);
      backpressure.report(alice, 0);
      expect(backpressure.mayRead(typist)).toBe(true);
    }
  });

  test("people who type are never held, however long readers hold the room in turn", () => {
    const { backpressure, reader, sender } = stage();
    const typist = sender("typist");
    let last = reader();
    backpressure.report(last, 600);
    for (let second = 0; second < 60; second++) {
      for (let part = 0; part < 20; part++) {
        expect(backpressure.mayRead(typist)).toBe(true);
        backpressure.spend(typist, 10);
        jest.advanceTimersByTime(50);
        const next = reader();
        backpressure.report(next, 600);
        backpressure.removeReader(last);
        last = next;
      }
    }
    backpressure.removeReader(last);
  });

  test("a sender that has used up its allowance is read from again when enough of it has come back", async () => {
    const { backpressure, resumed, reader, sender, isHeld } = stage();
    backpressure.report(reader([590, 580, 570]), 600);
    const typist = sender("typist");
    backpressure.spend(typist, 14);
    backpressure.resumeLater(typist);
    for (const expected of [[], ["typist"]]) {
      await turnOver();
      jest.advanceTimersByTime(50);
      await turnOver();
      expect(resumed).toEqual(expected);
    }
    expect(isHeld()).toBe(true);
    jest.advanceTimersByTime(500);
  });

  test("an address that gives up three holds in a minute holds nobody for the next one", () => {
    const { reader, backpressure, isHeld } = stage();
    const readers = [reader(), reader(), reader()];
    for (const each of readers) {
      backpressure.report(each, 600);
      expect(isHeld()).toBe(true);
      if (each === readers[2]) backpressure.report(reader(), 600);
      jest.advanceTimersByTime(100);
      expect(isHeld()).toBe(false);
    }
    const late = reader();
    jest.advanceTimersByTime(59_900);
    backpressure.report(late, 600);
    expect(isHeld()).toBe(false);
    jest.advanceTimersByTime(100);
    backpressure.report(late, 600);
    expect(isHeld()).toBe(true);
    backpressure.removeReader(late);
  });

  test("a sender that stops in a hold is forgotten at once", () => {
    const { backpressure, reader, sender } = stage();
    const [alice, bob] = [reader(), sender("bob")];
    backpressure.report(alice, 600);
    backpressure.spend(bob, 1_000);
    expect(backpressure.mayRead(bob)).toBe(false);
    backpressure.removeSender(bob);
    expect(backpressure.mayRead(bob)).toBe(true);
    backpressure.removeReader(alice);
  });

  test("senders that wait are resumed in order, not before the hold is over, and never within a call", async () => {
    const { backpressure, resumed, reader, sender } = stage();
    const alice = reader();
    backpressure.report(alice, 600);
    const wait = (name: string) => {
      const waiting = sender(name);
      backpressure.spend(waiting, 1_000_000);
      backpressure.resumeLater(waiting);
      return waiting;
    };
    for (const name of ["one", "two", "three"]) wait(name);
    const gone = wait("gone");
    backpressure.removeSender(gone);
    await turnOver();
    expect(resumed).toEqual([]);
    backpressure.report(alice, 0);
    expect(resumed).toEqual([]);
    await turnOver();
    expect(resumed).toEqual(["one", "two", "three"]);
    await turnOver();
    expect(resumed).toEqual(["one", "two", "three"]);
  });

  test("a sender that waits while nobody holds is resumed in the next turn, once for each wait", async () => {
    const { backpressure, resumed } = stage();
    let waits = 3;
    const busy: Sender = {
      nextBytes: 1,
      resume() {
        resumed.push("busy");
        if (--waits > 0) backpressure.resumeLater(busy);
      },
    };
    backpressure.resumeLater(busy);
    for (const count of [1, 2, 3, 3]) {
      await turnOver();
      expect(resumed).toHaveLength(count);
    }
  });

  test("a hold that begins while senders are resumed leaves the rest waiting", async () => {
    const { backpressure, resumed, reader, sender } = stage();
    const alice = reader();
    backpressure.report(alice, 600);
    backpressure.resumeLater({
      nextBytes: 1,
      resume() {
        resumed.push("one");
        backpressure.report(alice, 600);
        backpressure.spend(two, 1_000_000);
      },
    });
    const two = sender("two");
    backpressure.resumeLater(two);
    backpressure.report(alice, 0);
    await turnOver();
    expect(resumed).toEqual(["one"]);
    backpressure.report(alice, 0);
    await turnOver();
    expect(resumed).toEqual(["one", "two"]);
  });
});
