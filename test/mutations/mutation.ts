/** One change that breaks the code of `lib/` on purpose, for the tests to notice. */
export interface Mutation {
  /** What goes wrong, in the words of the domain. */
  readonly name: string;
  /** The file of `lib/` that it changes. */
  readonly file: string;
  /** The test file that most likely notices. */
  readonly test: string;
  readonly from: string;
  readonly to: string;
}

/** By what goes wrong: the text that is changed, which must occur once, and what stands there then. */
type Changes = Readonly<Record<string, readonly [from: string, to: string]>>;

/** Mutations of `lib/NAME.ts`, noticed most likely by `test/NAME.test.ts` unless another is given. */
export function mutationsOf(name: string, changes: Changes, test = name): Mutation[] {
  return Object.entries(changes).map(([what, [from, to]]) => {
    return { name: what, file: `lib/${name}.ts`, test: `test/${test}.test.ts`, from, to };
  });
}

/** @throws {Error} the text that is changed does not occur exactly once in `source` */
export function applyMutation({ name, file, from, to }: Mutation, source: string): string {
  const parts = source.split(from);
  if (parts.length !== 2) {
    throw new Error(`"${name}": its text occurs ${parts.length - 1} times in ${file}, not once.`);
  }
  return parts.join(to);
}
