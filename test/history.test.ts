import { describe, expect, test } from "bun:test";
import { History, HISTORY_BYTES_MAX } from "../lib/history.ts";
import { chat } from "./chat.ts";
import { stopClock } from "./clock.ts";

stopClock();

describe("History", () => {
  test("is empty until something is said, and when it is switched off", () => {
    expect(new History(10).text).toBe("");
    const off = new History(0);
    off.add("Bob: hi\n");
    expect(off.text).toBe("");
  });

  test("keeps the last lines, in a frame", () => {
    const history = new History(2);
    history.add("Bob: one\n");
    expect(history.text).toBe("*** 1 line from before you came:\nBob: one\n*** This is now:\n");
    history.add("Bob: two\n");
    history.add("* Bob waves\n");
    expect(history.text).toBe(
      "*** 2 lines from before you came:\nBob: two\n* Bob waves\n*** This is now:\n",
    );
  });

  test.each([
    ["64 KiB", undefined, HISTORY_BYTES_MAX],
    ["a quarter of a small queue", 4_096, 4_096],
  ])("keeps no more than %s", (_, limit, bytesMax) => {
    const history = new History(1_000, limit);
    const line = `Bob: ${"é".repeat(500)}\n`;
    for (let count = 0; count < 200; count++) history.add(line);
    const kept = history.text.split("\n").length - 3;
    expect(kept).toBe(Math.floor(bytesMax / Buffer.byteLength(line)));
  });

  test("a line that is longer than all it may keep is not kept", () => {
    const history = new History(10, 100);
    history.add("Bob: short\n");
    history.add(`Bob: ${"x".repeat(100)}\n`);
    expect(history.text).toBe("");
    history.add("Bob: short\n");
    expect(history.text).toContain("1 line ");
  });
});

test("whoever joins is told what was said, and nothing that was private or a notice", async () => {
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
