import { describe, expect, jest, mock, spyOn, test } from "bun:test";
import { Session } from "../../lib/conversation/session.ts";
import { startChatServer, type ChatServerOptions } from "../../lib/server.ts";
import { ChatClient } from "../helpers/chat-client.ts";
import type { Target } from "../helpers/client-socket.ts";
import { stopClock, turnOver } from "../helpers/clock.ts";
import { WAYS_IN } from "../helpers/ways-in.ts";

const PROMPT = "Enter your name: ";
const GOODBYE = "*** The server is shutting down ***\n";

stopClock();

function start(options: ChatServerOptions = {}) {
  return startChatServer({ port: 0, ...options });
}

describe.each([...WAYS_IN])("stop, over $name,", (way) => {
  test("tells everyone, delivers what is queued, and announces no departures", async () => {
    const server = way.start({ lineRate: 0 });
    using alice = await ChatClient.join(server.target, "Alice");
    using bob = await ChatClient.join(server.target, "Bob");
    await alice.expect("*** Bob has joined the chat ***\n");
    using nameless = await ChatClient.connect(server.target);
    await nameless.expect(PROMPT);
    expect(server.clients).toBe(3);
    bob.pause();
    alice.send(`${"x".repeat(60_000)}\n`.repeat(8)).send("last\n");
    await alice.wasRead();
    const stopped = server.stop();
    expect(server.stop()).toBe(stopped);
    bob.resume();
    await alice.expectLast(GOODBYE);
    await nameless.expectLast(GOODBYE);
    await bob.expectLast(`${`Alice: ${"x".repeat(60_000)}\n`.repeat(8)}Alice: last\n${GOODBYE}`);
    await stopped;
    expect(server.clients).toBe(0);
  });

  test("resolves when the last client has gone, also if there was nobody before", async () => {
    const server = way.start();
    using first = await ChatClient.connect(server.target);
    await first.expect(PROMPT);
    first.halfClose();
    await first.expectLast("");
    using alice = await ChatClient.connect(server.target);
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

  test("goes on when an error of ours keeps somebody from leaving", async () => {
    const server = way.start();
    const clients = [];
    for (const name of ["Alice", "Bob"]) clients.push(await ChatClient.join(server.target, name));
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

  test("gives up at the deadline on who does not close", async () => {
    const server = way.start();
    using stalled = await ChatClient.join(server.target, "Stalled");
    stalled.pause();
    const stopped = server.stop();
    jest.advanceTimersByTime(4_999);
    expect(server.clients).toBe(1);
    jest.advanceTimersByTime(1);
    await stopped;
    expect(server.clients).toBe(0);
  });

  test("is what `await using` does", async () => {
    let target: Target = 0;
    let alice: ChatClient;
    {
      await using server = way.start();
      target = server.target;
      alice = await ChatClient.connect(target);
      await alice.expect(PROMPT);
    }
    await alice.expectLast(GOODBYE);
    await expect(ChatClient.connect(target)).rejects.toThrow();
  });
});

describe("stop", () => {
  test("takes no new connections and frees the port at once", async () => {
    const server = start();
    using alice = await ChatClient.join(server.port, "Alice");
    void server.stop();
    await expect(ChatClient.connect(server.port)).rejects.toThrow();
    await using next = startChatServer({ port: server.port });
    expect(next.port).toBe(server.port);
    await alice.expectLast(GOODBYE);
  });

  test("has handed on the whole log when it resolves", async () => {
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
});
