import { describe, expect, test } from "bun:test";
import { applyMutant, describeMutant, mutantsOf } from "./mutants.ts";
import { shuffled } from "./sample.ts";

/** Sources of one line, with the kind of each of their mutants and the changed line. */
const MUTANTS: Readonly<Record<string, readonly string[]>> = {
  "let a = b;": [],
  "f();": ["drop: ;"],
  "a = b;": ["drop: ;"],
  "if (a) return;": ["drop: ;", "negate: if (!a) return;"],
  "if (!a) b();": ["negate: if (a) b();", "drop: if (!a) ;"],
  "for (; !a; ) {}": ["negate: for (; a; ) {}"],
  "while (f(a)) {}": ["negate: while (!f(a)) {}"],
  "let a = b instanceof C ? d : e;": ["negate: let a = !(b instanceof C) ? d : e;"],
  "let a = b === c ? d : e;": ["negate: let a = b !== c ? d : e;"],
  "let a = true;": ["negate: let a = false;"],
  "let a = b && (c || d);": [
    "operand: let a = b;",
    "operand: let a = (c || d);",
    "operand: let a = b && (c);",
    "operand: let a = b && (d);",
  ],
  "let a = b ?? c;": ["operand: let a = b;", "operand: let a = c;"],
  "let a = b < c;": ["bound: let a = b <= c;"],
  "let a = b > 1;": ["bound: let a = b >= 1;", "bound: let a = b > 2;"],
  "let a = b >= 1;": ["bound: let a = b > 1;", "bound: let a = b >= 0;"],
  "let a = b === 1;": ["negate: let a = b !== 1;", "bound: let a = b === 2;"],
  "let a = (b + c) * d;": ["operator: let a = (b + c) / d;", "operator: let a = (b - c) * d;"],
  "a += b;": ["drop: ;", "operator: a -= b;"],
  "let a = b++;": ["operator: let a = b--;"],
  "f(a, b);": ["drop: ;", "swap: f(b, a);"],
  "f(a, a, b);": ["drop: ;", "swap: f(a, b, a);"],
  "let a = f(b);": ["unwrap: let a = b;"],
  "let a = new F(b ? c : d);": [
    "unwrap: let a = (b ? c : d);",
    "negate: let a = new F(!b ? c : d);",
  ],
  "let a = Math.min(b, c);": ["unwrap: let a = b;", "unwrap: let a = c;"],
  "let a = b.slice(c, d);": ["swap: let a = b.slice(d, c);", "unwrap: let a = b;"],
};

/** Code whose changes nobody could notice, or that the tests need not notice. */
const LEFT_ALONE = [
  "type A = true | false; let a: B<1 | 2>; // f(); if (a) return;",
  'import { a } from "b";',
  "throw new Error(f(a) + b);",
  "a satisfies never;",
  "let a = `text`;",
];

const shown = (source: string) => {
  return mutantsOf(source).map((mutant) => {
    return `${mutant.kind}: ${describeMutant(source, mutant).after}`;
  });
};

describe("mutantsOf", () => {
  test.each(Object.entries(MUTANTS))("%s", (source, mutants) => {
    expect(shown(`function g() {\n${source}\n}`)).toEqual([...mutants]);
  });

  test.each(LEFT_ALONE)("leaves alone: %s", (source) => {
    expect(shown(source)).toEqual([]);
  });

  test("makes the same mutants, however the source is wrapped", () => {
    const wrapped = "if (\n  a &&\n  b > 1\n) {\n  return f(\n    a,\n    b,\n  );\n}";
    const kinds = (source: string) => mutantsOf(`function g() { ${source} }`).map((m) => m.kind);
    expect(kinds(wrapped)).toEqual(kinds("if (a && b > 1) return f(a, b);"));
  });
});

describe("describeMutant", () => {
  test("tells the line, and what it was and is, as one line each", () => {
    const source = "let a;\n  call(\n    a,\n  ); // once\n";
    const [mutant] = mutantsOf(source);
    const described = { line: 2, before: "call( a, ); // once", after: "; // once" };
    expect(mutant && describeMutant(source, mutant)).toEqual(described);
    expect(mutant && applyMutant(source, mutant)).toBe("let a;\n  ; // once\n");
  });
});

describe("shuffled", () => {
  const candidatesOf = (source: string, file = "a.ts") => {
    return mutantsOf(source).map((mutant) => ({ file, source, mutant }));
  };
  const lines = Array.from({ length: 40 }, (_, index) => `call(${index});`);
  const sampleOf = (source: string, seed: number, file?: string) => {
    const sample = shuffled(candidatesOf(source, file), seed).slice(0, 10);
    return sample.map(({ mutant }) => describeMutant(source, mutant).before);
  };
  const source = lines.join("\n");

  test("draws the same sample by the same seed, and another by another", () => {
    expect(sampleOf(source, 7)).toEqual(sampleOf(source, 7));
    expect(sampleOf(source, 7)).not.toEqual(sampleOf(source, 8));
  });

  test("draws the same sample after the file has moved and lines have changed places", () => {
    expect(sampleOf(lines.toReversed().join("\n"), 7, "b/c.ts")).toEqual(sampleOf(source, 7));
  });
});
