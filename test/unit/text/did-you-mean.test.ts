import { describe, expect, test } from "bun:test";
import { CANDIDATES_MAX, nearest } from "../../../lib/text/did-you-mean.ts";

describe("nearest", () => {
  test.each([
    ["alice", "alise"],
    ["alice", "alce"],
    ["alice", "allice"],
    ["alice", "lice"],
    ["alice", "alic"],
    ["alice", "aalice"],
    ["alice", "alicee"],
    ["alice", "laice"],
    ["alice", "alcie"],
    ["alice", "aliec"],
    ["alice", "xlice"],
    ["alice", "alicx"],
    ["aa", "a"],
  ])("takes %p for what %p was to be", (candidate, word) => {
    expect(nearest(word, ["zoe", candidate, "robert"])).toBe(candidate);
  });

  test.each(["", "x", "alixx", "elaice", "lacie", "alicexx", "bob", "ecila"])(
    "has no idea what %p was to be",
    (word) => expect(nearest(word, ["alice", "robert"])).toBeUndefined(),
  );

  test("does not take a word of one letter for a typing error of another", () => {
    expect(nearest("x", ["y", "yx"])).toBeUndefined();
    expect(nearest("xy", ["y"])).toBe("y");
  });

  test("looks at a limited number of candidates", () => {
    let looked = 0;
    const candidates = Iterator.from({
      next: () => ({ done: looked === 10_000, value: `alice${looked++}` }),
    });
    expect(nearest("alicX", candidates)).toBeUndefined();
    expect(looked).toBe(CANDIDATES_MAX + 1);
  });

  test("takes a beginning for the only candidate that has it", () => {
    expect(nearest("rob", ["alice", "robert"])).toBe("robert");
    expect(nearest("rob", ["robin", "robert"])).toBeUndefined();
    expect(nearest("robi", ["robins-mate", "robin"])).toBe("robin");
    expect(nearest("", ["alice"])).toBeUndefined();
  });
});
