import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { History } from "../../lib/room/history.ts";
import { check } from "./check.ts";

const line = fc
  .tuple(fc.constantFrom("x", "é", "👋"), fc.nat(40))
  .map(([letter, count]) => `Bob: ${letter.repeat(count)}\n`);

/** The last lines, at most this many, with at most this many bytes. */
function last(lines: string[], linesMax: number, bytesMax: number): string[] {
  const fits = (kept: string[]) =>
    kept.length <= linesMax && Buffer.byteLength(kept.join("")) <= bytesMax;
  const from = lines.findIndex((_, index) => fits(lines.slice(index)));
  return from === -1 ? [] : lines.slice(from);
}

describe("History", () => {
  test("holds as many of the last lines as its limits allow, whenever it is read", () => {
    check(
      fc.property(fc.array(line), fc.nat(12), fc.nat(1_200), (lines, linesMax, bytesMax) => {
        const history = new History(linesMax, bytesMax);
        const short = lines.filter((each) => Buffer.byteLength(each) <= bytesMax / 8);
        let added = 0;
        for (const each of lines) {
          history.add(each);
          if (short.includes(each)) added++;
          const kept = last(short.slice(0, added), linesMax, bytesMax);
          expect(history.lines).toEqual(kept);
        }
      }),
      300,
    );
  });
});
