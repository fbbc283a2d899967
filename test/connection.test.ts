import { afterEach, beforeEach, describe, expect, jest, test } from "bun:test";
import { Backpressure } from "../lib/backpressure.ts";
import { Connection } from "../lib/connection.ts";
import { Log } from "../lib/log.ts";
import { resolveOptions, type Settings } from "../lib/options.ts";
import { Room } from "../lib/room.ts";
import { ScriptedTransport } from "./scripted-transport.ts";

const turnOver = () => new Promise<void>((resolve) => setImmediate(resolve));
const PROMPT = "Enter your name: ";

/** Connections over scripted sockets, all in one room. */
function stage(given: Partial<Settings> = {}) {
  const settings = resolveOptions(given);
  const room = new Room(settings.queueLimitBytes / 4);
  const backpressure = new Backpressure(settings.queueLimitBytes);
  let logged = "";
  const log = new Log((text) => (logged += text), false);

  const connect = (...accepts: number[]) => {
    const transport = new ScriptedTransport(...accepts);
    const context = { transport, address: "test", room, backpressure, log, settings };
    const connection = new Connection(context);
    let closes = 0;
    transport.onClose = () => {
      closes++;
      connection.closed(undefined);
    };
    return {
      transport,
      connection,
      send: (text: string) => connection.received(Buffer.from(text)),
      get closes() {
        return closes;
      },
    };
  };
  return {
    connect,
    backpressure,
    log: () => {
      log.flush();
      return logged;
    },
  };
}

beforeEach(() => void jest.useFakeTimers());
afterEach(() => {
  expect(jest.getTimerCount()).toBe(0);
  jest.useRealTimers();
});

