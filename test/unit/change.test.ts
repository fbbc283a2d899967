/** Settings that change while people are connected: each counts at once, also for them. */
import { afterEach, beforeEach, describe, expect, jest, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { stopClock, turnOver } from "../helpers/clock.ts";
import { PROMPT, shutDown, stage } from "../helpers/stage.ts";

stopClock({ leavesNoTimer: true });

const IDLE = "Disconnected: idle timeout.\n";
const UNNAMED = "Disconnected: no name given.\n";
const HOST = "192.0.2.1";
const numbers = (count: number) =>
  Array.from({ length: count }, (_, number) => `${number}\n`).join("");
const heard = (text: string) => (text.match(/^Bob: \d+$/gm) ?? []).length;

describe("a timeout that changes", () => {
  test("counts from the last line, for a name and for a line", async () => {
    const { connect, join, change } = stage({ idleTimeoutMs: 10_000, nameTimeoutMs: 10_000 });
    const [bob, nameless] = [join("Bob"), connect()];
    jest.advanceTimersByTime(2_000);
    await change({ idleTimeoutMs: 3_000, nameTimeoutMs: 4_000 });
    jest.advanceTimersByTime(999);
    expect(bob.transport.sent).not.toContain(IDLE);
    jest.advanceTimersByTime(1);
    expect(bob.transport.sent).toEndWith(IDLE);
    expect(nameless.transport.sent).toBe(PROMPT);
    jest.advanceTimersByTime(1_000);
    expect(nameless.transport.sent).toBe(PROMPT + UNNAMED);
    shutDown(bob, nameless);
  });

  test("may be longer, off, or on again", async () => {
    const { join, change } = stage({ idleTimeoutMs: 1_000 });
    const bob = join("Bob");
    await change({ idleTimeoutMs: 0 });
    jest.advanceTimersByTime(5_000);
    await change({ idleTimeoutMs: 8_000 });
    jest.advanceTimersByTime(2_999);
    expect(bob.transport.sent).toBe(PROMPT);
    jest.advanceTimersByTime(1);
    expect(bob.transport.sent).toEndWith(IDLE);
    shutDown(bob);
  });

  test("begins anew for one who was warned of another", async () => {
    const { join, change } = stage({ idleTimeoutMs: 10_000, idleWarningMs: 1_000 });
    const bob = join("Bob");
    jest.advanceTimersByTime(9_000);
    await turnOver();
    expect(bob.transport.sent).toEndWith("in a second unless you say something.\n");
    await change({ history: 5 });
    jest.advanceTimersByTime(900);
    await change({ idleTimeoutMs: 5_000 });
    jest.advanceTimersByTime(4_999);
    expect(bob.transport.sent).not.toContain(IDLE);
    jest.advanceTimersByTime(1);
    expect(bob.transport.sent).toEndWith(IDLE);
    shutDown(bob);
  });

  test("counts for a reader that stalls and for one that leaves already", async () => {
    const { join, change } = stage({ stallTimeoutMs: 10_000, closeTimeoutMs: 10_000 });
    const alice = join("Alice");
    const stalled = join("Bob", Infinity, ...Array(100).fill(0));
    const leaving = join("Carol");
    alice.send("hello\n");
    await turnOver();
    leaving.send("/quit\n");
    await turnOver();
    jest.advanceTimersByTime(1_000);
    await change({ stallTimeoutMs: 2_000, closeTimeoutMs: 3_000 });
    jest.advanceTimersByTime(1_000);
    expect(stalled.transport.calls).toEqual(["terminate"]);
    expect(leaving.transport.calls).not.toContain("terminate");
    jest.advanceTimersByTime(1_000);
    expect(leaving.transport.calls).toContain("terminate");
    shutDown(alice);
  });

  test("sets no timer for a reader that is gone", async () => {
    const { join, change } = stage({ lineBurst: 1, lineRate: 1, stallTimeoutMs: 1_000 });
    const [alice, bob] = [join("Alice"), join("Bob", Infinity, ...Array(100).fill(0))];
    alice.send("hello\n");
    bob.send(numbers(2));
    await turnOver();
    bob.connection.closed(undefined);
    const timers = jest.getTimerCount();
    await change({ stallTimeoutMs: 5_000 });
    expect(jest.getTimerCount()).toBe(timers);
    shutDown(alice, bob);
  });

  test("reaches the links, if it is for signs of life", async () => {
    const { join, change } = stage();
    const bob = join("Bob");
    await change({ keepAliveMs: 5_000 });
    await change({ history: 5 });
    expect(bob.transport.calls).toEqual(["keepAlive 5000"]);
    shutDown(bob);
  });

  test("reaches the line editor, if it is for the longest line", async () => {
    const { connectWith, join, change } = stage();
    const [alice, bob] = [join("Alice"), connectWith("raw")];
    bob.send("Bob\r");
    await change({ lineLimitBytes: 128 });
    bob.send(`${"x".repeat(200)}\r`);
    await turnOver();
    await turnOver();
    expect(alice.transport.sent).toContain(`Bob: ${"x".repeat(128)}\n`);
    shutDown(alice, bob);
  });

  test("does not harm one whose socket is gone while its lines wait", async () => {
    const { join, change } = stage({ lineBurst: 1, lineRate: 1, closeTimeoutMs: 1_000 });
    const [alice, bob] = [join("Alice"), join("Bob")];
    bob.send(numbers(3));
    bob.connection.closed(undefined);
    await change({ closeTimeoutMs: 2_000, keepAliveMs: 9_000, lineRate: 0 });
    await turnOver();
    expect(heard(alice.transport.sent)).toBe(3);
    expect(bob.ends).toBe(1);
    await change({ closeTimeoutMs: 3_000 });
    shutDown(alice);
  });
});

describe("a rate that changes", () => {
  test("lets go on who has waited, or makes it wait for longer, and loses nothing", async () => {
    const { join, change } = stage({ lineBurst: 6, lineRate: 1 });
    const [alice, bob] = [join("Alice"), join("Bob")];
    bob.send(numbers(50));
    await turnOver();
    const first = heard(alice.transport.sent);
    expect(first).toBeWithin(5, 7);
    await change({ lineRate: 10 });
    jest.advanceTimersByTime(1_000);
    await turnOver();
    expect(heard(alice.transport.sent)).toBe(first + 10);
    await change({ lineRate: 0.1 });
    jest.advanceTimersByTime(9_000);
    await turnOver();
    expect(heard(alice.transport.sent)).toBe(first + 10);
    await change({ lineBurst: 100 });
    await turnOver();
    expect(heard(alice.transport.sent)).toBe(50);
    shutDown(alice, bob);
  });

  test("counts for the lines of an address and for those who wait at its prompt", async () => {
    const limits = { lineRate: 0, addressLineBurst: 3, addressLineRate: 0.1 };
    const { join, joinFrom, change } = stage({ ...limits, joinBurst: 1, joinRate: 0.1 });
    const alice = join("Alice");
    const [bob, carol] = [joinFrom(HOST, "Bob"), joinFrom(HOST, "Carol")];
    bob.send(numbers(20));
    await turnOver();
    expect(heard(alice.transport.sent)).toBeLessThan(5);
    expect(alice.transport.sent).not.toContain("Carol");
    await change({ addressLineRate: 1_000, joinRate: 1_000 });
    jest.advanceTimersByTime(100);
    await turnOver();
    await turnOver();
    expect(heard(alice.transport.sent)).toBe(20);
    expect(alice.transport.sent).toContain("*** Carol has joined the chat ***\n");
    shutDown(alice, bob, carol);
  });
});

describe("a limit that changes", () => {
  test("cuts the queue of a slow reader at once", async () => {
    const { join, change } = stage({ queueLimitBytes: 65_536, stallTimeoutMs: 0 });
    const [bob, slow] = [join("Bob"), join("Slow", Infinity, ...Array(200).fill(0))];
    for (let number = 0; number < 20; number++) {
      bob.send(`${number} ${"x".repeat(800)}\n`);
      await turnOver();
    }
    await change({ queueLimitBytes: 4_096 });
    slow.transport.script();
    slow.connection.drained();
    expect(slow.transport.sent).toMatch(/\*\*\* 1\d lines skipped/);
    expect(slow.transport.sent).toContain("Bob: 19 x");
    shutDown(bob, slow);
  });

  test("cuts the queues of all slow readers together", async () => {
    const { join, change, totalLimit } = stage({
      stallTimeoutMs: 0,
      totalQueueLimitBytes: 2 ** 22,
    });
    const bob = join("Bob");
    const slow = Array.from({ length: 30 }, (_, index) =>
      join(`Slow${index}`, Infinity, ...Array(500).fill(0)),
    );
    for (let number = 0; number < 60; number++) {
      bob.send(`${number} ${"x".repeat(1_000)}\n`);
      await turnOver();
    }
    expect(totalLimit.bytes).toBeGreaterThan(2 ** 20);
    await change({ totalQueueLimitBytes: 2 ** 20 });
    expect(totalLimit.bytes).toBeLessThan(2 ** 20);
    shutDown(bob, ...slow);
  });

  test("counts for the next line, message and name, and for what newcomers see", async () => {
    const { connect, join, change } = stage();
    const bob = join("Bob");
    await change({ lineLimitBytes: 200, messageLimitBytes: 20, nameLimit: 5 });
    bob.send(`${"x".repeat(201)}\n${"y".repeat(21)}\n/nick Robert\n`);
    await turnOver();
    expect(bob.transport.sent).toContain("Line too long (limit 200 bytes); not sent.\n");
    expect(bob.transport.sent).toContain("Message too long (limit 20 bytes); not sent.\n");
    expect(bob.transport.sent).toContain("Names have at most 5 characters.");
    await change({ history: 5, greeting: true, prompt: "Name? ", welcome: "Hi!" });
    bob.send("hello\n");
    await turnOver();
    const carol = connect();
    carol.send("Carol\n");
    await turnOver();
    expect(carol.transport.sent).toMatch(/^Hi!\nName\? /);
    expect(carol.transport.sent).toContain("You are Carol, with 1 other");
    expect(carol.transport.sent).toContain("1 line from before you came:\nBob: hello\n");
    shutDown(bob, carol);
  });

  test("on clients counts for who comes, and sends nobody home", async () => {
    const { join, connectFrom, change, log } = stage({ maxClients: 2, maxClientsPerAddress: 5 });
    const [alice, bob] = [join("Alice"), join("Bob")];
    await change({ maxClients: 1 });
    const refused = connectFrom(HOST);
    expect(refused.transport.sent).toContain("The server is full");
    await change({ maxClients: 1_000_000, maxClientsPerAddress: 1 });
    expect(log()).toContain("clients at most, not 1000000");
    const [one, two] = [connectFrom(HOST), connectFrom(HOST)];
    expect(one.transport.sent).toBe(PROMPT);
    expect(two.transport.sent).toContain("Too many connections from your address");
    expect(alice.transport.calls).toEqual([]);
    for (const { connection } of [alice, bob, refused, one, two]) connection.closed(undefined);
  });
});

describe("a file that changes", () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(`${tmpdir()}/natter-`)));
  afterEach(() => rmSync(folder, { recursive: true }));

  test("is refused if it cannot be read, and then nothing else changes either", async () => {
    const { connect, change } = stage();
    const changes = { prompt: "Name? ", logFile: `${folder}/log` };
    await expect(change({ ...changes, welcomeFile: `${folder}/none` })).rejects.toThrow("ENOENT");
    await expect(change({ ...changes, logFile: `${folder}/none/log` })).rejects.toThrow("ENOENT");
    expect(existsSync(`${folder}/log`)).toBe(false);
    const bob = connect();
    expect(bob.transport.sent).toBe(PROMPT);
    shutDown(bob);
  });

  test("is another welcome", async () => {
    const { connect, change } = stage({ welcome: "Hi!" });
    writeFileSync(`${folder}/welcome`, "Be kind.");
    await change({ welcome: "", welcomeFile: `${folder}/welcome` });
    const bob = connect();
    expect(bob.transport.sent).toBe(`Be kind.\n${PROMPT}`);
    await change({ welcomeFile: "" });
    const carol = connect();
    expect(carol.transport.sent).toBe(PROMPT);
    shutDown(bob, carol);
  });
});
