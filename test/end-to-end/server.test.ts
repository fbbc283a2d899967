import { describe, expect, jest, test } from "bun:test";
import { startChatServer, type ChatServerOptions } from "../../lib/server.ts";
import { ChatClient } from "../helpers/chat-client.ts";
import { cuts } from "../helpers/cuts.ts";
import { stopClock, turnOver } from "../helpers/clock.ts";

const PROMPT = "Enter your name: ";

stopClock();

function start(options: ChatServerOptions = {}) {
  return startChatServer({ port: 0, ...options });
}

describe("a chat", () => {
  test("any way of cutting the bytes into packets gives the same chat", async () => {
    const input = Buffer.from("Zoë\r\n 日本\nhi\r\n\nlast");
    const said = "Zoë: 日本\nZoë: hi\nZoë: last\n";
    for (const packets of cuts(input)) {
      await using server = start();
      using alice = await ChatClient.join(server.port, "Alice");
      using zoe = await ChatClient.connect(server.port);
      await zoe.expect(PROMPT);
      for (const packet of packets) {
        zoe.send(packet);
        await turnOver();
      }
      zoe.halfClose();
      await zoe.expectLast("");
      await alice.expect(`*** Zoë has joined the chat ***\n${said}*** Zoë has left the chat ***\n`);
    }
  });

  test("a client with bytes that are not UTF-8 stays in the chat", async () => {
    await using server = start();
    using alice = await ChatClient.join(server.port, "Alice");
    using bob = await ChatClient.join(server.port, "Bob");
    bob.send(Uint8Array.of(0x61, 0xf5, 0x80, 0x62, 0x0a)).send("fine\n");
    await alice.expect("*** Bob has joined the chat ***\nBob: a\ufffd\ufffdb\nBob: fine\n");
  });

  test("a line over the limit is refused in one sentence, and the conversation goes on", async () => {
    await using server = start();
    using alice = await ChatClient.join(server.port, "Alice");
    using bob = await ChatClient.join(server.port, "Bob");
    bob.send(`before\n${"x".repeat(65_537)}\nafter\n`);
    await alice.expect("*** Bob has joined the chat ***\nBob: before\n");
    jest.advanceTimersByTime(2_000);
    await alice.expect("Bob: after\n");
    await bob.expect("*** Line too long (limit 65536 bytes); not sent.\n");
  });
});

describe("a client that leaves", () => {
  test("still gets all that was queued for it, also if it reads late", async () => {
    // More than the system's buffers hold, but not so much that lines are skipped.
    await using server = start({ queueLimitBytes: 67_108_864, lineRate: 0 });
    using alice = await ChatClient.join(server.port, "Alice");
    using bob = await ChatClient.join(server.port, "Bob");
    await alice.expect("*** Bob has joined the chat ***\n");
    bob.pause();
    const text = "x".repeat(60_000);
    for (let number = 0; number < 200; number++) alice.send(`${number} ${text}\n`);
    await alice.wasRead();
    bob.halfClose();
    await alice.expect("*** Bob has left the chat ***\n");
    bob.resume();
    for (let number = 0; number < 200; number++) await bob.expect(`Alice: ${number} ${text}\n`);
    await bob.expectLast("");
  });
});

describe("a reader that does not read", () => {
  const text = "x".repeat(1_000);
  const lines = (count: number) =>
    Array.from({ length: count }, (_, number) => `${number} ${text}\n`);

  test("holds up a bulk sender for a moment, and then gets every line", async () => {
    await using server = start({ lineRate: 0 });
    using alice = await ChatClient.join(server.port, "Alice");
    using bob = await ChatClient.join(server.port, "Bob");
    await alice.expect("*** Bob has joined the chat ***\n");
    alice.pause();
    // More than the system's buffers and a queue hold together.
    const said = lines(12_000);
    bob.send(said.join(""));
    for (let turn = 0; turn < 1_000; turn++) await turnOver();
    alice.resume();
    await alice.expect(said.map((line) => `Bob: ${line}`).join(""));
  });

  test("is cut to the limit for all queues together", async () => {
    await using server = start({
      lineRate: 0,
      queueLimitBytes: 1_073_741_824,
      totalQueueLimitBytes: 1_048_576,
    });
    using alice = await ChatClient.join(server.port, "Alice");
    using bob = await ChatClient.join(server.port, "Bob");
    await alice.expect("*** Bob has joined the chat ***\n");
    alice.pause();
    bob.send(lines(12_000).join(""));
    await bob.wasRead();
    alice.resume();
    let heard = await alice.line();
    while (heard.startsWith("Bob: ")) heard = await alice.line();
    expect(heard).toMatch(/^\*\*\* \d+ lines skipped: your connection is too slow \*\*\*$/);
  });
});

