import { describe, expect, jest, test } from "bun:test";
import { handClock, stopClock, turnOver } from "../../helpers/clock.ts";
import { heldByBuffers } from "../../helpers/memory.ts";
import { PROMPT, shutDown, stage } from "../../helpers/stage.ts";

stopClock({ leavesNoTimer: true });
const pass = handClock();

describe("closing a connection", () => {
  test("closes in order: goodbye, drain, shutdown, then waits for the other side", () => {
    const { connect } = stage({ nameTimeoutMs: 1_000 });
    const bob = connect(4, 0, 9, Infinity);
    jest.advanceTimersByTime(1_000);
    expect(bob.transport.calls).toEqual([]);
    bob.connection.drained();
    bob.connection.drained();
    expect(bob.transport.calls).toEqual([]);
    bob.connection.drained();
    expect(bob.transport.sent).toBe(`${PROMPT}Disconnected: no name given.\n`);
    expect(bob.transport.calls).toEqual(["shutdown"]);
    bob.send("still talking\n");
    bob.connection.drained();
    bob.connection.ended();
    expect(bob.transport.calls).toEqual(["shutdown"]);
    bob.connection.closed(undefined);
  });

  test("terminates at the deadline a client that never closes, also when it reads nothing", () => {
    for (const accepts of [[], [0]]) {
      const { connect } = stage({ nameTimeoutMs: 1_000, closeTimeoutMs: 5_000, stallTimeoutMs: 0 });
      const bob = connect(...accepts);
      jest.advanceTimersByTime(1_000 + 4_999);
      expect(bob.transport.calls).not.toContain("terminate");
      jest.advanceTimersByTime(1);
      expect(bob.transport.calls).toContain("terminate");
      expect(bob.closes).toBe(1);
    }
  });

  test("what a client sends that is over is read slowly, so that to discard it takes little", () => {
    const { join } = stage({ closeTimeoutMs: 60_000 });
    const { transport, connection, send } = join("bob");
    send("/quit\nx\n");
    send("x\n");
    expect(transport.calls).toEqual(["shutdown"]);
    send(Buffer.alloc(524_286));
    expect(transport.calls).toEqual(["shutdown", "pause"]);
    jest.advanceTimersByTime(2_047);
    expect(transport.calls).toEqual(["shutdown", "pause"]);
    jest.advanceTimersByTime(1);
    expect(transport.calls).toEqual(["shutdown", "pause", "resume"]);
    send(Buffer.alloc(65_536));
    connection.closed(undefined);
    expect(transport.calls).toEqual(["shutdown", "pause", "resume", "pause"]);
  });

  test("a client that leaves has time while it goes on reading, and no more", async () => {
    const { join } = stage({ closeTimeoutMs: 1_000, stallTimeoutMs: 0, idleTimeoutMs: 0 });
    for (const isShutdown of [false, true]) {
      const [alice, bob] = [join("Alice"), join("Bob", Infinity, 0)];
      alice.send(`${"x".repeat(1_000)}\n`);
      await turnOver();
      bob.connection.ended();
      for (let seconds = 0; seconds < 5; seconds++) {
        bob.transport.accept(10);
        jest.advanceTimersByTime(1_000);
        expect(bob.transport.calls).toEqual([]);
      }
      if (isShutdown) bob.connection.close("server shutdown");
      bob.transport.accept(isShutdown ? 10 : 0);
      jest.advanceTimersByTime(1_000);
      expect(bob.transport.calls).toEqual(["terminate"]);
      alice.connection.closed(undefined);
    }
  });

  test("but not for ever, if it reads only a little", async () => {
    const { join } = stage({ closeTimeoutMs: 1_000, stallTimeoutMs: 0, idleTimeoutMs: 0 });
    const [alice, bob] = [join("Alice"), join("Bob", Infinity, 0)];
    alice.send(`${"x".repeat(1_000)}\n`);
    await turnOver();
    bob.connection.ended();
    for (let seconds = 0; seconds < 12; seconds++) {
      expect(bob.transport.calls).toEqual([]);
      bob.transport.accept(1);
      jest.advanceTimersByTime(1_000);
    }
    expect(bob.transport.calls).toEqual(["terminate"]);
    alice.connection.closed(undefined);
  });

  test("closing twice says one goodbye, and what comes afterwards is discarded", async () => {
    const { join } = stage({ lineLimitBytes: 128 });
    const [alice, bob] = [join("Alice"), join("Bob")];
    bob.connection.close("server shutdown");
    bob.connection.close("idle timeout");
    bob.send(`still here\n${"x".repeat(200)}\n`);
    const before = heldByBuffers();
    for (let megabytes = 0; megabytes < 32; megabytes++) {
      bob.connection.received(new Uint8Array(1_048_576));
    }
    expect(heldByBuffers() - before).toBeLessThan(4_000_000);
    bob.connection.ended();
    await turnOver();
    expect(bob.transport.sent).toBe(`${PROMPT}*** The server is shutting down ***\n`);
    expect(alice.transport.sent).toEndWith("*** Bob has left the chat ***\n");
    for (const { connection } of [alice, bob]) connection.closed(undefined);
  });

  test("a goodbye is not lost to the queue's limit", async () => {
    const { join } = stage({ queueLimitBytes: 4_096 });
    const [alice, bob] = [join("Alice"), join("Bob", Infinity, 7)];
    await turnOver();
    alice.send(`${"x".repeat(5_000)}\n`);
    await turnOver();
    bob.connection.close("server shutdown");
    bob.connection.drained();
    expect(bob.transport.sent).toEndWith("xx\n*** The server is shutting down ***\n");
    for (const { connection } of [alice, bob]) connection.closed(undefined);
  });

  test("a client that has quit is let go when it has read that, and is asked less and less often", async () => {
    const { join } = stage();
    const [alice, bob] = [join("Alice"), join("Bob")];
    let asks = 0;
    Object.defineProperty(bob.transport, "hasReadAll", { get: () => ++asks === 8 });
    bob.send("/quit\n");
    await turnOver();
    jest.advanceTimersByTime(1_269);
    expect([asks, bob.transport.calls]).toEqual([7, ["shutdown"]]);
    jest.advanceTimersByTime(1);
    expect([asks, bob.transport.calls]).toEqual([8, ["shutdown", "terminate"]]);
    shutDown(alice);
  });

  test("the deadline for closing is kept although the process is slow", async () => {
    const { join } = stage();
    const [alice, bob] = [join("Alice"), join("Bob")];
    bob.connection.close("server shutdown");
    pass(60_000);
    jest.advanceTimersByTime(5_000);
    expect(bob.transport.calls).toEqual(["shutdown", "terminate"]);
    shutDown(alice);
  });
});
