import { describe, expect, test } from "bun:test";
import * as messages from "../../lib/conversation/messages.ts";
import { findFlaw, type NameFlaw } from "../../lib/text/names.ts";
import { isLine } from "../helpers/grammar.ts";

describe("the grammar in docs/protocol.md", () => {
  test("has every sentence that a client is told", () => {
    const { ANSWERS, GOODBYES } = messages;
    // One name for each rule.
    const names = [
      "a b",
      "a/b",
      "-a",
      "a".repeat(33),
      "a\u0301\u0301\u0301\u0301",
      "aб",
      "disconnected",
    ];
    const flaws = names.map((name) => findFlaw(name, 32) as NameFlaw);
    expect(new Set(flaws).size).toBe(7);
    const told = [
      messages.joined("Bob"),
      messages.left("Bob"),
      messages.said("Bob", "hi"),
      messages.acted("Bob", "waves"),
      messages.renamed("Bob", "Rob"),
      messages.privateFrom("Bob", "hi"),
      messages.privateTo("Bob", "hi"),
      messages.nameTaken("Bob"),
      ...flaws.map((flaw) => messages.nameRefused(flaw, 32)),
      ...flaws.map((flaw) => messages.nameRefused(flaw, 32, "Bob")),
      messages.notice(messages.nameTaken("Bob")),
      messages.lineTooLong(10),
      messages.notice(messages.lineTooLong(10)),
      messages.linesSkipped(1),
      messages.linesSkipped(2),
      ...messages.past(["Bob: hi\n"]).split(/(?<=\n)/),
      ...Object.values(GOODBYES).filter((text) => text !== ""),
      ...ANSWERS.help("/me text", "say what you do").split(/(?<=\n)/),
      ANSWERS.slash,
      ANSWERS.unknownCommand("/x", undefined),
      ANSWERS.unknownCommand("/", "/me"),
      ANSWERS.usage("/me text"),
      ANSWERS.unknownName("Zoe", undefined),
      ANSWERS.unknownName("", "Bob"),
      ANSWERS.people(1),
      ANSWERS.people(2),
      ANSWERS.person("Bob", 1),
      ANSWERS.person("Bob", 2),
      ANSWERS.morePeople(3),
      ANSWERS.ignored(["Alice", "Bob"]),
      ANSWERS.ignoringTooMany(100),
      ANSWERS.nobodyToReplyTo,
      ANSWERS.hasLeft("Bob"),
      ANSWERS.notToYourself,
      ANSWERS.ignoring("Bob"),
      ANSWERS.ignoringNobody,
      ANSWERS.notIgnored("Bob"),
      ANSWERS.noLongerIgnoring("Bob"),
      ANSWERS.renamedTooOften,
    ];
    expect(told.filter((line) => !isLine(line))).toEqual([]);
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
  ])("has not %p", (line) => expect(isLine(line)).toBe(false));

  test("has prompts before a line", () => {
    expect(isLine("Enter your name: Enter your name: *** Bob has joined the chat ***\n")).toBe(
      true,
    );
  });
});
