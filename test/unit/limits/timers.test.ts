import { expect, test } from "bun:test";
import { after, TIMER_MS_MAX } from "../../../lib/limits/timers.ts";

test("0 is never", () => {
  expect(after(0, () => expect.unreachable())).toBeUndefined();
});

test("a time longer than the longest does not end at once", async () => {
  const timer = after(TIMER_MS_MAX + 1, () => expect.unreachable());
  // A timer that overflows is due after 1 ms, which is before this one, although this one was set later.
  await new Promise((resolve) => setTimeout(resolve, 2));
  clearTimeout(timer);
});
