import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { EditedLine } from "../../../lib/editor/edited-line.ts";
import { CHARACTERS_MAX } from "../../../lib/editor/line-length.ts";
import { columnsOf, countCharacters, segment } from "../../../lib/editor/graphemes.ts";
import type { Stroke } from "../../../lib/editor/strokes.ts";

/** A line, with the cursor where the bar is. */
function lineOf(marked: string): EditedLine {
  const [before = "", after = ""] = marked.split("|");
  const line = new EditedLine();
  line.set(before + after);
  for (const _ of segment(after)) line.press("left");
  return line;
}

function shown(line: EditedLine): string {
  return `${line.start}|${line.text.slice(line.start.length)}`;
}

describe("EditedLine", () => {
  test.each<[keys: (Stroke | { text: string })[], before: string, after: string]>([
    [[{ text: "b" }], "a|c", "ab|c"],
    [["left"], "ab|", "a|b"],
    [["left"], "|ab", "|ab"],
    [["right"], "a|b", "ab|"],
    [["right"], "ab|", "ab|"],
    [["home"], "ab|", "|ab"],
    [["end"], "|ab", "ab|"],
    [["word left"], "one two-three, |", "one two-|three, "],
    [["word left"], "|a", "|a"],
    [["word right"], "|one, two", "one|, two"],
    [["word right"], "one|, two", "one, two|"],
    [["word right"], "one|", "one|"],
    [["backspace"], "ab|c", "a|c"],
    [["backspace"], "|a", "|a"],
    [["delete"], "a|bc", "a|c"],
    [["delete or leave"], "a|bc", "a|c"],
    [["delete"], "a|", "a|"],
    [["cut word"], "one two-three |x", "one |x"],
    [["cut word", "paste", "paste"], "one two|", "one twotwo|"],
    [["cut start"], "one |two", "|two"],
    [["cut end"], "one |two", "one |"],
    [["cut end", "home", "paste"], "one |two", "two|one "],
    [["cut end", "cut end", "paste"], "a|b", "ab|"],
    [["swap"], "a|bc", "ba|c"],
    [["swap"], "abc|", "acb|"],
    [["swap"], "|ab", "|ab"],
    [["swap"], "a|", "a|"],
    [["clear"], "ab|c", "|"],
    [["up", "down", "enter", "redraw", "complete"], "a|b", "a|b"],
    [["left"], "日本|", "日|本"],
    [["backspace"], "👩‍👩‍👧‍👧|", "|"],
    [["left", "backspace"], "e\u0301a|", "|a"],
    [[{ text: "\u0301" }], "e|a", "e\u0301|a"],
    [[{ text: "🇩" }, { text: "🇪" }, "left"], "|", "|🇩🇪"],
    [[{ text: "a\x1b[2J\u202eb" }], "|", "ab|"],
  ])("%j makes %p %p", (keys, before, after) => {
    const line = lineOf(before);
    for (const key of keys) {
      if (key === "paste") line.paste();
      else if (typeof key === "string") line.press(key);
      else line.insert(key.text);
    }
    expect(shown(line)).toBe(after);
  });

  test("takes a thousand characters, and says when no more fit", () => {
    const line = new EditedLine();
    expect(line.insert("é".repeat(CHARACTERS_MAX - 1))).toBe(true);
    expect(line.insert("👋b")).toBe(false);
    expect(countCharacters(line.text)).toBe(CHARACTERS_MAX);
    expect(line.text.endsWith("👋")).toBe(true);
    expect(line.insert("c")).toBe(false);
    expect(line.insert("")).toBe(true);
    line.press("backspace");
    expect(line.insert("c")).toBe(true);
  });

  test("takes no more bytes than can be sent", () => {
    const line = new EditedLine(5);
    expect(line.insert("äöü")).toBe(false);
    expect(line.text).toBe("äö");
    expect(line.insert("a")).toBe(true);
  });

  test("replaces what is before the cursor", () => {
    const line = lineOf("hi Bo|!");
    expect(line.replace(2, "Bob ")).toBe(true);
    expect(shown(line)).toBe("hi Bob |!");
  });

  test("at random: is segmented as its text is, with the cursor in it", () => {
    const typed = fc.constantFrom("a", "bc ", "e\u0301", "\u0308", "日", "👩‍👧", "🇩", "\u200d", "ก็");
    const strokes = fc.constantFrom<Stroke>(
      ...([
        "left",
        "right",
        "word left",
        "word right",
        "home",
        "end",
        "backspace",
        "delete",
      ] as const),
      ...(["cut word", "cut start", "cut end", "paste", "swap", "clear"] as const),
    );
    const keys = fc.array(
      fc.oneof(
        typed.map((text) => ({ text })),
        strokes,
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(keys, (pressed) => {
        const line = new EditedLine();
        for (const key of pressed) {
          if (key === "paste") line.paste();
          else if (typeof key === "string") line.press(key);
          else line.insert(key.text);
          expect(line.graphemes).toEqual(segment(line.text));
          expect(line.cursor).toBeGreaterThanOrEqual(0);
          expect(line.cursor).toBeLessThanOrEqual(line.graphemes.length);
        }
      }),
    );
  });
});

describe("columnsOf", () => {
  test.each([
    ["a", 1],
    ["\t", 1],
    ["é", 1],
    ["e\u0301", 1],
    ["\u0301", 0],
    ["日", 2],
    ["👋", 2],
    ["👩‍👩‍👧‍👧", 2],
    ["🇩🇪", 2],
  ])("%p covers %p", (grapheme, columns) => expect(columnsOf(grapheme)).toBe(columns));
});
