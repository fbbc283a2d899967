import { describe, expect, jest, test } from "bun:test";
import { startChatServer, type ChatServerOptions } from "../../lib/server.ts";
import { ChatClient } from "../helpers/chat-client.ts";
import { stopClock } from "../helpers/clock.ts";

const PROMPT = "Enter your name: ";

stopClock();

function start(options: ChatServerOptions = {}) {
  return startChatServer({ port: 0, ...options });
}

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
