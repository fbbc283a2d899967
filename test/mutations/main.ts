/**
 * `bun run mutate [WORD ...]`: are the tests any good? Breaks lib/ on purpose, one mutation at a time
 * and each in a copy of the tree, and says which the tests notice. Exits with 1 if one survives, or
 * no longer applies. With words, only the mutations whose name or file contains one of them.
 */
import { constants, tmpdir } from "node:os";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { applyMutation, type Mutation } from "./mutation.ts";
import { MUTATIONS } from "./mutations.ts";
import { endProcessesIn, Tree } from "./tree.ts";

/** How many are tried at once. Tests that have to share a core with more are too slow to be right. */
const WORKERS = 2;

const folder = mkdtempSync(`${realpathSync(tmpdir())}/natter-mutations-`);
process.on("exit", () => {
  endProcessesIn(folder);
  rmSync(folder, { recursive: true, force: true });
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => process.exit(128 + constants.signals[signal]));
}

const words = Bun.argv.slice(2);
const chosen = MUTATIONS.filter(({ name, file }) => {
  return words.length === 0 || words.some((word) => `${file} ${name}`.includes(word));
});

await requireSoundTests();
const unnoticed: string[] = [];
const queue = chosen.entries();
await Promise.all(Array.from({ length: WORKERS }, work));
console.log(`\n${chosen.length - unnoticed.length} of ${chosen.length} mutations were noticed.`);
for (const line of unnoticed) console.log(line);
process.exitCode = chosen.length > 0 && unnoticed.length === 0 ? 0 : 1;

interface Outcome {
  readonly isNoticed: boolean;
  /** The test that failed, or why none did. */
  readonly how: string;
}

/** Tests that fail by themselves would notice everything. */
async function requireSoundTests(): Promise<void> {
  using tree = new Tree(`${folder}/sound`);
  const failure = await tree.firstFailure();
  if (failure === undefined) return;
  console.error(`The tests fail without any mutation: ${failure}`);
  process.exit(2);
}

async function work(): Promise<void> {
  for (const [index, mutation] of queue) {
    const startedMs = performance.now();
    const { isNoticed, how } = await attempt(mutation, `${folder}/${index}`);
    const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1).padStart(5);
    const what = `${mutation.file}: ${mutation.name}`;
    console.log(`${isNoticed ? "noticed " : "SURVIVED"} ${seconds} s  ${what}\n    ${how}`);
    if (!isNoticed) unnoticed.push(`SURVIVED ${what}`);
  }
}

async function attempt(mutation: Mutation, copy: string): Promise<Outcome> {
  using tree = new Tree(copy);
  try {
    tree.change(mutation.file, (source) => applyMutation(mutation, source));
  } catch (error) {
    return { isNoticed: false, how: `${error}` };
  }
  const failure = (await tree.firstFailure(mutation.test)) ?? (await tree.firstFailure());
  return { isNoticed: failure !== undefined, how: failure ?? "All tests pass." };
}
