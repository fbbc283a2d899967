import { expect, test } from "bun:test";
import { ChatClient } from "../helpers/chat-client.ts";
import { WAYS_IN } from "../helpers/ways-in.ts";

const LINES = 30_000;
const BATCH = 1_000;

/** A line of 256 bytes with its number. */
const line = (number: number) => `${String(number).padEnd(255, "x")}\n`;

const batch = (from: number, prefix: string) =>
  Array.from({ length: BATCH }, (_, index) => prefix + line(from + index)).join("");

async function hears(client: ChatClient, author: string): Promise<void> {
  for (let from = 0; from < LINES; from += BATCH) await client.expect(batch(from, `${author}: `));
}

test.each([...WAYS_IN])(
  "over $name, a reader that stops reading does not delay the others, costs them no line, and keeps its place",
  async (way) => {
    await using server = way.start({ lineRate: 0 });
    using alice = await ChatClient.join(server.target, "Alice");
    using bob = await ChatClient.join(server.target, "Bob");
    await alice.expect("*** Bob has joined the chat ***\n");
    using carol = await ChatClient.join(server.target, "Carol");
    await alice.expect("*** Carol has joined the chat ***\n");
    await bob.expect("*** Carol has joined the chat ***\n");
    carol.pause();

    for (let from = 0; from < LINES; from += BATCH) {
      alice.send(batch(from, ""));
      bob.send(batch(from, ""));
    }
    await Promise.all([hears(alice, "Bob"), hears(bob, "Alice")]);

    carol.resume();
    alice.send("the end\n");
    await bob.expect("Alice: the end\n");
    let received = 0;
    let skipped = 0;
    const next = { Alice: 0, Bob: 0 };
    for (let text = await carol.line(); text !== "Alice: the end"; text = await carol.line()) {
      const [, count] =
        /^\*\*\* (\d+) lines skipped: your connection is too slow \*\*\*$/.exec(text) ?? [];
      if (count !== undefined) {
        skipped += Number(count);
        continue;
      }
      const [, author, number] = /^(Alice|Bob): (\d+)x+$/.exec(text) ?? [];
      const name = author as keyof typeof next;
      if (Number(number) < next[name]) throw new Error(`out of order: ${text}`);
      next[name] = Number(number) + 1;
      received++;
    }
    expect(skipped).toBeGreaterThan(0);
    expect(received + skipped).toBe(2 * LINES);
  },
);
