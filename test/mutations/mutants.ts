/**
 * Makes mutants of a source: small changes, and each should make some test fail. The parser is Babel's, which
 * Stryker's instrumenter uses too. It needs no other package at run time, and its trees are plain objects. (The
 * instrumenter itself comes with seventy packages, and hides its changes behind switches. `typescript` has a stable
 * parser only up to version 6.)
 */
import { parse } from "@babel/parser";
import { RULES, type Node, type Place } from "./rules.ts";

export interface Mutant {
  /** The name of the rule that made it. */
  readonly kind: string;
  /** The part of the source from `start` up to `end`. `text` takes its place. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** All mutants of `source` that can run and are not the very same program. */
export function mutantsOf(source: string): Mutant[] {
  const textOf = ({ start, end }: Place): string => source.slice(start ?? 0, end ?? 0);
  const original = compiled(source);
  const mutants: Mutant[] = [];
  const { program } = parse(source, { sourceType: "module", plugins: ["typescript"] });
  for (const [node, parent] of nodesOf(program.body)) {
    for (const [kind, rule] of Object.entries(RULES)) {
      for (const [{ start, end }, text] of rule(node, textOf, parent)) {
        const mutant = { kind, start: start ?? 0, end: end ?? 0, text };
        const changed = compiled(applyMutant(source, mutant));
        if (changed !== undefined && changed !== original) mutants.push(mutant);
      }
    }
  }
  return mutants;
}

export function applyMutant(source: string, { start, end, text }: Mutant): string {
  return source.slice(0, start) + text + source.slice(end);
}

/** The line of a mutant, counted from 1, and the changed lines before and after, each joined into one. */
export function describeMutant(
  source: string,
  mutant: Mutant,
): { line: number; before: string; after: string } {
  const from = source.lastIndexOf("\n", mutant.start - 1) + 1;
  const restOfLine = source.slice(mutant.end).split("\n", 1)[0] as string;
  const before = source.slice(from, mutant.end) + restOfLine;
  const after = source.slice(from, mutant.start) + mutant.text + restOfLine;
  const [first, second] = [before, after].map((text) => text.replace(/\s+/g, " ").trim());
  const line = source.slice(0, mutant.start).split("\n").length;
  return { line, before: first as string, after: second as string };
}

const transpiler = new Bun.Transpiler({ loader: "ts", minifyWhitespace: true });

/** The program that is run of a source; `undefined` if it cannot run. */
function compiled(source: string): string | undefined {
  try {
    return transpiler.transformSync(source);
  } catch {
    return undefined;
  }
}

/** All nodes whose change can be noticed, each with the node around it. */
function* nodesOf(value: unknown, parent?: Node): Generator<[Node, Node | undefined]> {
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    for (const each of value) yield* nodesOf(each, parent);
    return;
  }
  const node = value as Node;
  if (typeof node.type !== "string" || isUnnoticed(node)) return;
  yield [node, parent];
  for (const [key, child] of Object.entries(node)) {
    if (!/^(loc|extra|.*Comments)$/.test(key)) yield* nodesOf(child, node);
  }
}

/** Types are gone when the program runs. The text of a `throw` is a message for ourselves. */
function isUnnoticed({ type }: Node): boolean {
  if (type === "ThrowStatement" || type === "ImportDeclaration") return true;
  return type.startsWith("TS") && !/^TS(As|NonNull|Satisfies)/.test(type);
}
