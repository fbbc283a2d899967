import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What a file imports, both as paths from the root. */
export type ImportsOf = (file: string) => readonly string[];

/** Reads what the files below `root` import of each other, each file once. Types do not count. */
export function importsBelow(root: string): ImportsOf {
  const known = new Map<string, string[]>();
  const transpiler = new Bun.Transpiler({ loader: "ts" });
  return (file) => {
    const found = known.get(file) ?? [];
    if (known.has(file) || !file.endsWith(".ts")) return found;
    known.set(file, found);
    for (const { path } of transpiler.scanImports(readFileSync(join(root, file), "utf8"))) {
      if (path.startsWith(".")) found.push(join(dirname(file), path));
    }
    return found;
  };
}

/**
 * The tests, the likeliest to notice a change of `file` first. These are the tests of its own name. Then come the
 * others, by how many imports away they are. Tests that do not import it at all come last.
 */
export function nearestFirst(
  file: string,
  tests: readonly string[],
  importsOf: ImportsOf,
): string[] {
  const rankOf = (test: string): number => {
    return nameOf(test) === nameOf(file) ? 0 : distance(test, file, importsOf);
  };
  const ranks = new Map(tests.map((test) => [test, rankOf(test)]));
  return tests.toSorted((one, other) => {
    const [first = 0, second = 0] = [ranks.get(one), ranks.get(other)];
    return first === second ? (one < other ? -1 : 1) : first < second ? -1 : 1;
  });
}

/** How many imports lead from one file to another; `Infinity` if none do. */
function distance(from: string, to: string, importsOf: ImportsOf): number {
  const steps = new Map([[from, 0]]);
  // A loop over a map also comes to entries that are added meanwhile. The nearest come first.
  for (const [file, step] of steps) {
    if (file === to) return step;
    for (const next of importsOf(file)) if (!steps.has(next)) steps.set(next, step + 1);
  }
  return Infinity;
}

/** The base name, without its endings. */
function nameOf(file: string): string {
  return file.replace(/^.*\//, "").replace(/\..*$/, "");
}
