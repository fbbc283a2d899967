import { describe, expect, test } from "bun:test";
import { KeyDecoder, type Key } from "../../../lib/editor/keys.ts";
import { cuts } from "../../helpers/cuts.ts";

/** The keys in packets; text that was cut is put together. */
function keysOf(packets: Iterable<Uint8Array>): (string | { text: string })[] {
  const decoder = new KeyDecoder();
  const keys: Key[] = [];
  for (const packet of packets) {
    decoder.push(packet);
    for (let key = decoder.next(); key !== undefined; key = decoder.next()) {
      const last = keys.at(-1);
      if (typeof key === "object" && typeof last === "object")
        keys[keys.length - 1] = { text: last.text + key.text };
      else keys.push(key);
    }
  }
  return keys;
}

const text = (typed: string) => ({ text: typed });

describe("KeyDecoder", () => {
  const table: [what: string, input: string | number[], keys: (string | { text: string })[]][] = [
    ["letters are text", "Hi", [text("Hi")]],
    ["UTF-8 is text", "Grüße 👋🏽 日本 é", [text("Grüße 👋🏽 日本 é")]],
    ["what is no UTF-8 is U+FFFD", [0x61, 0xc3, 0x28], [text("a\ufffd(")]],
    ["a byte order mark is text", "\ufeffa", [text("\ufeffa")]],
    ["CR is Enter", "a\rb", [text("a"), "enter", text("b")]],
    ["LF is Enter", "a\nb", [text("a"), "enter", text("b")]],
    ["CR LF is one Enter", "a\r\nb", [text("a"), "enter", text("b")]],
    ["CR NUL is one Enter", "a\r\0b", [text("a"), "enter", text("b")]],
    ["LF CR are two", "\n\r", ["enter", "enter"]],
    ["CR LF LF are two", "\r\n\n", ["enter", "enter"]],
    ["Enter of the keypad", "\x1bOM", ["enter"]],
    ["Ctrl-A, E, B, F", "\x01\x05\x02\x06", ["home", "end", "left", "right"]],
    ["Ctrl-P, N", "\x10\x0e", ["up", "down"]],
    ["Backspace in both ways", "\x7f\b", ["backspace", "backspace"]],
    [
      "Ctrl-W, U, K, Y, T",
      "\x17\x15\x0b\x19\x14",
      ["cut word", "cut start", "cut end", "paste", "swap"],
    ],
    ["Ctrl-L, C, D, Tab", "\x0c\x03\x04\t", ["redraw", "clear", "delete or leave", "complete"]],
    ["other controls are nothing", "a\0\x07\x0f\x12\x16\x1a\x1c\x1d\x1e\x1f\u0085b", [text("ab")]],
    ["arrows", "\x1b[A\x1b[B\x1b[C\x1b[D", ["up", "down", "right", "left"]],
    ["arrows of an application", "\x1bOA\x1bOB\x1bOC\x1bOD", ["up", "down", "right", "left"]],
    [
      "Home and End",
      "\x1b[H\x1b[F\x1bOH\x1bOF\x1b[1~\x1b[4~\x1b[7~\x1b[8~",
      Array(4).fill(["home", "end"]).flat(),
    ],
    ["Delete", "\x1b[3~", ["delete"]],
    [
      "Ctrl-arrows",
      "\x1b[1;5C\x1b[1;5D\x1bOc\x1bOd\x1b[5D",
      ["word right", "word left", "word right", "word left", "word left"],
    ],
    ["Alt-arrows, also with Shift", "\x1b[1;3C\x1b[1;4D", ["word right", "word left"]],
    ["Shift-arrows are arrows", "\x1b[1;2C\x1b[1;2D", ["right", "left"]],
    [
      "Alt-B, Alt-F, Alt-Backspace",
      "\x1bb\x1bf\x1b\x7f\x1b\b",
      ["word left", "word right", "cut word", "cut word"],
    ],
    ["C1 controls begin sequences too", "\x9bA\x8fH", ["up", "home"]],
    [
      "unknown sequences are swallowed",
      "a\x1b[15~\x1b[1;5R\x1b[?1;2c\x1b[<0;1;2M\x1bOPb",
      [text("a"), text("b")],
    ],
    ["also the console's function keys", "a\x1b[[Ab", [text("ab")]],
    ["also Alt with other keys", "a\x1bx\x1b[Zb", [text("ab")]],
    ["also strings", "a\x1b]0;title\x07b\x1bPq#0\x1b\\c\x1b_x\x9cd", [text("abcd")]],
    ["also very long ones", `a\x1b[${"1;".repeat(500)}mb`, [text("ab")]],
    ["two ESC are one", "\x1b\x1b[A", ["up"]],
    ["a control ends a sequence, and counts", "\x1b[1\ra", ["enter", text("a")]],
    ["also a string", "\x1b]0;title\ra", ["enter", text("a")]],
    ["also another ESC", "\x1b[1\x1b[A", ["up"]],
    ["Enter behind Escape is Enter", "\x1b\r", ["enter"]],
    [
      "a paste is text, line by line",
      "\x1b[200~a\tb\rc\r\nd\n\x1b[201~",
      [text("a\tb"), "enter", text("c"), "enter", text("d"), "enter"],
    ],
    [
      "no key is in a paste",
      "\x1b[200~a\x1b[A\x03\x04\x7f\x1bbb\x1b[201~\x1b[A",
      [text("ab"), "up"],
    ],
  ];
  test.each(table)("%s, however it is cut", (_, input, keys) => {
    const merged: typeof keys = [];
    for (const key of keys) {
      const last = merged.at(-1);
      if (typeof key === "object" && typeof last === "object")
        merged[merged.length - 1] = text(last.text + key.text);
      else merged.push(key);
    }
    const bytes = typeof input === "string" ? Buffer.from(input) : Uint8Array.from(input);
    for (const packets of cuts(bytes)) expect(keysOf(packets)).toEqual(merged);
  });

  test("says what is pending, and gives it away", () => {
    const decoder = new KeyDecoder();
    decoder.push(Buffer.from("a\rb\rc"));
    expect([decoder.next(), decoder.next()]).toEqual([text("a"), "enter"]);
    expect(decoder.pending).toBe("b\rc");
    expect(decoder.takePending()).toBe("b\rc");
    expect([decoder.next(), decoder.pending]).toEqual([undefined, ""]);
  });
});
