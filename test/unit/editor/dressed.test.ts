import { describe, expect, test } from "bun:test";
import { colour, COLOURS } from "../../../lib/editor/colours.ts";
import { dress, dressFor, readerCalled } from "../../../lib/editor/dressed.ts";

const PLAIN = { isColoured: false, time: "" };
const COLOURED = { isColoured: true, time: "" };
const alice = readerCalled("Alice");

const dressed = (text: string, style = COLOURED) => dressFor(alice, Buffer.from(text), style);

describe("dress", () => {
  test("ends lines in CR LF, and keeps the rest apart", () => {
    const { lines, bytes, rest } = dress(Buffer.from("Bob: hi\n*** x ***\nEnter: "), PLAIN);
    expect(lines).toEqual(["Bob: hi\r\n", "*** x ***\r\n"]);
    expect([String(bytes), rest]).toEqual(["Bob: hi\r\n*** x ***\r\n", "Enter: "]);
  });

  test("is done once for all who are shown the same bytes in the same way", () => {
    const bytes = Buffer.from("Bob: hi\n");
    expect(dress(bytes, COLOURED)).toBe(dress(bytes, { ...COLOURED }));
    expect(dressFor(alice, bytes, COLOURED)).toBe(dress(bytes, COLOURED));
    expect(dress(bytes, PLAIN)).not.toBe(dress(bytes, COLOURED));
  });

  const bob = colour("Bob");
  const bold = (name: string) => `\x1b[1m${name}\x1b[22m`;
  test.each<[line: string, shown: string, isNamed: boolean]>([
    ["Bob: hi", `${bob}: hi`, false],
    ["* Bob waves", `* ${bob} waves`, false],
    ["[private from Bob] hi", `[private from ${bob}] hi`, false],
    ["[private to Bob] hi Alice", `[private to ${bob}] hi Alice`, false],
    ["*** Bob has joined the chat ***", "*** Bob has joined the chat ***", false],
    ["Disconnected: idle timeout.", "Disconnected: idle timeout.", false],
    ["Rules of Alice", "Rules of Alice", false],
    ["*** Alice is now Bob ***", "*** Alice is now Bob ***", false],
    [
      "Bob: Alice, ALICE: alice",
      `${bob}: ${bold("Alice")}, ${bold("ALICE")}: ${bold("alice")}`,
      true,
    ],
    ["* Bob greets Alice", `* ${bob} greets ${bold("Alice")}`, true],
    ["[private from Bob] Alice?", `[private from ${bob}] ${bold("Alice")}?`, true],
    ["Bob: Alices xAlice Alice-2 Alice.b é", `${bob}: Alices xAlice Alice-2 Alice.b é`, false],
    ["Bob: Alice. -Alice-", `${bob}: ${bold("Alice")}. -${bold("Alice")}-`, true],
    ["Alice: I am Alice", `${colour("Alice")}: I am Alice`, false],
    ["Bob: a: b", `${bob}: a: b`, false],
  ])("%p", (line, shown, isNamed) => {
    const { lines, isReaderNamed } = dressed(`${line}\n`);
    expect(lines).toEqual([`${shown}\r\n`]);
    expect(isReaderNamed).toBe(isNamed);
  });

  test("without colours only notices that the reader is named", () => {
    const { lines, isReaderNamed } = dressed("Bob: Alice\n", PLAIN);
    expect([lines, isReaderNamed]).toEqual([["Bob: Alice\r\n"], true]);
  });

  test("puts the time before each line", () => {
    expect(dressed("Bob: a\n*** b\n", { isColoured: false, time: "12:34 " }).lines).toEqual([
      "12:34 Bob: a\r\n",
      "12:34 *** b\r\n",
    ]);
  });

  test("finds a name with a dot or a hyphen as it is", () => {
    const reader = readerCalled("J.R-x");
    expect(dressFor(reader, Buffer.from("Bob: JxR-x\n"), PLAIN).isReaderNamed).toBe(false);
    expect(dressFor(reader, Buffer.from("Bob: (j.r-X)\n"), PLAIN).isReaderNamed).toBe(true);
  });
});

describe("colour", () => {
  test("is the same for a name in other letters, and differs between names", () => {
    const number = (name: string) => /38;5;(\d+)m/.exec(colour(name))?.[1];
    expect(number("BOB")).toBe(number("bob") as string);
    const many = new Set(Array.from({ length: 200 }, (_, at) => number(`person-${at}`)));
    expect(many.size).toBe(COLOURS.length);
  });

  test("forgets names at some time", () => {
    for (let at = 0; at < 5_000; at++) colour(`p${at}`);
    expect(colour("p1")).toMatch(/^\x1b\[38;5;\d+mp1\x1b\[39m$/);
  });

  test("can be read on black and on white", () => {
    const levels = [0, 95, 135, 175, 215, 255];
    const linear = (level: number) =>
      level / 255 <= 0.03928 ? level / 255 / 12.92 : ((level / 255 + 0.055) / 1.055) ** 2.4;
    for (const each of COLOURS) {
      const cube = each - 16;
      const [red, green, blue] = [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map(
        (at) => linear(levels[at] as number),
      ) as [number, number, number];
      const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
      expect((luminance + 0.05) / 0.05).toBeGreaterThan(3.8);
      expect(1.05 / (luminance + 0.05)).toBeGreaterThan(3.8);
    }
  });
});
