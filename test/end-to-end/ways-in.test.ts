/** What holds for everybody, whichever way they came in. */
import { describe, expect, jest, test } from "bun:test";
import { ChatClient } from "../helpers/chat-client.ts";
import { cuts } from "../helpers/cuts.ts";
import { stopClock, turnOver } from "../helpers/clock.ts";
import { WAYS_IN } from "../helpers/ways-in.ts";

const PROMPT = "Enter your name: ";

stopClock();

describe.each([...WAYS_IN])("over $name,", (way) => {
  describe("a chat", () => {
    test("any way of cutting the bytes into packets gives the same chat", async () => {
      const input = Buffer.from("Zoë\r\n 日本\nhi\r\n\nlast");
      const said = "Zoë: 日本\nZoë: hi\nZoë: last\n";
      for (const packets of cuts(input)) {
        await using server = way.start();
        using alice = await ChatClient.join(server.target, "Alice");
        using zoe = await ChatClient.connect(server.target);
        await zoe.expect(PROMPT);
        for (const packet of packets) {
          zoe.send(packet);
          await turnOver();
        }
        zoe.halfClose();
        await zoe.expectLast("");
        await alice.expect(
          `*** Zoë has joined the chat ***\n${said}*** Zoë has left the chat ***\n`,
        );
      }
    });

    test("a client with bytes that are not UTF-8 stays in the chat", async () => {
      await using server = way.start();
      using alice = await ChatClient.join(server.target, "Alice");
      using bob = await ChatClient.join(server.target, "Bob");
      bob.send(Uint8Array.of(0x61, 0xf5, 0x80, 0x62, 0x0a)).send("fine\n");
      await alice.expect("*** Bob has joined the chat ***\nBob: a\ufffd\ufffdb\nBob: fine\n");
    });

    test("a line over the limit is refused in one sentence, and the conversation goes on", async () => {
      await using server = way.start();
      using alice = await ChatClient.join(server.target, "Alice");
      using bob = await ChatClient.join(server.target, "Bob");
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
      await using server = way.start({ queueLimitBytes: 67_108_864, lineRate: 0 });
      using alice = await ChatClient.join(server.target, "Alice");
      using bob = await ChatClient.join(server.target, "Bob");
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
      await using server = way.start({ lineRate: 0 });
      using alice = await ChatClient.join(server.target, "Alice");
      using bob = await ChatClient.join(server.target, "Bob");
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
      await using server = way.start({
        lineRate: 0,
        queueLimitBytes: 1_073_741_824,
        totalQueueLimitBytes: 1_048_576,
      });
      using alice = await ChatClient.join(server.target, "Alice");
      using bob = await ChatClient.join(server.target, "Bob");
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

  test("/quit says goodbye and closes, after everything that was said before", async () => {
    await using server = way.start();
    const alice = await ChatClient.join(server.target, "Alice");
    const bob = await ChatClient.join(server.target, "Bob");
    await alice.expect("*** Bob has joined the chat ***\n");
    alice.send("see you\n");
    await bob.expect("Alice: see you\n");
    bob.send("bye\n/quit\nmore\n");
    await bob.expectLast("*** Goodbye.\n");
    await alice.expect("Bob: bye\n*** Bob has left the chat ***\n");
  });
});
