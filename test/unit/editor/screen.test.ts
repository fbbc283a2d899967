import { describe, expect, test } from "bun:test";
import { segment } from "../../../lib/editor/graphemes.ts";
import { layOut } from "../../../lib/editor/layout.ts";
import { Screen } from "../../../lib/editor/screen.ts";

describe("layOut", () => {
  test.each<[text: string, cursor: number, columns: number, rows: string[], at: [number, number]]>([
    ["", 0, 4, [""], [0, 0]],
    ["abcd", 4, 4, ["abcd"], [0, 4]],
    ["abcde", 4, 4, ["abcd", "e"], [1, 0]],
    ["abcde", 3, 4, ["abcd", "e"], [0, 3]],
    ["abcde", 5, 4, ["abcd", "e"], [1, 1]],
    ["日本語", 3, 5, ["日本", "語"], [1, 1]],
    ["abc日", 3, 4, ["abc", "日"], [1, 0]],
    ["e\u0301👩‍👧x", 3, 3, ["e\u0301👩‍👧", "x"], [1, 1]],
    ["日", 0, 1, ["日"], [0, 0]],
  ])("puts %p with the cursor at %p into %p columns", (text, cursor, columns, rows, at) => {
    const layout = layOut(segment(text), cursor, columns);
    expect(layout.rows.map((row) => row.join(""))).toEqual(rows);
    expect([layout.cursorRow, layout.cursorAt]).toEqual(at);
  });
});

describe("Screen", () => {
  const drawn = (columns: number, rows = 24) => {
    const screen = new Screen();
    screen.resize(columns, rows);
    return {
      screen,
      draw: (text: string, cursor = segment(text).length) => screen.draw(segment(text), cursor),
    };
  };

  test("writes nothing for nothing", () => {
    const { screen, draw } = drawn(10);
    expect([draw(""), screen.erase(), screen.isBlank]).toEqual(["", "", true]);
  });

  test("ends rows before the window's last column, and moves the cursor by writing again what is before it", () => {
    const { screen, draw } = drawn(5);
    expect(draw("abcdef", 1)).toBe("abcd\r\nef\x1b[1A\ra");
    expect(screen.erase()).toBe("\r\x1b[J");
    expect(draw("abcdef", 5)).toBe("abcd\r\nef\re");
    expect(screen.erase()).toBe("\x1b[1A\r\x1b[J");
    expect(draw("abcdef")).toBe("abcd\r\nef");
  });

  test("shows a tab as a blank", () => {
    expect(drawn(10).draw("a\tb")).toBe("a b");
  });

  test("shows of a line that is higher than the window the part with the cursor", () => {
    const { draw, screen } = drawn(5, 2);
    expect(draw("aaaabbbbcccc", 0)).toBe("aaaa\r\nbbbb\x1b[1A\r");
    screen.erase();
    expect(draw("aaaabbbbcccc")).toBe("bbbb\r\ncccc");
    expect(screen.erase()).toBe("\x1b[1A\r\x1b[J");
  });

  test("takes 80 columns for what is not known, and does not believe a window of one", () => {
    const { screen, draw } = drawn(0, 0);
    expect(draw("x".repeat(80))).toBe(`${"x".repeat(79)}\r\nx`);
    screen.erase();
    screen.resize(1, 1);
    expect(draw("abcd")).toBe("abc\r\nd");
  });

  test.each([
    ["tmux-256color", "\x1b[2A"],
    ["xterm-256color", "\x1b[1A"],
  ])("in a narrower window of %s goes up %j", (terminal, up) => {
    const { screen, draw } = drawn(10);
    screen.become(terminal);
    draw("abcdefghijk");
    screen.resize(5, 24);
    expect(screen.erase()).toBe(`${up}\r\x1b[J`);
  });

  test("in a wider window goes up as many rows as there were", () => {
    const { screen, draw } = drawn(5);
    screen.become("tmux");
    draw("abcdefgh");
    screen.resize(80, 24);
    expect(screen.erase()).toBe("\x1b[1A\r\x1b[J");
  });

  test("empties the window", () => {
    const { screen, draw } = drawn(5);
    draw("abcdefgh");
    expect([screen.clear(), screen.erase()]).toEqual(["\x1b[H\x1b[2J", ""]);
  });
});
