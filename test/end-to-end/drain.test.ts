import { describe, expect, jest, test } from "bun:test";
import { startChatServer, type ChatServerOptions } from "../../lib/server.ts";
import { ChatClient } from "../helpers/chat-client.ts";
import { stopClock, turnOver, until } from "../helpers/clock.ts";

const GOODBYE = "*** The server is shutting down ***\n";
const MINUTE_MS = 60_000;

stopClock();

/** A server with Alice in the chat, and its log. */
async function open(options: ChatServerOptions = {}) {
  let log = "";
  const server = startChatServer({ port: 0, log: (text) => (log += text), ...options });
  const alice = await ChatClient.join(server.port, "Alice");
  await until(() => server.members.length === 1);
  return { server, alice, logText: () => log };
}

describe("drain", () => {
  test("tells everybody when it is over, again a minute before, and stops then", async () => {
    const { server, alice, logText } = await open({ idleTimeoutMs: 0 });
    server.drain();
    await alice.expect("*** The server will shut down in 5 minutes ***\n");
    jest.advanceTimersByTime(4 * MINUTE_MS - 1);
    await turnOver();
    expect(alice.unread).toBe("");
    jest.advanceTimersByTime(1);
    await alice.expect("*** The server will shut down in a minute ***\n");
    jest.advanceTimersByTime(MINUTE_MS - 1);
    await turnOver();
    expect(alice.unread).toBe("");
    jest.advanceTimersByTime(1);
    await alice.expectLast(GOODBYE);
    await server.stopped;
    const [, first, second] = logText().split("\n");
    expect(first).toBe("*** Nobody new is let in, and the server shuts down in 5 minutes ***");
    expect(second).toBe("*** Nobody new is let in, and the server shuts down in a minute ***");
  });

  test("lets nobody new in, and sends home who has given no name", async () => {
    const { server, alice } = await open();
    using nameless = await ChatClient.connect(server.port);
    await nameless.expect("Enter your name: ");
    server.drain(1_000);
    await nameless.expectLast(GOODBYE);
    await expect(ChatClient.connect(server.port)).rejects.toThrow();
    await alice.expect("*** The server will shut down in a second ***\n");
    jest.advanceTimersByTime(1_000);
    await alice.expectLast(GOODBYE);
    await server.stopped;
  });

  test("is over when the last client has gone, at once if there is none", async () => {
    const { server, alice } = await open();
    server.drain(MINUTE_MS);
    await alice.expect("*** The server will shut down in a minute ***\n");
    alice.halfClose();
    await server.stopped;
    expect(jest.getTimerCount()).toBe(0);
    const empty = startChatServer({ port: 0 });
    empty.drain();
    await empty.stopped;
    expect(jest.getTimerCount()).toBe(0);
  });

  test("takes another time, in which the first counts no more, and 0 is now", async () => {
    const { server, alice, logText } = await open();
    server.drain(MINUTE_MS);
    await alice.expect("*** The server will shut down in a minute ***\n");
    server.drain(2 * MINUTE_MS);
    await alice.expect("*** The server will shut down in 2 minutes ***\n");
    jest.advanceTimersByTime(MINUTE_MS);
    await alice.expect("*** The server will shut down in a minute ***\n");
    server.drain(0);
    await alice.expectLast(GOODBYE);
    const log = logText();
    server.drain();
    await server.stopped;
    server.drain();
    await turnOver();
    expect([logText(), jest.getTimerCount()]).toEqual([log, 0]);
  });

  test.each([-1, 86_400_001, Number.NaN])("does nothing when told %p", async (leftMs) => {
    const { server, alice } = await open();
    expect(() => server.drain(leftMs)).toThrow(
      `leftMs is ${leftMs}; it must be a number from 0 to 86400000.`,
    );
    using bob = await ChatClient.join(server.port, "Bob");
    await alice.expect("*** Bob has joined the chat ***\n");
    bob.halfClose();
    await server.stop();
  });
});
