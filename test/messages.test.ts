import { describe, expect, test } from "bun:test";
import { printable, trim } from "../lib/messages.ts";

describe("trim", () => {
  const table: [text: string, trimmed: string][] = [
    ["hello", "hello"],
    ["", ""],
    [" \t\r\n ", ""],
    ["  a  b  ", "a  b"],
    ["\u3000日本\u3000", "日本"],
    ["\x1c\x1d\x1e\x1f\x85a\x85", "a"],
    ["\ufeffa\ufeff", "\ufeffa\ufeff"],
    ["\0a\0", "\0a\0"],
    ["\u200ba\u200b", "\u200ba\u200b"],
  ];
  for (const [text, trimmed] of table) {
    test(`${JSON.stringify(text)} becomes ${JSON.stringify(trimmed)}`, () => {
      expect(trim(text)).toBe(trimmed);
    });
  }

  test("a megabyte of inner spaces takes linear time", () => {
    // Quadratic time would be minutes, which the test runner's time limit notices.
    const text = `a${" ".repeat(1_048_576)}b`;
    expect(trim(text)).toBe(text);
  });
});

describe("printable", () => {
  const table: [what: string, text: string, shown: string][] = [
    ["plain text stays", "Hello, world! ~", "Hello, world! ~"],
    ["other scripts and emoji stay", "Grüße שלום 日本 👩‍💻", "Grüße שלום 日本 👩‍💻"],
    ["escape sequences go whole", "\x1b[31mred\x1b[0m \x1b]0;title\x07end", "red end"],
    ["a lone escape goes", "ab\x1b", "ab"],
    ["an escape made by removing another goes", "\x1b\x1b[1m[2Jx", "[2Jx"],
    ["C0, DEL and C1 go", "a\0\x07\b\x7f\x80b\x9b", "ab"],
    ["line breaks go", "a\rb\nc\u2028d\u2029e\x85f", "abcdef"],
    ["bidirectional controls go", "a\u202eb\u2066c\u200fd", "abcd"],
    ["a byte order mark goes", "\ufeffa", "a"],
    ["a tab becomes a space", "a\tb", "a b"],
  ];
  for (const [what, text, shown] of table) {
    test(what, () => expect(printable(text)).toBe(shown));
  }

  test("leaves no control character of all that there are", () => {
    for (let code = 0; code < 0xa0; code++) {
      expect(printable(`é${String.fromCharCode(code)}`)).not.toMatch(/\p{Cc}/u);
    }
  });
});
