import { describe, expect, jest, test } from "bun:test";
import { stopClock, turnOver } from "../../helpers/clock.ts";
import type { ScriptedLink } from "../../helpers/scripted-link.ts";
import { PROMPT, stage } from "../../helpers/stage.ts";

stopClock({ leavesNoTimer: true });

/** The timer that runs cuts this client off after so long, and not before. */
function expectCutOffAfter({ transport }: { transport: ScriptedLink }, ms: number): void {
  jest.advanceTimersByTime(ms - 1);
  expect(transport.calls).toEqual([]);
  jest.advanceTimersByTime(1);
  expect(transport.calls).toEqual(["terminate"]);
}

describe("a reader that stalls", () => {
  test("a reader that accepts nothing for the stall timeout is cut off, and the others are told", async () => {
    const { join, log } = stage({ stallTimeoutMs: 1_000 });
    const alice = join("Alice");
    const bob = join("Bob", Infinity, 0, 0);
    alice.send("hello\n");
    await turnOver();
    expectCutOffAfter(bob, 1_000);
    await turnOver();
    expect(alice.transport.sent).toEndWith("*** Bob has left the chat ***\n");
    expect(log()).toContain("Bob (test) has left: too slow\n");
    alice.connection.closed(undefined);
  });

  test("progress restarts the stall timeout, also progress that no drain has reported", async () => {
    const { join } = stage({ stallTimeoutMs: 1_000 });
    const alice = join("Alice");
    const bob = join("Bob", Infinity, 0, 1);
    alice.send("hello\n");
    await turnOver();
    jest.advanceTimersByTime(900);
    bob.connection.drained();
    bob.transport.accept(0);
    jest.advanceTimersByTime(999);
    expect(bob.transport.calls).toEqual([]);
    bob.transport.script(1, 0);
    jest.advanceTimersByTime(1);
    expect(bob.transport.calls).toEqual([]);
    expectCutOffAfter(bob, 1_000);
    alice.connection.closed(undefined);
  });

  test("a reader that has caught up has the whole stall timeout again", async () => {
    const { join } = stage({ stallTimeoutMs: 1_000 });
    const [alice, bob] = [join("Alice"), join("Bob", Infinity, 0)];
    alice.send("hello\n");
    await turnOver();
    jest.advanceTimersByTime(600);
    bob.connection.drained();
    expect(bob.transport.sent).toBe(`${PROMPT}Alice: hello\n`);
    bob.transport.script(0, 0, 0);
    alice.send("hello?\n");
    await turnOver();
    expectCutOffAfter(bob, 1_000);
    alice.connection.closed(undefined);
  });

  test("a stalled reader is cut off also while the others go on talking", async () => {
    const { join } = stage({ stallTimeoutMs: 1_000 });
    const alice = join("Alice");
    const bob = join("Bob", Infinity, ...Array(100).fill(0));
    for (let tenths = 0; tenths < 11; tenths++) {
      alice.send("hello\n");
      await turnOver();
      expect(bob.transport.calls).toEqual([]);
      jest.advanceTimersByTime(tenths === 0 ? 0 : 100);
    }
    expect(bob.transport.calls).toEqual(["terminate"]);
    alice.connection.closed(undefined);
  });

  test("a stalled reader is cut off also while lines are being skipped for it", async () => {
    const { join } = stage({ stallTimeoutMs: 1_000, queueLimitBytes: 8_192, idleTimeoutMs: 0 });
    const alice = join("Alice");
    const bob = join("Bob", Infinity, ...Array(1_000).fill(0));
    for (let seconds = 0; seconds < 2; seconds++) {
      alice.send(`${"x".repeat(200)}\n`.repeat(50));
      for (let tenths = 0; tenths < 10; tenths++) {
        jest.advanceTimersByTime(100);
        await turnOver();
      }
    }
    expect(bob.transport.calls).toContain("terminate");
    alice.connection.closed(undefined);
  });
});
