import { describe, expect, test } from "bun:test";
import { foldName } from "../lib/names.ts";

describe("foldName", () => {
  const same: [string, string][] = [
    ["Bob", "bob"],
    ["BOB", "bob"],
    ["Zoë", "Zoe\u0308"],
    ["ÉMILE", "e\u0301mile"],
    ["Ｂｏｂ", "Bob"],
    ["ﬁn", "FIN"],
    ["Å", "\u212b"],
    ["ΣΟΦΙΑ", "σοφια"],
    ["ℋenry", "henry"],
  ];
  for (const [one, other] of same) {
    test(`${one} and ${other} are the same name`, () => {
      expect(foldName(one)).toBe(foldName(other));
    });
  }

  const different: [string, string][] = [
    ["Bob", "Bobby"],
    ["Zoe", "Zoë"],
    ["a b", "ab"],
    ["ı", "i"],
  ];
  for (const [one, other] of different) {
    test(`${one} and ${other} are two names`, () => {
      expect(foldName(one)).not.toBe(foldName(other));
    });
  }
});
