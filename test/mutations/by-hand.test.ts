import { describe, expect, test } from "bun:test";
import { Glob } from "bun";
import { BY_HAND, byHandIn, wrappedAnyhow } from "./by-hand.ts";
import { applyMutant, mutantsOf } from "./mutants.ts";
import { ROOT } from "./tree.ts";

const files = await Array.fromAsync(new Glob("lib/**/*.ts").scan(ROOT));
const sources = await Promise.all(files.map((file) => Bun.file(`${ROOT}/${file}`).text()));
const transpiler = new Bun.Transpiler({ loader: "ts", minifyWhitespace: true });

describe("breakages by hand", () => {
  test.each(Object.keys(BY_HAND))("%s: applies once, and no rule makes it", (what) => {
    const found = sources.flatMap((source) => {
      return byHandIn(source)
        .filter(({ kind }) => kind === `by hand: ${what}`)
        .map((mutant) => ({
          source,
          program: transpiler.transformSync(applyMutant(source, mutant)),
        }));
    });
    // If it does not, lib/ has changed: by-hand.ts needs the text as it is now.
    expect(found).toHaveLength(1);
    for (const { source, program } of found) {
      const made = mutantsOf(source).map((mutant) => applyMutant(source, mutant));
      expect(made.map((each) => transpiler.transformSync(each))).not.toContain(program);
    }
  });

  test("are found, however a formatter has wrapped them", () => {
    const pattern = wrappedAnyhow("if (a) return f(b, [c]);");
    expect("if (a)\n  return f(\n    b,\n    [\n      c,\n    ],\n  );").toMatch(pattern);
    expect("if (a) return f(b, [d]);").not.toMatch(pattern);
  });
});
