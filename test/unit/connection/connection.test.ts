import { describe, expect, jest, test } from "bun:test";
import type { Settings } from "../../../lib/options/settings.ts";
import { heldByBuffers } from "../../helpers/memory.ts";
import { ScriptedLink } from "../../helpers/scripted-link.ts";
import { slowLines, stopClock, turnOver } from "../../helpers/clock.ts";
import { shutDown, stage } from "../../helpers/stage.ts";

const PROMPT = "Enter your name: ";

/** A look at the clock, of which each line takes three: a thousand lines of one address fill a slice. */
const LOOK_MS = 2 / 3_000;

stopClock({ leavesNoTimer: true });

/** The timer that runs cuts this client off after so long, and not before. */
function expectCutOffAfter({ transport }: { transport: ScriptedLink }, ms: number): void {
  jest.advanceTimersByTime(ms - 1);
  expect(transport.calls).toEqual([]);
  jest.advanceTimersByTime(1);
  expect(transport.calls).toEqual(["terminate"]);
}

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
    expectCutOffAfter(bob, 1_000);
    await turnOver();
    expect(alice.transport.sent).toEndWith("*** Bob has left the chat ***\n");
    expect(log()).toContain("Bob (test) has left: too slow\n");
    alice.connection.closed(undefined);
  });

  test("progress restarts the stall timeout, also progress that no drain has reported", async () => {
    const { connect } = stage({ stallTimeoutMs: 1_000 });
    const alice = connect();
    alice.send("Alice\n");
    const bob = connect(Infinity, 0, 1);
    bob.send("Bob\n");
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
    const { connect } = stage({ stallTimeoutMs: 1_000 });
    const [alice, bob] = [connect(), connect(Infinity, 0)];
    alice.send("Alice\n");
    bob.send("Bob\n");
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

  test("who is found gone in the middle of a line leaves after it, and nothing is lost", async () => {
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

  test("a reset that a write meets first, and that then looks like an end, is still a reset", async () => {
    const { connect, log } = stage();
    const [alice, bob] = [connect(), connect()];
    alice.send("Alice\n");
    bob.send("Bob\n");
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

  test("what a client is told and what others say goes out in one write per turn", async () => {
    const { connect } = stage({ lineLimitBytes: 128 });
    const [alice, bob] = [connect(), connect()];
    alice.send("Alice\n");
    bob.send("Bob\n");
    await turnOver();
    const before = alice.transport.writes.length;
    bob.send("one\n");
    alice.send(`${"x".repeat(200)}\n`);
    bob.send("two\n");
    await turnOver();
    expect(alice.transport.writes.slice(before)).toEqual([
      "Bob: one\n*** Line too long (limit 128 bytes); not sent.\nBob: two\n",
    ]);
    for (const { connection } of [alice, bob]) connection.closed(undefined);
  });

  test("a Telnet client's requests are answered, at the prompt and in the chat", async () => {
    const { connect } = stage();
    const bob = connect();
    bob.connection.received(Uint8Array.of(255, 253, 3));
    expect(bob.transport.bytes).toEqual(Buffer.of(...Buffer.from(PROMPT), 255, 252, 3));
    bob.send("Bob\r\0");
    bob.connection.received(Uint8Array.of(255, 244, 255, 253, 6));
    expect(bob.transport.bytes.subarray(-3)).toEqual(Buffer.of(255, 252, 6));
    await turnOver();
    bob.connection.closed(undefined);
  });

  test("a name that is too long is refused, and the prompt comes again", () => {
    const { connect } = stage({ lineLimitBytes: 128 });
    const bob = connect();
    bob.send("x".repeat(200));
    expect(bob.transport.sent).toBe(`${PROMPT}Line too long (limit 128 bytes); not sent.\n`);
    bob.send("\n");
    expect(bob.transport.sent).toEndWith(`not sent.\n${PROMPT}`);
    bob.connection.closed(undefined);
  });

  test("a stalled reader is cut off also while the others go on talking", async () => {
    const { connect } = stage({ stallTimeoutMs: 1_000 });
    const alice = connect();
    alice.send("Alice\n");
    const bob = connect(Infinity, ...Array(100).fill(0));
    bob.send("Bob\n");
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
    const { connect } = stage({ stallTimeoutMs: 1_000, queueLimitBytes: 8_192, idleTimeoutMs: 0 });
    const alice = connect();
    alice.send("Alice\n");
    const bob = connect(Infinity, ...Array(1_000).fill(0));
    bob.send("Bob\n");
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

  test("who leaves has as much time as it goes on reading, and no more", async () => {
    const { connect } = stage({ closeTimeoutMs: 1_000, stallTimeoutMs: 0, idleTimeoutMs: 0 });
    for (const isShutdown of [false, true]) {
      const [alice, bob] = [connect(), connect(Infinity, 0)];
      alice.send("Alice\n");
      bob.send("Bob\n");
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

  test("not even who goes on reading a little can leave for ever", async () => {
    const { connect } = stage({ closeTimeoutMs: 1_000, stallTimeoutMs: 0, idleTimeoutMs: 0 });
    const [alice, bob] = [connect(), connect(Infinity, 0)];
    alice.send("Alice\n");
    bob.send("Bob\n");
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
    const { connect } = stage({ lineLimitBytes: 128 });
    const [alice, bob] = [connect(), connect()];
    alice.send("Alice\n");
    bob.send("Bob\n");
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

  test("a socket that is gone leaves no timer behind, even with bytes that wait", async () => {
    const { connect } = stage();
    const [alice, bob] = [connect(), connect(Infinity, 0)];
    alice.send("Alice\n");
    bob.send("Bob\n");
    alice.send("hello\n");
    await turnOver();
    bob.connection.closed(new Error("ECONNRESET"));
    alice.connection.closed(undefined);
    expect([alice.ends, bob.ends, jest.getTimerCount()]).toEqual([1, 1, 0]);
    bob.connection.failed(new Error("too late"));
    expect(bob.ends).toBe(1);
  });

  test("a goodbye is not lost to the queue's limit", async () => {
    const { connect } = stage({ queueLimitBytes: 4_096 });
    const [alice, bob] = [connect(), connect(Infinity, 7)];
    alice.send("Alice\n");
    bob.send("Bob\n");
    await turnOver();
    alice.send(`${"x".repeat(5_000)}\n`);
    await turnOver();
    bob.connection.close("server shutdown");
    bob.connection.drained();
    expect(bob.transport.sent).toEndWith("xx\n*** The server is shutting down ***\n");
    for (const { connection } of [alice, bob]) connection.closed(undefined);
  });

  describe("a large chunk of short lines", () => {
    slowLines(LOOK_MS);

    test("is read a part each turn, so that nobody else has to wait", async () => {
      const { connect, connectFrom } = stage();
      const [alice, bob, carol] = [connect(), connectFrom("192.0.2.1"), connect()];
      for (const [client, name] of [
        [alice, "Alice"],
        [bob, "Bob"],
        [carol, "Carol"],
      ] as const) {
        client.send(`${name}\n`);
      }
      await turnOver();
      bob.send("b\n".repeat(3_500));
      carol.send("c\n");
      await turnOver();
      const heard = alice.transport.sent.indexOf("Carol: c\n");
      const before = alice.transport.sent.slice(0, heard).match(/Bob: b\n/g);
      expect(before?.length).toBeWithin(900, 1_001);
      for (let turn = 0; turn < 3; turn++) await turnOver();
      expect(alice.transport.sent.match(/Bob: b\n/g)).toHaveLength(3_500);
      expect(bob.transport.calls.slice(-2)).toEqual(["pause", "resume"]);
      for (const { connection } of [alice, bob, carol]) connection.closed(undefined);
    });

    test("is read to its end although the input ended, or the socket was reset, meanwhile", async () => {
      for (const end of ["ended", "closed"] as const) {
        const { connect, log } = stage();
        const [alice, bob] = [connect(), connect()];
        alice.send("Alice\n");
        bob.send(`Bob\n${"b\n".repeat(3_500)}last`);
        if (end === "ended") bob.connection.ended();
        else bob.connection.closed(new Error("ECONNRESET"));
        for (let turn = 0; turn < 6; turn++) await turnOver();
        const last = end === "ended" ? "Bob: last\n" : "";
        expect(alice.transport.sent).toEndWith(`Bob: b\n${last}*** Bob has left the chat ***\n`);
        expect(alice.transport.sent.match(/Bob: b\n/g)).toHaveLength(3_500);
        if (end === "ended") bob.connection.closed(undefined);
        expect(log()).toEndWith(`Bob (test) has left: ${end === "ended" ? "closed" : "reset"}\n`);
        expect(bob.ends).toBe(1);
        alice.connection.closed(undefined);
      }
    });

    test("is dropped if the stay ends for another reason", () => {
      const { connect } = stage();
      const bob = connect();
      bob.send(`Bob\n${"b\n".repeat(3_500)}`);
      bob.connection.closed(new Error("ECONNRESET"));
      bob.connection.close("server shutdown");
      expect(bob.ends).toBe(1);
    });
  });

  describe("when a reader's queue fills", () => {
    const limits = { queueLimitBytes: 8_192, stallTimeoutMs: 0, idleTimeoutMs: 0 };
    const lines = (count: number) => `${"x".repeat(99)}\n`.repeat(count);
    const received = (text: string) => text.match(/Bob: x{99}\n/g)?.length ?? 0;
    const turns = async (count: number) => {
      for (let turn = 0; turn < count; turn++) await turnOver();
    };

    test("bulk senders are held until it has drained, and nothing is lost", async () => {
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

    test("people who type are not held", async () => {
      const { connect } = stage(limits);
      const stalled = connect(Infinity, 0);
      stalled.send("Stalled\n");
      const [alice, bob, dave] = [connect(), connect(), connect()];
      alice.send("Alice\n");
      bob.send(`Bob\n${lines(500)}`);
      dave.send("Dave\nhello\n");
      await turnOver();
      expect(bob.transport.calls).toEqual(["pause"]);
      expect(alice.transport.sent).toEndWith("*** Dave has joined the chat ***\nDave: hello\n");
      for (const { connection } of [stalled, alice, dave, bob]) connection.closed(undefined);
      await turns(5);
    });

    test("a reader that stalls holds them once, for a moment, and the others lose nothing", async () => {
      const { connect } = stage(limits);
      const stalled = connect(Infinity, ...Array(1_000).fill(0));
      stalled.send("Stalled\n");
      const [alice, bob] = [connect(), connect()];
      alice.send("Alice\n");
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
      const { connect } = stage({ ...limits, nameTimeoutMs: 0 });
      const nameless = connect(0);
      nameless.send("\n".repeat(900));
      const [alice, bob] = [connect(), connect()];
      alice.send("Alice\n");
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
        const { connect } = stage({ ...limits, closeTimeoutMs: 60_000 });
        const stalled = connect(Infinity, ...Array(1_000).fill(0));
        stalled.send("Stalled\n");
        const [alice, bob] = [connect(), connect()];
        alice.send("Alice\n");
        bob.send(`Bob\n${lines(500)}`);
        end(stalled);
        await turns(2);
        expect(received(alice.transport.sent)).toBe(500);
        stalled.connection.closed(undefined);
        for (const { connection } of [alice, bob]) connection.closed(undefined);
      }
    });

    test("a held sender is not idle", async () => {
      const { connect } = stage({ ...limits, idleTimeoutMs: 40 });
      const stalled = connect(Infinity, ...Array(1_000).fill(0));
      stalled.send("Stalled\n");
      const alice = connect();
      alice.send("Alice\n");
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
      const { connect } = stage(limits);
      const alice = connect(Infinity, 0);
      alice.send("Alice\n");
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

  describe("what waits for all readers together", () => {
    const LIMIT = 1_048_576;
    const limits = { totalQueueLimitBytes: LIMIT, stallTimeoutMs: 0, idleTimeoutMs: 0 };
    const stalled = [Infinity, ...Array(10_000).fill(0)];

    test("is bounded: the longest queues are cut, with a notice, and who keeps up loses nothing", async () => {
      const { connect, totalLimit } = stage(limits);
      const [alice, bob] = [connect(), connect()];
      alice.send("Alice\n");
      bob.send("Bob\n");
      const readers = Array.from({ length: 20 }, () => connect(...stalled));
      readers.map((reader, index) => reader.send(`Stalled${index}\n`));
      await turnOver();
      let most = 0;
      for (let number = 0; number < 100; number++) {
        bob.send(`${number} ${"x".repeat(1_000)}\n`);
        await turnOver();
        most = Math.max(most, totalLimit.bytes);
      }
      expect(most).toBeWithin(LIMIT / 2, LIMIT + 1);
      expect(alice.transport.sent.match(/^Bob: /gm)).toHaveLength(100);

      const late = connect(...stalled);
      late.send("Late\n");
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
      const { connect, totalLimit, log } = stage(limits);
      const bob = connect();
      bob.send("Bob\n");
      const readers = Array.from({ length: 60 }, () =>
        connect(Infinity, Infinity, 1, ...Array(10_000).fill(0)),
      );
      readers.map((reader, index) => reader.send(`Stalled${index}\n`));
      await turnOver();
      bob.send(`${"x".repeat(20_000)}\n`);
      for (let turn = 0; turn < 4; turn++) await turnOver();
      expect(totalLimit.bytes).toBeLessThanOrEqual(LIMIT);
      expect(log().match(/has left: too slow/g)?.length).toBeWithin(1, 30);
      for (const { connection } of [bob, ...readers]) connection.closed(undefined);
      expect(totalLimit.bytes).toBe(0);
    });

    test("whose socket is gone counts no more, also while its last lines are read", async () => {
      const { connect, totalLimit } = stage({ ...limits, lineRate: 1, lineBurst: 1 });
      const [alice, bob] = [connect(), connect(...stalled)];
      alice.send("Alice\n");
      bob.send("Bob\n");
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

    test("who leaves while its queue is full counts no more, however it leaves", async () => {
      const { connect, totalLimit } = stage({ ...limits, closeTimeoutMs: 1_000 });
      const bob = connect();
      bob.send("Bob\n");
      const readers = Array.from({ length: 3 }, () => connect(...stalled));
      const [reset, left, held] = readers as [
        (typeof readers)[0],
        (typeof readers)[0],
        (typeof readers)[0],
      ];
      readers.map((reader, index) => reader.send(`Stalled${index}\n`));
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

  describe("a program that takes this for another server", () => {
    test("is told so in one sentence or not at all, is closed, and leaves no trace but in the log", async () => {
      const cases: [input: string, sentence: string, logged: string][] = [
        ["\x16\x03\x01\x02\0\x01\0\nBob\nhi\n", "", "TLS handshake"],
        [
          "POST / HTTP/1.1\r\nHost: x\r\n\r\nBob\nhi\n",
          "This is a chat server, not a web server; connect with nc or telnet.\n",
          "HTTP request",
        ],
        [
          "SSH-2.0-OpenSSH_9.9\r\n",
          "This is a chat server, not an SSH server; connect with nc or telnet.\n",
          "SSH client",
        ],
      ];
      for (const [input, sentence, logged] of cases) {
        const { connect, log } = stage();
        const [alice, program] = [connect(), connect()];
        alice.send("Alice\n");
        program.send(input);
        program.send("Bob\nhi\n");
        await turnOver();
        expect(program.transport.sent).toBe(PROMPT + sentence);
        expect(program.transport.calls).toEqual(["shutdown"]);
        expect(alice.transport.sent).toBe(PROMPT);
        expect(log()).toBe(`Alice (test) has joined\nrefused test: ${logged}\n`);
        for (const { connection } of [alice, program]) connection.closed(undefined);
      }
    });

    test("is refused once, however many packets it sends", () => {
      const { connect, log } = stage();
      const program = connect();
      for (const part of ["GET /", " HTTP", "/1.1\r\n", "\r\n"]) program.send(part);
      expect(log()).toBe("refused test: HTTP request\n");
      program.connection.closed(undefined);
    });

    test("but in the chat anybody may speak HTTP", async () => {
      const { connect } = stage();
      const [alice, bob] = [connect(), connect()];
      alice.send("Alice\n");
      bob.send("Bob\n");
      bob.send("GET / HTTP/1.1\n");
      await turnOver();
      expect(alice.transport.sent).toEndWith("Bob: GET / HTTP/1.1\n");
      for (const { connection } of [alice, bob]) connection.closed(undefined);
    });
  });

  describe("who sends more than the line rate", () => {
    /** A name, five lines, and then one every 100 ms. */
    const rate = { lineBurst: 6, lineRate: 10 };
    const numbers = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, index) => `${from + index}\n`);

    /** Alice and Bob, and how many lines of his she has heard, which must be the first, in order. */
    async function aliceAndBob(given: Partial<Settings> = {}) {
      const { connect, log } = stage({ ...rate, ...given });
      const [alice, bob] = [connect(), connect()];
      alice.send("Alice\n");
      bob.send("Bob\n");
      await turnOver();
      const start = alice.transport.sent.length;
      const heard = async () => {
        await turnOver();
        const said = alice.transport.sent.slice(start).match(/Bob: .*\n/g) ?? [];
        return said.length;
      };
      return { alice, bob, heard, log, close: () => shutDown(alice, bob) };
    }

    test("is read from no faster, loses nothing, and is told nothing", async () => {
      const { alice, bob, heard, close } = await aliceAndBob();
      bob.send(numbers(0, 30).join(""));
      expect(await heard()).toBe(5);
      expect(bob.transport.calls).toEqual(["pause"]);
      jest.advanceTimersByTime(99);
      expect(await heard()).toBe(5);
      jest.advanceTimersByTime(1);
      expect(await heard()).toBe(6);
      expect(bob.transport.calls).toEqual(["pause"]);
      jest.advanceTimersByTime(2_300);
      expect(await heard()).toBe(29);
      jest.advanceTimersByTime(100);
      expect(await heard()).toBe(30);
      expect(alice.transport.sent).toEndWith(
        numbers(0, 30)
          .map((line) => `Bob: ${line}`)
          .join(""),
      );
      expect(bob.transport.calls.at(-1)).toBe("resume");
      expect(bob.transport.sent).toBe(PROMPT);
      close();
    });

    test("has the whole burst again after a while, and no more", async () => {
      const { bob, heard, close } = await aliceAndBob();
      bob.send(numbers(0, 6).join(""));
      expect(await heard()).toBe(5);
      jest.advanceTimersByTime(60_000);
      expect(await heard()).toBe(6);
      jest.advanceTimersByTime(60_000);
      bob.send(numbers(0, 9).join(""));
      expect(await heard()).toBe(12);
      close();
    });

    test("a line costs one for each KiB that it has begun, and one that is too long as much", async () => {
      const lengths: [input: string, waitMs: number][] = [
        ["", 0],
        ["x".repeat(1_024), 0],
        ["x".repeat(1_025), 100],
        ["é".repeat(512), 0],
        ["é".repeat(513), 100],
        ["x".repeat(65_536), 6_300],
        // And one for the rest of it, which counts as a line when it ends.
        ["x".repeat(65_537), 6_500],
      ];
      for (const [input, waitMs] of lengths) {
        const { bob, heard, close } = await aliceAndBob({ lineBurst: 1 });
        jest.advanceTimersByTime(100);
        bob.send(`${input}\nnext\n`);
        const before = await heard();
        jest.advanceTimersByTime(waitMs + 99);
        expect([waitMs, await heard()]).toEqual([waitMs, before]);
        jest.advanceTimersByTime(1);
        expect([waitMs, await heard()]).toEqual([waitMs, before + 1]);
        close();
      }
    });

    test("Telnet's commands that come together cost one for each KiB that they have begun", async () => {
      for (const [commands, waitMs] of [
        [512, 100],
        [513, 200],
      ] as const) {
        const { bob, heard, close } = await aliceAndBob({ lineBurst: 1 });
        jest.advanceTimersByTime(100);
        bob.connection.received(Buffer.alloc(2 * commands, Buffer.of(255, 241)));
        bob.send("next\n");
        jest.advanceTimersByTime(waitMs - 1);
        expect([commands, await heard()]).toEqual([commands, 0]);
        jest.advanceTimersByTime(1);
        expect([commands, await heard()]).toEqual([commands, 1]);
        close();
      }
    });

    test("is not idle while it is held back", async () => {
      const { bob, log, close } = await aliceAndBob({ lineRate: 0.1, idleTimeoutMs: 3_000 });
      bob.send(numbers(0, 7).join(""));
      for (let seconds = 0; seconds < 20; seconds++) jest.advanceTimersByTime(1_000);
      expect(log().match(/Bob: \d/g)).toHaveLength(7);
      expect(bob.transport.sent).not.toContain("Disconnected");
      jest.advanceTimersByTime(3_000);
      expect(bob.transport.sent).toContain("Disconnected: idle timeout.\n");
      close();
    });

    test("leaves when its last line is read, if it ended its input", async () => {
      const { alice, bob, heard, close } = await aliceAndBob();
      bob.send(`${numbers(0, 10).join("")}last`);
      bob.connection.ended();
      for (let tenths = 0; tenths < 5; tenths++) jest.advanceTimersByTime(100);
      expect(await heard()).toBe(10);
      expect(alice.transport.sent).not.toContain("left");
      jest.advanceTimersByTime(100);
      await turnOver();
      expect(alice.transport.sent).toEndWith("Bob: last\n*** Bob has left the chat ***\n");
      close();
    });

    test("says the rest at the same pace if its socket is gone", async () => {
      const { alice, bob, heard, log } = await aliceAndBob();
      bob.send(numbers(0, 10).join(""));
      bob.connection.closed(new Error("ECONNRESET"));
      expect(await heard()).toBe(5);
      jest.advanceTimersByTime(400);
      expect(await heard()).toBe(9);
      expect(alice.transport.sent).not.toContain("left");
      jest.advanceTimersByTime(100);
      await turnOver();
      expect(alice.transport.sent).toEndWith("Bob: 9\n*** Bob has left the chat ***\n");
      expect(log()).toEndWith("Bob (test) has left: reset\n");
      expect(bob.ends).toBe(1);
      alice.connection.closed(undefined);
    });

    test("does not stay in the chat for ever after its socket is gone", async () => {
      const { alice, bob, log } = await aliceAndBob({ idleTimeoutMs: 0, closeTimeoutMs: 1_000 });
      bob.send("b\n".repeat(100_000));
      bob.connection.closed(new Error("ECONNRESET"));
      for (let tenths = 0; tenths < 119; tenths++) jest.advanceTimersByTime(100);
      await turnOver();
      expect([bob.ends, alice.transport.sent.includes("left")]).toEqual([0, false]);
      jest.advanceTimersByTime(100);
      await turnOver();
      expect(bob.ends).toBe(1);
      expect(alice.transport.sent).toEndWith("Bob: b\n*** Bob has left the chat ***\n");
      expect(log()).toEndWith("Bob (test) has left: reset\n");
      alice.connection.closed(undefined);
    });

    test("does not begin to stay for ever if it is let in after that", async () => {
      const given = { joinBurst: 1, joinRate: 1, idleTimeoutMs: 0, closeTimeoutMs: 1_000 };
      const { connectFrom } = stage({ ...rate, ...given });
      const [ann, ben] = [connectFrom("192.0.2.1"), connectFrom("192.0.2.1")];
      ann.send("Ann\n");
      ben.send(`Ben\n${"b\n".repeat(100_000)}`);
      ben.connection.closed(new Error("ECONNRESET"));
      for (let tenths = 0; tenths < 120; tenths++) jest.advanceTimersByTime(100);
      await turnOver();
      expect(ann.transport.sent).toEndWith("Ben: b\n*** Ben has left the chat ***\n");
      expect(ben.ends).toBe(1);
      shutDown(ann);
    });

    test("is let go of if only a drain shows that its socket is gone", async () => {
      const { alice, bob } = await aliceAndBob();
      bob.transport.script(0);
      alice.send("hello\n");
      await turnOver();
      bob.transport.script(-1);
      bob.connection.drained();
      await turnOver();
      expect([bob.transport.calls, bob.ends]).toEqual([["terminate"], 1]);
      alice.connection.closed(undefined);
    });

    test("is let go of if only a write shows that its socket is gone", async () => {
      const { alice, bob, heard } = await aliceAndBob();
      bob.send(numbers(0, 10).join(""));
      bob.transport.script(-1);
      alice.send("are you there?\n");
      await turnOver();
      await turnOver();
      expect(bob.transport.calls).toEqual(["pause", "terminate"]);
      jest.advanceTimersByTime(500);
      expect(await heard()).toBe(10);
      expect(alice.transport.sent).toEndWith("Bob: 9\n*** Bob has left the chat ***\n");
      expect([bob.closes, bob.ends]).toEqual([1, 1]);
      alice.connection.closed(undefined);
    });

    test("is slowed down at the prompt and for Telnet's requests as well", async () => {
      const { connect } = stage(rate);
      const bob = connect();
      bob.send("\n".repeat(20));
      await turnOver();
      expect(bob.transport.sent).toBe(PROMPT.repeat(7));
      jest.advanceTimersByTime(1_500);
      expect(bob.transport.sent).toBe(PROMPT.repeat(21));
      const answers = () => bob.transport.bytes.filter((byte) => byte === 255).length;
      for (let packet = 0; packet < 5; packet++) {
        bob.connection.received(Uint8Array.of(255, 253, 1));
      }
      expect(answers()).toBe(1);
      jest.advanceTimersByTime(2_000);
      // The second waited, and the others share an answer.
      expect(answers()).toBe(3);
      shutDown(bob);
    });

    test("hears the others meanwhile, also if its first lines took a few turns", async () => {
      const { alice, bob, close } = await aliceAndBob({ lineBurst: 1_500 });
      bob.send("b\n".repeat(2_000));
      alice.send("slow down\n");
      expect(bob.transport.sent).toBe(PROMPT);
      await turnOver();
      expect(bob.transport.sent).toEndWith("Alice: slow down\n");
      close();
    });

    test("hears the others meanwhile", async () => {
      const { alice, bob, close } = await aliceAndBob();
      bob.send(numbers(0, 100).join(""));
      alice.send("slow down\n");
      await turnOver();
      expect(bob.transport.sent).toEndWith("Alice: slow down\n");
      close();
    });
  });

  describe("an address that joins too often", () => {
    const HOST = "192.0.2.1";
    const budget = { joinBurst: 2, joinRate: 0.5, nameTimeoutMs: 3_000 };

    /** Three clients of one address that have given their names, of which two are in. */
    async function three(given: Partial<Settings> = {}) {
      const { connect, connectFrom } = stage({ ...budget, ...given });
      const alice = connect();
      alice.send("Alice\n");
      const clients = ["Ann", "Ben", "Cid"].map((name) => {
        const client = connectFrom(HOST);
        client.send(`${name}\n`);
        return client;
      });
      await turnOver();
      const close = () => shutDown(alice, ...clients);
      const [, ben, cid] = clients as [unknown, (typeof clients)[0], (typeof clients)[0]];
      return { alice, ben, cid, connect, connectFrom, close };
    }

    test("waits at the prompt, is told nothing, and is let in when it may", async () => {
      const { alice, cid, close } = await three();
      expect(alice.transport.sent).toEndWith("*** Ben has joined the chat ***\n");
      expect(cid.transport.sent).toBe(PROMPT);
      jest.advanceTimersByTime(1_999);
      await turnOver();
      expect(alice.transport.sent).not.toContain("Cid");
      jest.advanceTimersByTime(1);
      await turnOver();
      expect(alice.transport.sent).toEndWith("*** Cid has joined the chat ***\n");
      close();
    });

    test("is not cut off for giving no name meanwhile", async () => {
      const { alice, cid, close } = await three({ joinRate: 0.1 });
      jest.advanceTimersByTime(9_999);
      expect(cid.transport.sent).toBe(PROMPT);
      jest.advanceTimersByTime(1);
      await turnOver();
      expect(alice.transport.sent).toEndWith("*** Cid has joined the chat ***\n");
      close();
    });

    test("not even if the time for a name ends when it may join", async () => {
      const { alice, close } = await three({ nameTimeoutMs: 2_000 });
      jest.advanceTimersByTime(2_000);
      await turnOver();
      expect(alice.transport.sent).toEndWith("*** Cid has joined the chat ***\n");
      close();
    });

    test("but who gives none is cut off", async () => {
      const { connectFrom, close } = await three({ joinRate: 0.1 });
      const silent = connectFrom(HOST);
      jest.advanceTimersByTime(3_000);
      expect(silent.transport.sent).toEndWith("Disconnected: no name given.\n");
      silent.connection.closed(undefined);
      close();
    });

    test("and those of its clients who are in can talk", async () => {
      const { alice, ben, close } = await three();
      ben.send("hello\n");
      await turnOver();
      expect(alice.transport.sent).toEndWith("Ben: hello\n");
      close();
    });

    test("who only sends blank lines at the prompt is cut off in time", () => {
      const { connect } = stage({ lineBurst: 1, lineRate: 10, nameTimeoutMs: 3_000 });
      const bob = connect();
      bob.send("\n".repeat(1_000));
      jest.advanceTimersByTime(3_000);
      expect(bob.transport.sent).toEndWith("Disconnected: no name given.\n");
      shutDown(bob);
    });

    test("holds up no other address, and not this machine", async () => {
      const { alice, connect, connectFrom, close } = await three();
      const others = [connectFrom("192.0.2.2"), connect(), connect(), connect()];
      others.map((other, index) => other.send(`Other${index}\n`));
      await turnOver();
      expect(alice.transport.sent.match(/Other/g)).toHaveLength(4);
      for (const { connection } of others) connection.closed(undefined);
      close();
    });

    test("is remembered when its clients have left", async () => {
      const { alice, close, connectFrom } = await three();
      close();
      const again = connectFrom(HOST);
      again.send("Dan\n");
      await turnOver();
      expect(again.transport.calls).toEqual(["pause"]);
      expect(alice.transport.sent).not.toContain("Dan");
      shutDown(again);
    });

    test("pays for changes of name too", async () => {
      const { connectFrom } = stage({ ...budget });
      const bob = connectFrom(HOST);
      bob.send("Bob\n/nick Rob\n/nick Robert\n");
      await turnOver();
      expect(bob.transport.sent).toBe(
        `${PROMPT}*** Bob is now Rob ***\n*** You change your name too often; try again in a moment.\n`,
      );
      jest.advanceTimersByTime(2_000);
      bob.send("/nick Robert\n");
      await turnOver();
      expect(bob.transport.sent).toEndWith("*** Rob is now Robert ***\n");
      shutDown(bob);
    });

    test("0 is no limit", async () => {
      const { alice, close } = await three({ joinRate: 0 });
      expect(alice.transport.sent).toEndWith("*** Cid has joined the chat ***\n");
      close();
    });
  });
});
