import { describe, expect, jest, test } from "bun:test";
import { stopClock, turnOver } from "../../helpers/clock.ts";
import { PROMPT, stage } from "../../helpers/stage.ts";

stopClock({ leavesNoTimer: true });

describe("what waits for all readers together", () => {
  const LIMIT = 1_048_576;
  const limits = { totalQueueLimitBytes: LIMIT, stallTimeoutMs: 0, idleTimeoutMs: 0 };
  const stalled = [Infinity, ...Array(10_000).fill(0)];

  test("is bounded: the longest queues are cut, with a notice, and readers that keep up lose nothing", async () => {
    const { join, totalLimit } = stage(limits);
    const [alice, bob] = [join("Alice"), join("Bob")];
    const readers = Array.from({ length: 20 }, (_, index) => join(`Stalled${index}`, ...stalled));
    await turnOver();
    let most = 0;
    for (let number = 0; number < 100; number++) {
      bob.send(`${number} ${"x".repeat(1_000)}\n`);
      await turnOver();
      most = Math.max(most, totalLimit.bytes);
    }
    expect(most).toBeWithin(LIMIT / 2, LIMIT + 1);
    expect(alice.transport.sent.match(/^Bob: /gm)).toHaveLength(100);

    const late = join("Late", ...stalled);
    await turnOver();
    bob.send("short\n");
    await turnOver();
    for (const reader of [...readers, late]) {
      reader.transport.script();
      reader.connection.drained();
    }
    expect(late.transport.sent).toBe(`${PROMPT}Bob: short\n`);
    for (const { transport } of readers) {
      expect(transport.sent).toMatch(
        /\*\*\* \d+ lines skipped: your connection is too slow \*\*\*\n/,
      );
      expect(transport.sent).toEndWith("*** Late has joined the chat ***\nBob: short\n");
    }
    expect(totalLimit.bytes).toBe(0);
    for (const { connection } of [alice, bob, late, ...readers]) connection.closed(undefined);
  });

  test("of readers that hold on to a started line the longest are given up", async () => {
    const { join, totalLimit, log } = stage(limits);
    const bob = join("Bob");
    const readers = Array.from({ length: 60 }, (_, index) =>
      join(`Stalled${index}`, Infinity, Infinity, 1, ...Array(10_000).fill(0)),
    );
    await turnOver();
    bob.send(`${"x".repeat(20_000)}\n`);
    for (let turn = 0; turn < 4; turn++) await turnOver();
    expect(totalLimit.bytes).toBeLessThanOrEqual(LIMIT);
    expect(log().match(/has left: too slow/g)?.length).toBeWithin(1, 30);
    for (const { connection } of [bob, ...readers]) connection.closed(undefined);
    expect(totalLimit.bytes).toBe(0);
  });

  test("whose socket is gone counts no more, also while its last lines are read", async () => {
    const { join, totalLimit } = stage({ ...limits, lineRate: 1, lineBurst: 1 });
    const [alice, bob] = [join("Alice"), join("Bob", ...stalled)];
    alice.send("hello\n");
    jest.advanceTimersByTime(1_000);
    await turnOver();
    expect(totalLimit.bytes).toBeGreaterThan(0);
    bob.send("one\ntwo\n");
    bob.connection.closed(new Error("ECONNRESET"));
    expect(totalLimit.bytes).toBe(0);
    jest.advanceTimersByTime(1_000);
    await turnOver();
    expect(alice.transport.sent).toEndWith("Bob: two\n*** Bob has left the chat ***\n");
    alice.connection.closed(undefined);
  });

  test("a client that leaves while its queue is full counts no more, however it leaves", async () => {
    const { join, totalLimit } = stage({ ...limits, closeTimeoutMs: 1_000 });
    const bob = join("Bob");
    const [reset, left, held] = [
      join("Reset", ...stalled),
      join("Left", ...stalled),
      join("Held", ...stalled),
    ];
    bob.send(`${"x".repeat(1_000)}\n`);
    await turnOver();
    expect(totalLimit.bytes).toBeGreaterThan(3_000);
    left.connection.ended();
    held.send("b\n".repeat(2_500));
    held.connection.closed(new Error("ECONNRESET"));
    reset.connection.closed(new Error("ECONNRESET"));
    for (let turn = 0; turn < 5; turn++) await turnOver();
    expect(totalLimit.bytes).toBeWithin(1_000, 4_000);
    jest.advanceTimersByTime(1_000);
    expect(totalLimit.bytes).toBe(0);
    bob.connection.closed(undefined);
  });
});
