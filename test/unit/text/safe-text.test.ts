import { describe, expect, test } from "bun:test";
import { safeText } from "../../../lib/text/safe-text.ts";

describe("safeText", () => {
  const table: [what: string, text: string, shown: string][] = [
    ["plain text stays", "Hello, world! ~", "Hello, world! ~"],
    ["other scripts and emoji stay", "Grüße שלום 日本 👩‍💻", "Grüße שלום 日本 👩‍💻"],
    [
      "joiners that scripts and emoji need stay",
      "می\u200cخواهم क्\u200dष",
      "می\u200cخواهم क्\u200dष",
    ],
    ["marks for right-to-left text stay", "a\u200eb\u200fc\u061cd", "a\u200eb\u200fc\u061cd"],
    ["a tab stays", "a\tb", "a\tb"],
    ["escape sequences go whole", "\x1b[31mred\x1b[0m \x1b]0;title\x07end", "red end"],
    ["so do those that C1 introduces", "a\x9b2Jb\x9d0;title\x9cc", "abc"],
    ["of a character that ends one nothing is left", "a\x1b \u{1f44d} b\x1b#\u{1f44d}c", "a bc"],
    ["a lone escape goes", "ab\x1b", "ab"],
    ["an escape sequence that is not ended goes", "ab\x1b[31", "ab"],
    ["an escape made by removing another goes", "\x1b\x1b[1m[2Jx", "[2Jx"],
    ["keys go that terminals tell in other ways", "\x1bOAa\x1b[[Ab\x8fPc\x1bO", "abc"],
    ["C0, DEL and C1 go", "a\0\x07\x03b\x80c\x1ed\x9f", "abcd"],
    ["line breaks go", "a\rb\nc\u2028d\u2029e\x85f", "abcdef"],
    [
      "bidirectional embeddings, overrides and isolates go",
      "a\u202ab\u202ec\u2066d\u2069e",
      "abcde",
    ],
    ["a byte order mark goes", "\ufeffa\ufeffb", "ab"],
    ["Backspace takes a character along", "helol\b\blo\x7f\x7flo", "hello"],
    ["of whatever size", "Grüß\bße 👋\bé日\b", "Grüße é"],
    ["but not more than there are", "\b\x7fabc\b\b\b\b\bd", "d"],
    ["Ctrl-U takes all of it along", "abc\x15d\x15\bef", "ef"],
    ["and none that nobody has seen", "ab\x03\x1b[D\bc", "ac"],
  ];
  for (const [what, text, shown] of table) {
    test(what, () => expect(safeText(text)).toBe(shown));
  }

  test("removes every character that a terminal obeys, and no other", () => {
    const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\ufeff]/u;
    const harmless = ["\t", "\u200e", "\u200f", "\u061c"];
    for (let code = 0; code <= 0x10_ffff; code++) {
      if (code >= 0xd800 && code <= 0xdfff) continue;
      const character = String.fromCodePoint(code);
      const stays = !UNSAFE.test(character) || harmless.includes(character);
      if (safeText(character) !== (stays ? character : "")) throw new Error(code.toString(16));
    }
  });

  test("safe text stays as it is", () => {
    for (const [, text] of table) expect(safeText(safeText(text))).toBe(safeText(text));
  });

  test("takes linear time, whatever a megabyte is made of", () => {
    // Quadratic time would be minutes, which is above the test runner's time limit.
    const size = 1_048_576;
    for (const part of [
      "\x1b[",
      "\x1b]",
      "\x1b",
      "\x1bP0;",
      "\x9b1;",
      "1;",
      "a\b",
      "\b",
      "👋\x7f",
      "\r",
    ]) {
      const text = part.repeat(size / part.length);
      expect(safeText(`\x1b[${text}`).length).toBeLessThanOrEqual(size);
      expect(safeText(`a${text}b`).length).toBeLessThanOrEqual(size + 2);
    }
  });
});
