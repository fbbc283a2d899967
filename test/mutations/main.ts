/**
 * Are the tests any good? This breaks lib/ on purpose, one mutant at a time and each in a copy of the tree. It
 * says which mutants no test notices:
 *
 *     bun run mutate [--seed S] [--sample N] [--minutes M] [FILE ...]
 *
 * The seed draws a sample of N from all mutants of lib/, or of the files that have FILE in their path.
 * The mutants made by hand are tried first and do not count among the N. After M minutes no more are
 * begun. Mutants that the types do not allow are passed over. Exits with 1 if one survives.
 */
import { Glob } from "bun";
import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { parseArgs } from "node:util";
import { byHandIn } from "./by-hand.ts";
import { importsBelow, nearestFirst } from "./imports.ts";
import { applyMutant, mutantsOf } from "./mutants.ts";
import { reportOf, shuffled, type Candidate } from "./sample.ts";
import { endProcessesIn, ROOT, Tree } from "./tree.ts";

/** How many are tried at once. With more of them on a core, tests fail because they are too slow. */
const WORKERS = 2;

const { values: flags, positionals: words } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: "string", default: `${Math.floor(Math.random() * 1_000_000)}` },
    sample: { type: "string", default: "50" },
    minutes: { type: "string", default: "30" },
  },
});
const seed = Number(flags.seed);
const sample = Number(flags.sample);
const minutes = Number(flags.minutes);
if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(sample) || !(minutes > 0)) {
  console.error("--seed and --sample take whole numbers, --minutes a number above 0.");
  process.exit(2);
}

const folder = mkdtempSync(`${realpathSync(tmpdir())}/natter-mutations-`);
process.on("exit", () => {
  endProcessesIn(folder);
  rmSync(folder, { recursive: true, force: true });
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => process.exit(128 + constants.signals[signal]));
}

const tests = filesIn("test/**/*.test.ts");
const importsOf = importsBelow(ROOT);
const { byHand, generated } = candidatesIn(filesIn("lib/**/*.ts").filter(isChosen));
const total = byHand.length + Math.min(sample, generated.length);
if (total === 0) {
  console.error("There is nothing to try.");
  process.exit(2);
}
console.log(`${generated.length} mutants and ${byHand.length} by hand; seed ${seed}`);

await requireSoundTests();
const queue = [...byHand, ...shuffled(generated, seed)].values();
const endMs = performance.now() + minutes * 60_000;
const survivors: string[] = [];
let tried = 0;
await Promise.all(Array.from({ length: WORKERS }, (_, worker) => work(`${folder}/${worker}`)));

console.log(`\nSeed ${seed}: ${tried - survivors.length} of ${tried} mutants were noticed.`);
for (const survivor of survivors) console.log(`SURVIVED ${survivor}`);
process.exitCode = tried > 0 && survivors.length === 0 ? 0 : 1;

function isChosen(file: string): boolean {
  return words.length === 0 || words.some((word) => file.includes(word));
}

/** All but this folder's own tests, which are about mutants and not about lib/. */
function filesIn(pattern: string): string[] {
  const files = [...new Glob(pattern).scanSync(ROOT)]
    .filter((file) => !file.endsWith(".d.ts"))
    .toSorted();
  return files.filter((file) => !`${ROOT}/${file}`.startsWith(`${import.meta.dir}/`));
}

function candidatesIn(files: readonly string[]): { byHand: Candidate[]; generated: Candidate[] } {
  const [byHand, generated] = [byHandIn, mutantsOf].map((mutantsIn) => {
    return files.flatMap((file) => {
      const source = readFileSync(`${ROOT}/${file}`, "utf8");
      return mutantsIn(source).map((mutant) => ({ file, source, mutant }));
    });
  });
  return { byHand: byHand as Candidate[], generated: generated as Candidate[] };
}

/** Checks that the tests pass without a mutant. Otherwise they would seem to notice everything. */
async function requireSoundTests(): Promise<void> {
  using tree = new Tree(`${folder}/sound`);
  const failure = await tree.firstFailure(tests);
  if (failure === undefined && (await tree.isTyped())) return;
  console.error(`Without any mutant ${failure ?? "the types do not fit"}.`);
  process.exit(2);
}

/** Takes one mutant after the other, until the sample is complete or the time is over. */
async function work(copy: string): Promise<void> {
  while (tried < total && performance.now() < endMs) {
    const { value: candidate } = queue.next();
    if (candidate === undefined) return;
    tried++;
    if (!(await attempt(candidate, copy))) tried--;
  }
}

/** Returns whether it counts. A change that the types do not allow is no mutant. */
async function attempt(candidate: Candidate, copy: string): Promise<boolean> {
  const startedMs = performance.now();
  using tree = new Tree(copy);
  tree.change(candidate.file, applyMutant(candidate.source, candidate.mutant));
  if (!(await tree.isTyped())) return false;
  const failure = await tree.firstFailure(nearestFirst(candidate.file, tests, importsOf));
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
  const report = reportOf(candidate);
  if (failure === undefined) survivors.push(report);
  console.log(`${failure === undefined ? "SURVIVED" : "noticed"} after ${seconds} s: ${report}`);
  console.log(`    ${failure ?? "All tests pass."}`);
  return true;
}
