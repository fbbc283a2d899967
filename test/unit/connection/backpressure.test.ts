import { describe, expect, jest, test } from "bun:test";
import { stopClock, turnOver } from "../../helpers/clock.ts";
import { shutDown, stage } from "../../helpers/stage.ts";

stopClock({ leavesNoTimer: true });

describe("when a reader's queue fills", () => {
  const limits = { queueLimitBytes: 8_192, stallTimeoutMs: 0, idleTimeoutMs: 0 };
  const lines = (count: number) => `${"x".repeat(99)}\n`.repeat(count);
  const received = (text: string) => text.match(/Bob: x{99}\n/g)?.length ?? 0;
  const turns = async (count: number) => {
    for (let turn = 0; turn < count; turn++) await turnOver();
  };

  test("bulk senders are held until it has drained, and nothing is lost", async () => {
    const { connect, join } = stage(limits);
    const alice = join("Alice", Infinity, 0);
    const bob = connect();
    bob.send(`Bob\n${lines(500)}`);
    bob.connection.ended();
    expect(bob.transport.calls).toEqual(["pause"]);
    for (let turn = 0; turn < 200; turn++) {
      alice.transport.accept(1_000);
      alice.connection.drained();
      await turnOver();
    }
    alice.connection.drained();
    await turnOver();
    expect(received(alice.transport.sent)).toBe(500);
    expect(alice.transport.sent).toEndWith("*** Bob has left the chat ***\n");
    expect(bob.transport.calls.at(-1)).toBe("shutdown");
    bob.connection.closed(undefined);
    alice.connection.closed(undefined);
  });

  test("people who type are not held", async () => {
    const { connect, join } = stage(limits);
    const stalled = join("Stalled", Infinity, 0);
    const [alice, bob, dave] = [join("Alice"), connect(), connect()];
    bob.send(`Bob\n${lines(500)}`);
    dave.send("Dave\nhello\n");
    await turnOver();
    expect(bob.transport.calls).toEqual(["pause"]);
    expect(alice.transport.sent).toEndWith("*** Dave has joined the chat ***\nDave: hello\n");
    for (const { connection } of [stalled, alice, dave, bob]) connection.closed(undefined);
    await turns(5);
  });

  test("a reader that stalls holds them once, for a moment, and the others lose nothing", async () => {
    const { connect, join } = stage(limits);
    const stalled = join("Stalled", Infinity, ...Array(1_000).fill(0));
    const [alice, bob] = [join("Alice"), connect()];
    bob.send(`Bob\n${lines(500)}`);
    await turnOver();
    expect(received(alice.transport.sent)).toBeLessThan(150);
    jest.advanceTimersByTime(100);
    await turns(2);
    expect(received(alice.transport.sent)).toBe(500);
    bob.send(lines(500));
    await turns(2);
    expect(received(alice.transport.sent)).toBe(1_000);
    for (const { connection } of [stalled, alice, bob]) connection.closed(undefined);
  });

  test("one who has no name yet holds nobody", async () => {
    const { connect, join } = stage({ ...limits, nameTimeoutMs: 0 });
    const nameless = connect(0);
    nameless.send("\n".repeat(900));
    const [alice, bob] = [join("Alice"), connect()];
    bob.send(`Bob\n${lines(500)}`);
    await turnOver();
    expect(received(alice.transport.sent)).toBe(500);
    shutDown(nameless, alice, bob);
  });

  test("one whose stay ends holds nobody any more, however it ends", async () => {
    type Client = ReturnType<ReturnType<typeof stage>["connect"]>;
    const ends: ((stalled: Client) => void)[] = [
      ({ connection }) => connection.ended(),
      ({ connection }) => connection.closed(undefined),
      ({ connection }) => connection.closed(new Error("ECONNRESET")),
      ({ connection }) => connection.failed(new Error("ours")),
    ];
    for (const end of ends) {
      const { connect, join } = stage({ ...limits, closeTimeoutMs: 60_000 });
      const stalled = join("Stalled", Infinity, ...Array(1_000).fill(0));
      const [alice, bob] = [join("Alice"), connect()];
      bob.send(`Bob\n${lines(500)}`);
      end(stalled);
      await turns(2);
      expect(received(alice.transport.sent)).toBe(500);
      stalled.connection.closed(undefined);
      for (const { connection } of [alice, bob]) connection.closed(undefined);
    }
  });

  test("a held sender is not idle", async () => {
    const { connect, join } = stage({ ...limits, idleTimeoutMs: 40 });
    const stalled = join("Stalled", Infinity, ...Array(1_000).fill(0));
    const alice = join("Alice");
    const bob = connect();
    bob.send(`Bob\n${lines(100)}`);
    for (let time = 0; time < 90; time += 30) {
      jest.advanceTimersByTime(30);
      for (const client of [stalled, alice]) client.send("\n");
    }
    expect(bob.transport.calls).toEqual(["pause"]);
    jest.advanceTimersByTime(10);
    await turns(2);
    expect(received(alice.transport.sent)).toBe(100);
    expect(bob.transport.calls).toEqual(["pause", "resume"]);
    jest.advanceTimersByTime(40);
    expect(bob.transport.sent).toEndWith("Disconnected: idle timeout.\n");
    for (const { connection } of [stalled, alice, bob]) connection.closed(undefined);
  });

  test("a held sender that is closed goes on reading, to see the other side close", async () => {
    const { connect, join } = stage(limits);
    const alice = join("Alice", Infinity, 0);
    const bob = connect();
    bob.send(`Bob\n${lines(500)}`);
    bob.connection.close("server shutdown");
    expect(bob.transport.calls).toEqual(["pause", "resume", "shutdown"]);
    alice.connection.drained();
    await turns(2);
    expect(bob.transport.calls).toEqual(["pause", "resume", "shutdown"]);
    bob.connection.closed(undefined);
    alice.connection.closed(undefined);
  });
});
