import { describe, expect, jest, mock, spyOn, test } from "bun:test";
import { Session } from "../../lib/conversation/session.ts";
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
    await serverHasRead(alice);
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
    await serverHasRead(bob);
    alice.resume();
    let heard = await alice.line();
    while (heard.startsWith("Bob: ")) heard = await alice.line();
    expect(heard).toMatch(/^\*\*\* \d+ lines skipped: your connection is too slow \*\*\*$/);
  });
});

describe("names", () => {
  test("a name that is taken is refused until its owner has left", async () => {
    await using server = start();
    using alice = await ChatClient.join(server.port, "Alice");
    using bob = await ChatClient.join(server.port, "Bob");
    await alice.expect("*** Bob has joined the chat ***\n");
    using second = await ChatClient.connect(server.port);
    second.send("Bob\nＢＯＢ\n");
    await second.expect(
      `${PROMPT}The name Bob is taken.\n${PROMPT}The name ＢＯＢ is taken.\n${PROMPT}`,
    );
    bob.halfClose();
    await alice.expect("*** Bob has left the chat ***\n");
    second.send("Bob\nme now\n");
    await alice.expect("*** Bob has joined the chat ***\nBob: me now\n");
  });

  test("exactly one of several claims in one turn of the event loop wins", async () => {
    await using server = start();
    using alice = await ChatClient.join(server.port, "Alice");
    const claimants = await Promise.all(
      Array.from({ length: 20 }, () => ChatClient.connect(server.port)),
    );
    for (const claimant of claimants) await claimant.expect(PROMPT);
    for (const claimant of claimants) claimant.send("Bob\n");
    await alice.expect("*** Bob has joined the chat ***\n");
    alice.send("Who is Bob?\n");
    const heard = await Promise.all(claimants.map((claimant) => claimant.line()));
    expect(heard.filter((line) => line === "Alice: Who is Bob?")).toHaveLength(1);
    expect(heard.filter((line) => line.endsWith("The name Bob is taken."))).toHaveLength(19);
  });

  test("an empty name and names that are taken can be tried again, until the deadline", async () => {
    await using server = start();
    using alice = await ChatClient.join(server.port, "Alice");
    using bob = await ChatClient.connect(server.port);
    await bob.expect(PROMPT);
    for (let seconds = 0; seconds < 50; seconds += 10) {
      bob.send("  \nalice\n");
      await bob.expect(`${PROMPT}The name alice is taken.\n${PROMPT}`);
      jest.advanceTimersByTime(10_000);
    }
    bob.send("Bob\n");
    await alice.expect("*** Bob has joined the chat ***\n");
    using late = await ChatClient.connect(server.port);
    await late.expect(PROMPT);
    late.send("alice\n");
    await late.expect(`The name alice is taken.\n${PROMPT}`);
    jest.advanceTimersByTime(60_000);
    await late.expectLast("Disconnected: no name given.\n");
  });

  test("no name until the deadline: a goodbye, and no trace", async () => {
    const logged: string[] = [];
    await using server = start({ log: (text) => logged.push(text) });
    using alice = await ChatClient.join(server.port, "Alice");
    using silent = await ChatClient.connect(server.port);
    await silent.expect(PROMPT);
    jest.advanceTimersByTime(59_999);
    expect(silent.unread).toBe("");
    jest.advanceTimersByTime(1);
    await silent.expectLast("Disconnected: no name given.\n");
    using bob = await ChatClient.join(server.port, "Bob");
    await alice.expect("*** Bob has joined the chat ***\n");
    expect(logged.join("").match(/joined|left/g)).toEqual(["joined", "joined"]);
    bob.halfClose();
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

describe("stop", () => {
  const GOODBYE = "*** The server is shutting down ***\n";

  test("tells everyone, delivers what is queued, and announces no departures", async () => {
    const server = start({ lineRate: 0 });
    using alice = await ChatClient.join(server.port, "Alice");
    using bob = await ChatClient.join(server.port, "Bob");
    await alice.expect("*** Bob has joined the chat ***\n");
    using nameless = await ChatClient.connect(server.port);
    await nameless.expect(PROMPT);
    expect(server.clients).toBe(3);
    bob.pause();
    alice.send(`${"x".repeat(60_000)}\n`.repeat(20)).send("last\n");
    await serverHasRead(alice);
    const stopped = server.stop();
    expect(server.stop()).toBe(stopped);
    bob.resume();
    await alice.expectLast(GOODBYE);
    await nameless.expectLast(GOODBYE);
    await bob.expectLast(`${`Alice: ${"x".repeat(60_000)}\n`.repeat(20)}Alice: last\n${GOODBYE}`);
    await stopped;
    expect(server.clients).toBe(0);
  });

  test("resolves when the last client has gone, also if there was nobody before", async () => {
    const server = start();
    using first = await ChatClient.connect(server.port);
    await first.expect(PROMPT);
    first.halfClose();
    await first.expectLast("");
    using alice = await ChatClient.connect(server.port);
    await alice.expect(PROMPT);
    alice.pause();
    let isStopped = false;
    const stopped = server.stop().then(() => (isStopped = true));
    await turnOver();
    expect([isStopped, server.clients]).toEqual([false, 1]);
    alice.resume();
    await alice.expectLast(GOODBYE);
    await stopped;
  });

  test("takes no new connections and frees the port at once", async () => {
    const server = start();
    using alice = await ChatClient.join(server.port, "Alice");
    void server.stop();
    await expect(ChatClient.connect(server.port)).rejects.toThrow();
    await using next = startChatServer({ port: server.port });
    expect(next.port).toBe(server.port);
    await alice.expectLast(GOODBYE);
  });

  test("goes on when an error of ours keeps somebody from leaving", async () => {
    const server = start();
    const clients = [];
    for (const name of ["Alice", "Bob"]) clients.push(await ChatClient.join(server.port, name));
    const [alice, bob] = clients as [ChatClient, ChatClient];
    await alice.expect("*** Bob has joined the chat ***\n");
    spyOn(Session.prototype, "leave").mockImplementationOnce(() => {
      throw new Error("a bug of ours");
    });
    const stopped = server.stop();
    await alice.expectLast("");
    await bob.expectLast(GOODBYE);
    await stopped;
    mock.restore();
  });

  test("has passed on the whole log when it resolves", async () => {
    let logged = "";
    const server = start({ log: (text) => (logged += text) });
    using alice = await ChatClient.join(server.port, "Alice");
    using bob = await ChatClient.join(server.port, "Bob");
    await alice.expect("*** Bob has joined the chat ***\n");
    const breakdown = spyOn(Session.prototype, "leave").mockImplementation(() => {
      throw new Error("a bug of ours");
    });
    await server.stop();
    breakdown.mockRestore();
    expect(logged).toContain(`${bob.address}: Error: a bug of ours`);
  });

  test("gives up a client that does not close, at the deadline", async () => {
    const server = start();
    using stalled = await ChatClient.join(server.port, "Stalled");
    stalled.pause();
    const stopped = server.stop();
    jest.advanceTimersByTime(4_999);
    expect(server.clients).toBe(1);
    jest.advanceTimersByTime(1);
    await stopped;
    expect(server.clients).toBe(0);
  });

  test("is what `await using` does", async () => {
    let port = 0;
    let alice: ChatClient;
    {
      await using server = start();
      port = server.port;
      alice = await ChatClient.connect(port);
      await alice.expect(PROMPT);
    }
    await alice.expectLast(GOODBYE);
    await expect(ChatClient.connect(port)).rejects.toThrow();
  });
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

/** Waits until the server has read all that `client` sent. Its answer to a last request shows that. */
async function serverHasRead(client: ChatClient): Promise<void> {
  client.send(`${"x".repeat(65_537)}\n`);
  await client.expect("*** Line too long (limit 65536 bytes); not sent.\n");
}
