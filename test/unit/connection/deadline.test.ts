import { describe, expect, jest, test } from "bun:test";
import { Deadline } from "../../../lib/connection/deadline.ts";
import { handClock, stopClock } from "../../helpers/clock.ts";

stopClock({ leavesNoTimer: true });
const pass = handClock();

function stage(timeoutMs: number) {
  const calls: string[] = [];
  const deadline = new Deadline(calls, (owner) => void owner.push("met"));
  deadline.set(timeoutMs);
  return { deadline, calls };
}

describe("Deadline", () => {
  test("is met once, when its time has come since it was last put off", () => {
    const { deadline, calls } = stage(1_000);
    jest.advanceTimersByTime(900);
    deadline.putOff();
    jest.advanceTimersByTime(999);
    expect(calls).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(calls).toEqual(["met"]);
    jest.advanceTimersByTime(10_000);
    expect(calls).toEqual(["met"]);
    deadline.restart();
    jest.advanceTimersByTime(1_000);
    expect(calls).toEqual(["met", "met"]);
  });

  test("is not met when it is cleared, and never where it is 0", () => {
    for (const timeoutMs of [0, 1_000]) {
      const { deadline, calls } = stage(timeoutMs);
      deadline.putOff();
      jest.advanceTimersByTime(999);
      deadline.clear();
      jest.advanceTimersByTime(1_000_000);
      expect(calls).toEqual([]);
    }
  });

  test("may be changed, and still counts from the same moment", () => {
    const { deadline, calls } = stage(1_000);
    jest.advanceTimersByTime(400);
    deadline.changeTo(3_000);
    jest.advanceTimersByTime(2_599);
    expect(calls).toEqual([]);
    deadline.changeTo(3_000);
    jest.advanceTimersByTime(1);
    expect(calls).toEqual(["met"]);
    const { deadline: past, calls: pastCalls } = stage(0);
    jest.advanceTimersByTime(5_000);
    past.changeTo(6_000);
    past.changeTo(0);
    jest.advanceTimersByTime(5_000);
    past.changeTo(6_000);
    expect(pastCalls).toEqual([]);
    jest.advanceTimersByTime(10);
    expect(pastCalls).toEqual(["met"]);
  });

  test("after a leap of the clock there is time to read the sockets first", () => {
    const { deadline, calls } = stage(1_000);
    pass(60_000);
    jest.advanceTimersByTime(1_000);
    expect(calls).toEqual([]);
    // A line was read.
    deadline.putOff();
    jest.advanceTimersByTime(999);
    expect(calls).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(calls).toEqual(["met"]);
  });

  test("a client that sends nothing after a leap is judged a second later, also if the loop is always late", () => {
    const { calls } = stage(1_000);
    pass(60_000);
    jest.advanceTimersByTime(1_999);
    expect(calls).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(calls).toEqual(["met"]);
    const { calls: late } = stage(1_000);
    for (let second = 1; second <= 6; second++) {
      pass(11);
      jest.advanceTimersByTime(1_000);
      expect(late).toEqual(second < 6 ? [] : ["met"]);
    }
  });
});
