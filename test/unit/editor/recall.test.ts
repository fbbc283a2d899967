import { describe, expect, test } from "bun:test";
import { Recall } from "../../../lib/editor/recall.ts";

function recallOf(...lines: string[]): Recall {
  const recall = new Recall();
  for (const line of lines) recall.add(line);
  return recall;
}

describe("Recall", () => {
  test("goes back and forth, and ends with what was being typed", () => {
    const recall = recallOf("one", "two");
    expect(recall.newer()).toBeUndefined();
    expect([recall.older("dra"), recall.older("two"), recall.older("one")]).toEqual([
      "two",
      "one",
      undefined,
    ]);
    expect([recall.newer(), recall.newer(), recall.newer()]).toEqual(["two", "dra", undefined]);
  });

  test("keeps a repeated line once, and a blank one not at all", () => {
    const recall = recallOf("one", "one", "", "  ");
    expect([recall.older(""), recall.older("one")]).toEqual(["one", undefined]);
  });

  test("keeps a hundred lines", () => {
    const recall = recallOf(...Array.from({ length: 150 }, (_, at) => String(at)));
    let line: string | undefined;
    let count = 0;
    for (let next = recall.older(""); next !== undefined; next = recall.older(""))
      [line, count] = [next, count + 1];
    expect([line, count]).toEqual(["50", 100]);
  });
});
