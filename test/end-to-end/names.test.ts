import { describe, expect, jest, test } from "bun:test";
import { startChatServer, type ChatServerOptions } from "../../lib/server.ts";
import { ChatClient } from "../helpers/chat-client.ts";
import { stopClock } from "../helpers/clock.ts";

const PROMPT = "Enter your name: ";

stopClock();

function start(options: ChatServerOptions = {}) {
  return startChatServer({ port: 0, ...options });
}

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

  test("of claims in one turn of the event loop exactly one wins", async () => {
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
