import { describe, expect, test } from "bun:test";
import { ANSWERS } from "../../lib/text/messages.ts";
import { isLine } from "../helpers/grammar.ts";
import { spokenLines } from "./spoken-lines.ts";

describe("the grammar in docs/protocol.md", () => {
  test("has every sentence that a client is told", () => {
    expect(spokenLines().filter((line) => !isLine(line))).toEqual([]);
    expect(isLine(ANSWERS.unknownName("", "Bob"))).toBe(true);
  });

  test.each([
    "Bob hi\n",
    "*** Bob has died ***\n",
    "** Bob: hi\n",
    ": hi\n",
    "Bob:hi\n",
    "Bob: \n",
    "Bob: a\x1b[2J\n",
    "Bob: a\u202eb\n",
    "B b: hi\n",
    "-Bob: hi\n",
    "[private for Bob] hi\n",
    "Bob: hi\nBob: hi\n",
    "Bob: hi",
    "enter your name: Bob: hi\n",
  ])("does not have %p", (line) => expect(isLine(line)).toBe(false));

  test("has prompts before a line", () => {
    expect(isLine("Enter your name: Enter your name: *** Bob has joined the chat ***\n")).toBe(
      true,
    );
  });
});