describe("Connection", () => {
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

  test("terminates at the deadline who never closes, also when it reads nothing", () => {
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

  test("the name deadline counts from connecting, and names that are refused do not extend it", () => {
    const { connect } = stage({ nameTimeoutMs: 1_000 });
    const alice = connect();
    alice.send("Alice\n");
    const bob = connect();
    jest.advanceTimersByTime(900);
    bob.send("alice\n\n");
    jest.advanceTimersByTime(99);
    expect(bob.transport.sent).not.toContain("Disconnected");
    jest.advanceTimersByTime(1);
    expect(bob.transport.sent).toEndWith("Disconnected: no name given.\n");
    bob.connection.closed(undefined);
    alice.connection.closed(undefined);
  });

  test("each line restarts the idle timeout, and nothing else does", () => {
    const { connect } = stage({ idleTimeoutMs: 1_000, lineLimitBytes: 128 });
    const bob = connect();
    bob.send("Bob\n");
    for (const input of ["hello\n", "\n", `${"x".repeat(200)}\n`]) {
      jest.advanceTimersByTime(900);
      bob.send(input);
    }
    jest.advanceTimersByTime(900);
    expect(bob.transport.sent).not.toContain("Disconnected");
    bob.send("no newline");
    bob.connection.drained();
    jest.advanceTimersByTime(99);
    expect(bob.transport.sent).not.toContain("Disconnected");
    bob.send("x".repeat(200));
    jest.advanceTimersByTime(1);
    expect(bob.transport.sent).toEndWith("Disconnected: idle timeout.\n");
    bob.connection.closed(undefined);
  });

  test("0 switches a timeout off", () => {
    const never = { idleTimeoutMs: 0, nameTimeoutMs: 0, stallTimeoutMs: 0 };
    const { connect } = stage(never);
    const [bob, silent] = [connect(0), connect()];
    bob.send("Bob\n");
    expect(jest.getTimerCount()).toBe(0);
    bob.connection.closed(undefined);
    silent.connection.closed(undefined);
  });

  test("a reader that accepts nothing for the stall timeout is cut off, and the others are told", async () => {
    const { connect, log } = stage({ stallTimeoutMs: 1_000 });
    const alice = connect();
    alice.send("Alice\n");
    const bob = connect(Infinity, 0, 0);
    bob.send("Bob\n");
    alice.send("hello\n");
    await turnOver();
    jest.advanceTimersByTime(999);
    expect(bob.transport.calls).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(bob.transport.calls).toEqual(["terminate"]);
    await turnOver();
    expect(alice.transport.sent).toEndWith("*** Bob has left the chat ***\n");
    expect(log()).toContain("Bob (test) has left: too slow\n");
    alice.connection.closed(undefined);
  });

  test("progress restarts the stall timeout, also progress that no drain has reported", async () => {
    const { connect } = stage({ stallTimeoutMs: 1_000 });
    const alice = connect();
    alice.send("Alice\n");
    const bob = connect(Infinity, 0, 1, 1, 0);
    bob.send("Bob\n");
    alice.send("hello\n");
    await turnOver();
    jest.advanceTimersByTime(900);
    bob.connection.drained();
    jest.advanceTimersByTime(900);
    expect(bob.transport.calls).toEqual([]);
    jest.advanceTimersByTime(100);
    expect(bob.transport.calls).toEqual([]);
    jest.advanceTimersByTime(1_000);
    expect(bob.transport.calls).toEqual(["terminate"]);
    alice.connection.closed(undefined);
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
      const { connect } = stage();
      const [alice, bob] = [connect(), connect()];
      alice.send("Alice\n");
      bob.send("Bob\n");
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

  test("what is queued for who has ended its input still goes out before the shutdown", async () => {
    const { connect } = stage();
    const [alice, bob] = [connect(), connect(Infinity, 0)];
    alice.send("Alice\n");
    bob.send("Bob\n");
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

  test("an error of ours closes that one client and is logged with its stack", () => {
    const { connect, log } = stage();
    const bob = connect();
    bob.send("Bob\n");
    bob.connection.failed(new Error("a broken invariant"));
    expect(bob.transport.calls).toEqual(["terminate"]);
    expect(log()).toMatch(/internal error with the client at test: .*a broken invariant\n +at /);
    expect(log()).toContain("Bob (test) has left: internal error\n");
  });

  describe("when a reader's queue fills", () => {
    const limits = { queueLimitBytes: 8_192, stallTimeoutMs: 0, idleTimeoutMs: 0 };
    const lines = (count: number) => `${"x".repeat(99)}\n`.repeat(count);
    const received = (text: string) => text.match(/Bob: x{99}\n/g)?.length ?? 0;

    test("senders are held until it has drained, and nothing is lost", async () => {
      const { connect } = stage(limits);
      const alice = connect(Infinity, 0);
      alice.send("Alice\n");
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

    test("a reader that stalls holds them once, for a moment, and the others lose nothing", async () => {
      const { connect } = stage(limits);
      const stalled = connect(Infinity, ...Array(1_000).fill(0));
      stalled.send("Stalled\n");
      const alice = connect();
      alice.send("Alice\n");
      const bob = connect();
      bob.send(`Bob\n${lines(500)}`);
      await turnOver();
      expect(received(alice.transport.sent)).toBeLessThan(100);
      jest.advanceTimersByTime(100);
      await turnOver();
      await turnOver();
      expect(received(alice.transport.sent)).toBe(500);
      bob.send(lines(500));
      await turnOver();
      expect(received(alice.transport.sent)).toBe(1_000);
      for (const { connection } of [stalled, alice, bob]) connection.closed(undefined);
    });

    test("a slow reader is waited for while it makes progress, but not for ever", async () => {
      const { connect, backpressure } = stage(limits);
      const alice = connect(Infinity, 0);
      alice.send("Alice\n");
      const bob = connect();
      bob.send(`Bob\n${lines(500)}`);
      for (let check = 1; check <= 9; check++) {
        alice.transport.accept(10);
        jest.advanceTimersByTime(100);
        expect(backpressure.held).toBe(true);
      }
      alice.transport.accept(10);
      jest.advanceTimersByTime(100);
      expect(backpressure.held).toBe(false);
      await turnOver();
      await turnOver();
      alice.connection.drained();
      expect(alice.transport.sent).toMatch(/\*\*\* \d+ lines skipped: your connection is too slow/);
      bob.connection.closed(undefined);
      alice.connection.closed(undefined);
    });

    test("who was left behind is waited for again once its queue has been empty", async () => {
      const { connect, backpressure } = stage(limits);
      const alice = connect(Infinity, 0, 0, 0);
      alice.send("Alice\n");
      const bob = connect();
      bob.send(`Bob\n${lines(100)}`);
      expect(backpressure.held).toBe(true);
      jest.advanceTimersByTime(100);
      expect(backpressure.held).toBe(false);
      await turnOver();
      await turnOver();
      alice.connection.drained();
      alice.connection.drained();
      alice.transport.accept(0);
      bob.send(lines(100));
      expect(backpressure.held).toBe(true);
      alice.connection.closed(undefined);
      expect(backpressure.held).toBe(false);
      bob.connection.closed(undefined);
    });

    test("a held sender that is closed goes on reading, to see the other side close", () => {
      const { connect } = stage({ ...limits, idleTimeoutMs: 50 });
      const alice = connect(Infinity, 0);
      alice.send("Alice\n");
      const bob = connect();
      bob.send(`Bob\n${lines(500)}`);
      jest.advanceTimersByTime(50);
      expect(bob.transport.calls).toEqual(["pause", "resume", "shutdown"]);
      bob.connection.closed(undefined);
      alice.connection.closed(undefined);
    });
  });
});
