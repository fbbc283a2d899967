import { describe, expect, jest, test } from "bun:test";
import { stopClock, turnOver } from "../../helpers/clock.ts";
import { PROMPT, stage } from "../../helpers/stage.ts";

stopClock({ leavesNoTimer: true });

describe("a departure", () => {
  test("a client that is found gone in the middle of a line leaves after it, and nothing is lost", async () => {
    const { connect } = stage({ queueLimitBytes: 4_096 });
    const [alice, bob, carol] = [connect(), connect(Infinity, -1), connect()];
    for (const [client, name] of [
      [alice, "Alice"],
      [bob, "Bob"],
      [carol, "Carol"],
    ] as const) {
      client.send(`${name}\n`);
      await turnOver();
      if (client === bob) bob.transport.script(Infinity, -1);
    }
    const long = "x".repeat(1_000);
    alice.send(`one\n${long}\n`);
    await turnOver();
    await turnOver();
    expect(bob.transport.calls).toEqual(["terminate"]);
    expect(carol.transport.sent).toBe(
      `${PROMPT}Alice: one\nAlice: ${long}\n*** Bob has left the chat ***\n`,
    );
    for (const { connection } of [alice, carol]) connection.closed(undefined);
  });

  test("a departure is announced once, however the end comes", async () => {
    type Bob = ReturnType<ReturnType<typeof stage>["connect"]>;
    const ends: Record<string, (bob: Bob) => void> = {
      "end of input": ({ connection }) => connection.ended(),
      close: ({ connection }) => connection.closed(undefined),
      reset: ({ connection }) => connection.closed(new Error("ECONNRESET")),
      failure: ({ connection }) => connection.failed(new Error("ours")),
      "idle timeout": () => jest.advanceTimersByTime(300_000),
    };
    for (const [name, end] of Object.entries(ends)) {
      const { join } = stage();
      const [alice, bob] = [join("Alice"), join("Bob")];
      jest.advanceTimersByTime(1);
      alice.send("\n");
      end(bob);
      bob.connection.ended();
      bob.connection.closed(undefined);
      await turnOver();
      const left = alice.transport.sent.match(/Bob has left/g);
      expect([name, left?.length]).toEqual([name, 1]);
      alice.connection.closed(undefined);
    }
  });

  test("a reset that a write meets first, and that then looks like an end, is still a reset", async () => {
    const { join, log } = stage();
    const [alice, bob] = [join("Alice"), join("Bob")];
    await turnOver();
    bob.send("whole\nhalf");
    bob.transport.script(-1);
    alice.send("hi\n");
    await turnOver();
    bob.connection.ended();
    await turnOver();
    await turnOver();
    expect(bob.transport.calls).toEqual(["terminate"]);
    expect(alice.transport.sent).toEndWith("Bob: whole\n*** Bob has left the chat ***\n");
    expect(log()).toEndWith("Bob (test) has left: reset\n");
    alice.connection.closed(undefined);
  });

  test("what is queued for a client that has ended its input still goes out before the shutdown", async () => {
    const { join } = stage();
    const [alice, bob] = [join("Alice"), join("Bob", Infinity, 0)];
    alice.send("one\n");
    await turnOver();
    alice.send("two\n");
    bob.send("bye");
    bob.connection.ended();
    expect(bob.transport.calls).toEqual([]);
    bob.connection.drained();
    expect(bob.transport.sent).toBe(`${PROMPT}Alice: one\nAlice: two\n`);
    expect(bob.transport.calls).toEqual(["shutdown"]);
    bob.connection.closed(undefined);
    await turnOver();
    expect(alice.transport.sent).toEndWith("Bob: bye\n*** Bob has left the chat ***\n");
    alice.connection.closed(undefined);
  });

  test("a socket that is gone leaves no timer behind, even with bytes that wait", async () => {
    const { join } = stage();
    const [alice, bob] = [join("Alice"), join("Bob", Infinity, 0)];
    alice.send("hello\n");
    await turnOver();
    bob.connection.closed(new Error("ECONNRESET"));
    alice.connection.closed(undefined);
    expect([alice.ends, bob.ends, jest.getTimerCount()]).toEqual([1, 1, 0]);
    bob.connection.failed(new Error("too late"));
    expect(bob.ends).toBe(1);
  });
});