describe("the log", () => {
  test("shows who joined from where, what was said, who left and why", async () => {
    let logged = "";
    const server = start({ log: (text) => (logged += text) });
    const alice = await ChatClient.join(server.port, "Alice");
    const bob = await ChatClient.join(server.port, "Bob");
    const carol = await ChatClient.join(server.port, "Carol");
    const aliceHears = (text: string) => alice.expect(`*** ${text} the chat ***\n`);
    await aliceHears("Bob has joined");
    await aliceHears("Carol has joined");
    bob.send("Hi \x1b[31mAlice\x1b[0m!\n");
    await alice.expect("Bob: Hi Alice!\n");
    bob.halfClose();
    await aliceHears("Bob has left");
    carol.reset();
    await aliceHears("Carol has left");
    jest.advanceTimersByTime(200_000);
    const dave = await ChatClient.join(server.port, "Dave");
    await aliceHears("Dave has joined");
    jest.advanceTimersByTime(100_000);
    await alice.expectLast("Disconnected: idle timeout.\n");
    await dave.expect("*** Alice has left the chat ***\n");
    await server.stop();
    const [a, b, c, d] = [alice, bob, carol, dave].map(({ address }) => address);
    expect(logged.split("\n")).toEqual([
      `Alice (${a}) has joined`,
      `Bob (${b}) has joined`,
      `Carol (${c}) has joined`,
      "Bob: Hi Alice!",
      `Bob (${b}) has left: closed`,
      `Carol (${c}) has left: reset`,
      `Dave (${d}) has joined`,
      `Alice (${a}) has left: idle timeout`,
      `Dave (${d}) has left: server shutdown`,
      "",
    ]);
  });
});

test("/quit says goodbye and closes, after everything that was said before", async () => {
  await using server = startChatServer({ port: 0 });
  const alice = await ChatClient.join(server.port, "Alice");
  const bob = await ChatClient.join(server.port, "Bob");
  await alice.expect("*** Bob has joined the chat ***\n");
  alice.send("see you\n");
  await bob.expect("Alice: see you\n");
  bob.send("bye\n/quit\nmore\n");
  await bob.expectLast("*** Goodbye.\n");
  await alice.expect("Bob: bye\n*** Bob has left the chat ***\n");
});

describe("startChatServer", () => {
  test("several servers in one process share nothing", async () => {
    await using one = start();
    await using two = start();
    using alice = await ChatClient.join(one.port, "Alice");
    using bob = await ChatClient.join(one.port, "Bob");
    using namesake = await ChatClient.join(two.port, "Alice");
    using carol = await ChatClient.join(two.port, "Carol");
    await alice.expect("*** Bob has joined the chat ***\n");
    await namesake.expect("*** Carol has joined the chat ***\n");
    bob.send("here\n");
    carol.send("there\n");
    await alice.expect("Bob: here\n");
    await namesake.expect("Carol: there\n");
  });

  test("says where it listens and how many are connected", async () => {
    await using server = start();
    expect(server.hostname).toBe("127.0.0.1");
    expect(server.port).toBeWithin(1, 65_536);
    expect(server.clients).toBe(0);
    using alice = await ChatClient.connect(server.port);
    await alice.expect(PROMPT);
    expect(server.clients).toBe(1);
    alice.halfClose();
    await alice.expectLast("");
    expect(server.clients).toBe(0);
  });

  test("throws with the system's code if it cannot listen", async () => {
    await using server = start();
    expect(() => startChatServer({ port: server.port })).toThrow(
      expect.objectContaining({ code: "EADDRINUSE" }),
    );
    expect(() => startChatServer({ port: 0, hostname: "192.0.2.1" })).toThrow(
      expect.objectContaining({ code: "EADDRNOTAVAIL" }),
    );
  });

  test("listens on IPv6, and shows the addresses of IPv4 clients as such", async () => {
    let logged = "";
    const server = start({ hostname: "::", log: (text) => (logged += text) });
    using six = await ChatClient.connect(server.port, "::1");
    six.send("Six\n");
    using four = await ChatClient.connect(server.port, "127.0.0.1");
    four.send("Four\n");
    await six.expect(`${PROMPT}*** Four has joined the chat ***\n`);
    await server.stop();
    expect(logged).toMatch(
      /^Six \(\[::1\]:\d+\) has joined\nFour \(127\.0\.0\.1:\d+\) has joined\n/,
    );
  });
});
