import { describe, expect, jest, test } from "bun:test";
import { stopClock, turnOver } from "../../helpers/clock.ts";
import { stage } from "../../helpers/stage.ts";

stopClock({ leavesNoTimer: true });

describe("an error of ours", () => {
  test("an error of ours closes that one client and is logged with its stack", () => {
    const { join, log } = stage();
    const bob = join("Bob");
    bob.connection.failed(new Error("a broken invariant"));
    expect(bob.transport.calls).toEqual(["terminate"]);
    expect(log()).toMatch(/internal error with the client at test: .*a broken invariant\n +at /);
    expect(log()).toContain("Bob (test) has left: internal error\n");
  });

  test("also one in a timer, whichever it is", async () => {
    const waits = {
      "an idle check of a reader that holds the room": 50,
      "the stall timeout": 1_000,
    };
    for (const [what, waitMs] of Object.entries(waits)) {
      const limits = { queueLimitBytes: 8_192, stallTimeoutMs: 1_000 };
      const { connect, log } = stage(limits);
      const [alice, bob] = [connect(), connect(Infinity, ...Array(1_000).fill(0))];
      alice.send("Alice\n");
      bob.send("Bob\n");
      alice.send(`${"x".repeat(what === "the stall timeout" ? 1_000 : 6_000)}\n`);
      await turnOver();
      bob.transport.write = () => {
        throw new Error("a broken invariant");
      };
      jest.advanceTimersByTime(waitMs - 1);
      expect([what, bob.transport.calls]).toEqual([what, []]);
      jest.advanceTimersByTime(1);
      expect([what, bob.transport.calls]).toEqual([what, ["terminate"]]);
      expect(log()).toContain("Bob (test) has left: internal error\n");
      alice.connection.closed(undefined);
    }
  });
});
