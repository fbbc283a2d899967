import { describe, expect, test } from "bun:test";
import { History, HISTORY_BYTES_MAX } from "../../../lib/room/history.ts";
import { startChatServer } from "../../../lib/server.ts";
import { ChatClient } from "../../helpers/chat-client.ts";
import { chat } from "../../helpers/chat.ts";
import { stopClock } from "../../helpers/clock.ts";

stopClock();

describe("History", () => {
  test("is empty until something is said, and when it is switched off", () => {
    expect(new History(10).lines).toEqual([]);
    const off = new History(0);
    off.add("Bob: hi\n");
    expect(off.lines).toEqual([]);
  });

  test("keeps the last lines", () => {
    const history = new History(2);
    history.add("Bob: one\n");
    expect(history.lines).toEqual(["Bob: one\n"]);
    history.add("Bob: two\n");
    history.add("* Bob waves\n");
    expect(history.lines).toEqual(["Bob: two\n", "* Bob waves\n"]);
  });

  test.each([
    ["64 KiB", undefined, HISTORY_BYTES_MAX],
    ["a quarter of a small queue", 4_096, 4_096],
  ])("keeps no more than %s", (_, limit, bytesMax) => {
    const history = new History(1_000, limit);
    const line = `Bob: ${"é".repeat(200)}\n`;
    for (let count = 0; count < 200; count++) history.add(line);
    expect(history.lines.length).toBe(Math.floor(bytesMax / Buffer.byteLength(line)));
  });

  test("may be made smaller or larger", () => {
    const history = new History(3);
    for (const text of ["one", "two", "three"]) history.add(`Bob: ${text}\n`);
    expect(history.lines).toHaveLength(3);
    history.resize(2, HISTORY_BYTES_MAX);
    expect(history.lines).toEqual(["Bob: two\n", "Bob: three\n"]);
    history.resize(10, 10);
    expect(history.lines).toEqual([]);
    history.resize(0, HISTORY_BYTES_MAX);
    history.add("Bob: four\n");
    expect(history.lines).toEqual([]);
  });

  test("a line so long that it would drive out many others is not kept", () => {
    const history = new History(10, 800);
    history.add(`Bob: ${"x".repeat(94)}\n`);
    const kept = history.lines;
    history.add(`Bob: ${"x".repeat(95)}\n`);
    expect(history.lines).toEqual(kept);
    expect(kept).toHaveLength(1);
  });
});

test("is far less than what a newcomer's queue may hold", async () => {
  const limits = { queueLimitBytes: 4_096, lineRate: 0, history: 1_000 };
  await using server = startChatServer({ port: 0, ...limits });
  const alice = await ChatClient.join(server.port, "Alice");
  alice.send(`${"x".repeat(90)}\n`.repeat(100) + "/who\n");
  await alice.expect("*** 1 person is here:\n***   Alice\n");
  const bob = await ChatClient.join(server.port, "Bob");
  await bob.expect("*** 10 lines from before you came:\n");
});

test("a newcomer is shown what was said, but no private line and no notice", async () => {
  const { join, open } = chat({ history: 3 });
  const [alice, bob] = [await join("Alice"), await join("Bob")];
  for (const line of ["one", "two", "/me waves", "/msg Alice secret", "three", "/who"])
    bob.say(line);
  bob.say("/nick Robert");
  const carol = open("carol");
  carol.session.line("Carol");
  bob.say("four");
  const framed =
    "*** 3 lines from before you came:\nBob: two\n* Bob waves\nBob: three\n*** This is now:\n";
  expect(await carol.told()).toBe(`Enter your name: ${framed}Robert: four\n`);
  expect(await alice.told()).toEndWith("*** Carol has joined the chat ***\nRobert: four\n");
});
