import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { nearest } from "../../lib/text/did-you-mean.ts";
import { check } from "./check.ts";

/** Everything that one typing error makes of `word`, with these letters. */
function slips(word: string): string[] {
  const places = Array.from({ length: word.length + 1 }, (_, at) => at);
  return places.flatMap((at) => {
    const [left, right] = [word.slice(0, at), word.slice(at)];
    const swapped = right.length > 1 ? [`${left}${right[1]}${right[0]}${right.slice(2)}`] : [];
    const others = ["", ...LETTERS].map((letter) => left + letter + right.slice(1));
    return [...swapped, ...others, ...[...LETTERS].map((letter) => left + letter + right)];
  });
}

const LETTERS = "abc";
const word = fc.string({ unit: fc.constantFrom(...LETTERS), maxLength: 5 });

describe("nearest", () => {
  test("is the only candidate with that beginning, or the first that is one typing error away", () => {
    check(
      fc.property(word, fc.array(word, { maxLength: 6 }), (word, candidates) => {
        const longer = candidates.filter((each) => each.startsWith(word));
        const meant = word.length < 2 ? [] : slips(word);
        const slip = candidates.find((each) => meant.includes(each));
        const only = word !== "" && longer.length === 1 ? longer[0] : undefined;
        expect(nearest(word, candidates)).toBe((only ?? slip) as string);
      }),
      2_000,
    );
  });
});
