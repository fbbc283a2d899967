import { describeMutant, type Mutant } from "./mutants.ts";

/** A mutant, and where it is. */
export interface Candidate {
  readonly file: string;
  readonly source: string;
  readonly mutant: Mutant;
}

/**
 * Shuffles by a seed. A sample is the beginning of the result. A mutant's place depends only on its own lines. So a
 * change of other code, or a move of a file, changes little of a sample.
 */
export function shuffled(candidates: readonly Candidate[], seed: number): Candidate[] {
  const keyed = candidates.map((candidate) => {
    const { before, after } = describeMutant(candidate.source, candidate.mutant);
    return { candidate, key: Bun.hash(`${before}\n${after}`, BigInt.asUintN(64, BigInt(seed))) };
  });
  return keyed
    .sort(({ key: one }, { key: other }) => (one < other ? -1 : one > other ? 1 : 0))
    .map(({ candidate }) => candidate);
}

/** Kind, file and line of a mutant, and below them the lines before and after. */
export function reportOf({ file, source, mutant }: Candidate): string {
  const { line, before, after } = describeMutant(source, mutant);
  return `${file}:${line} ${mutant.kind}\n    - ${before}\n    + ${after}`;
}
