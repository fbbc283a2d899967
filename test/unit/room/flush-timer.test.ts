import { describe, expect, jest, test } from "bun:test";
import { FlushTimer } from "../../../lib/room/flush-timer.ts";
import { TurnEnd } from "../../../lib/limits/turn-end.ts";
import { stopClock, turnOver } from "../../helpers/clock.ts";

stopClock();

/** A timer whose flushes take this long, in milliseconds, and have this many lines. */
function timerOf(flush: { tookMs: number; lines: number }) {
  let flushes = 0;
  const timer: FlushTimer = new FlushTimer(new TurnEnd(), () => {
    flushes++;
    const startedMs = performance.now();
    jest.advanceTimersByTime(flush.tookMs);
    timer.flushed(flush.lines, startedMs);
  });
  /** How many flushes there have been when the turn is over. */
  const flushed = async () => {
    await turnOver();
    return flushes;
  };
  return { timer, flushed };
}

describe("FlushTimer", () => {
  test("one flush for all that is requested in a turn", async () => {
    const { timer, flushed } = timerOf({ tookMs: 20, lines: 4 });
    timer.request("notice");
    timer.request("talk");
    timer.request("notice");
    expect(await flushed()).toBe(1);
    jest.advanceTimersByTime(1_000);
    expect(await flushed()).toBe(1);
  });

  test("after a flush of several lines that took long, talk waits as long", async () => {
    const { timer, flushed } = timerOf({ tookMs: 20, lines: 4 });
    timer.request("talk");
    expect(await flushed()).toBe(1);
    timer.request("talk");
    jest.advanceTimersByTime(19);
    expect(await flushed()).toBe(1);
    timer.request("talk");
    jest.advanceTimersByTime(1);
    expect(await flushed()).toBe(2);
  });

  test("after a flush of few lines talk does not wait, however long it took", async () => {
    const { timer, flushed } = timerOf({ tookMs: 20, lines: 3 });
    for (const count of [1, 2, 3]) {
      timer.request("talk");
      expect(await flushed()).toBe(count);
    }
  });

  test("notices wait for eight times as long as the last flush took", async () => {
    const { timer, flushed } = timerOf({ tookMs: 5, lines: 1 });
    timer.request("notice");
    expect(await flushed()).toBe(1);
    timer.request("notice");
    jest.advanceTimersByTime(39);
    expect(await flushed()).toBe(1);
    jest.advanceTimersByTime(1);
    expect(await flushed()).toBe(2);
  });

  test("talk does not put off the notices that wait, however long the flush took", async () => {
    const { timer, flushed } = timerOf({ tookMs: 600, lines: 4 });
    timer.request("talk");
    expect(await flushed()).toBe(1);
    timer.request("notice");
    jest.advanceTimersByTime(50);
    timer.request("talk");
    jest.advanceTimersByTime(550);
    expect(await flushed()).toBe(2);
  });

  test("notices wait for a tenth of a second at most", async () => {
    const { timer, flushed } = timerOf({ tookMs: 50, lines: 1 });
    timer.request("notice");
    expect(await flushed()).toBe(1);
    timer.request("notice");
    jest.advanceTimersByTime(100);
    expect(await flushed()).toBe(2);
  });

  test("a flush for talk also sends the notices that wait, once", async () => {
    const { timer, flushed } = timerOf({ tookMs: 5, lines: 1 });
    timer.request("notice");
    expect(await flushed()).toBe(1);
    timer.request("notice");
    expect(await flushed()).toBe(1);
    timer.request("talk");
    expect(await flushed()).toBe(2);
    jest.advanceTimersByTime(1_000);
    expect(await flushed()).toBe(2);
  });

  test("notices do not put off the talk that waits", async () => {
    const { timer, flushed } = timerOf({ tookMs: 20, lines: 4 });
    timer.request("talk");
    expect(await flushed()).toBe(1);
    timer.request("talk");
    timer.request("notice");
    jest.advanceTimersByTime(20);
    expect(await flushed()).toBe(2);
  });

  test("what comes after the pause is over goes out at once", async () => {
    const { timer, flushed } = timerOf({ tookMs: 20, lines: 4 });
    timer.request("talk");
    expect(await flushed()).toBe(1);
    jest.advanceTimersByTime(100);
    timer.request("notice");
    expect(await flushed()).toBe(2);
  });

  test("a pause much shorter than a timer's tick is no pause", async () => {
    const { timer, flushed } = timerOf({ tookMs: 0.02, lines: 4 });
    for (const count of [1, 2, 3]) {
      timer.request("talk");
      timer.request("notice");
      expect(await flushed()).toBe(count);
    }
  });
});
