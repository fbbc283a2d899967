import { describe, expect, test } from "bun:test";
import { complete } from "../../../lib/editor/completion.ts";
import { foldName } from "../../../lib/text/names.ts";

const people = ["Bob", "Bobby", "Ann", "anna", "Zoë", "日本", "𐐀x", "𐐀y"].map((name) => ({
  name,
  key: foldName(name),
}));
const vocabulary = { commands: ["me", "msg", "who", "help"], people };

describe("complete", () => {
  test.each<[start: string, units: number, text: string, candidates: string[]]>([
    ["Zo", 2, "Zoë: ", []],
    ["zOE", 0, "", []],
    ["  Zo", 2, "Zoë: ", []],
    ["hi Zo", 2, "Zoë ", []],
    ["/msg 日", 1, "日本 ", []],
    ["B", 1, "Bob", ["Bob", "Bobby"]],
    ["Bob", 0, "", ["Bob", "Bobby"]],
    ["bobb", 4, "Bobby: ", []],
    ["an", 2, "Ann", ["Ann", "anna"]],
    ["𐐀", 0, "", ["𐐀x", "𐐀y"]],
    ["x", 0, "", []],
    ["/w", 2, "/who ", []],
    ["/W", 2, "/who ", []],
    ["/m", 0, "", ["/me", "/msg"]],
    ["/", 0, "", ["/me", "/msg", "/who", "/help"]],
    ["hi /w", 0, "", []],
    ["/x", 0, "", []],
  ])("%p", (start, units, text, candidates) => {
    expect(complete(start, vocabulary)).toEqual({ units, text, candidates });
  });

  test("knows commands without a slash where they need none", () => {
    const operators = { ...vocabulary, needsNoSlash: true };
    expect(complete("w", operators).text).toBe("who ");
    expect(complete("/w", operators).text).toBe("/who ");
    expect(complete("who Zo", operators).text).toBe("Zoë ");
    expect(complete("", operators).candidates).toEqual(["me", "msg", "who", "help"]);
  });

  test("without a word, offers everybody, but no more than a hundred", () => {
    expect(complete("", vocabulary).candidates).toHaveLength(people.length);
    const many = Array.from({ length: 300 }, (_, at) => ({ name: `p${at}`, key: `p${at}` }));
    expect(complete("hi ", { commands: [], people: many })).toMatchObject({ units: 0, text: "p" });
    expect(complete("hi ", { commands: [], people: many }).candidates).toHaveLength(100);
  });
});
