import { afterEach, beforeEach, expect, jest } from "bun:test";

/**
 * Stops the clock for each test of a file, which then moves it by hand. Sockets and `setImmediate`
 * go on, and whatever is done takes no time: so a room never pauses after a flush.
 *
 * @param leavesNoTimer every test must end with no timer running
 */
export function stopClock({ leavesNoTimer = false } = {}): void {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => {
    const timersLeft = jest.getTimerCount();
    jest.useRealTimers();
    if (leavesNoTimer) expect(timersLeft).toBe(0);
  });
}

/** A look at the clock, of which each line takes three: a thousand lines of one address fill a slice. */
const LOOK_MS = 2 / 3_000;

/** In each test of a `describe`, beside `stopClock`: every look at the clock takes a while, and so does a line. */
export function slowLines(): void {
  const { now } = performance;
  beforeEach(() => {
    let looks = 0;
    performance.now = () => now.call(performance) + LOOK_MS * looks++;
  });
  afterEach(() => void (performance.now = now));
}

/** In each test of a file, beside `stopClock`: time passes when the function that this returns says so. */
export function handClock(): (ms: number) => void {
  const { now } = performance;
  let passedMs = 0;
  beforeEach(() => {
    passedMs = 0;
    performance.now = () => now.call(performance) + passedMs;
  });
  afterEach(() => void (performance.now = now));
  return (ms) => void (passedMs += ms);
}

/** Resolves when this turn of the event loop is over. */
export function turnOver(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Asks once a turn, until there is an answer. */
export async function until<Answer>(
  ask: () => Answer | false | undefined,
): Promise<Exclude<Answer, false | undefined>> {
  for (;;) {
    const answer = ask();
    if (answer !== undefined && answer !== false) {
      return answer as Exclude<Answer, false | undefined>;
    }
    await turnOver();
  }
}
