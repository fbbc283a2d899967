import { describe, expect, jest, test } from "bun:test";
import { LoopDelay } from "../../../lib/operator/loop-delay.ts";
import { handClock, stopClock } from "../../helpers/clock.ts";

stopClock({ leavesNoTimer: true });
const pass = handClock();

describe("LoopDelay", () => {
  test("measures how late its timer is, again and again, until it is stopped", () => {
    const loop = new LoopDelay();
    loop.start();
    jest.advanceTimersByTime(1_000);
    expect(loop.delays.cumulative.at(-1)).toBe(10);
    expect(loop.delays.sumMs).toBeCloseTo(0);
    pass(70);
    jest.advanceTimersByTime(100);
    expect(loop.delays.sumMs).toBeCloseTo(70);
    loop.stop();
    jest.advanceTimersByTime(1_000);
    expect(loop.delays.cumulative.at(-1)).toBe(11);
  });
});
