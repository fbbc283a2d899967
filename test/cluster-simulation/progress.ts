/** What a node has read and applied: entry after entry, unless its people were told that lines may be missing. */
import { comparePositions, formatPosition, type Position } from "../../lib/cluster/position.ts";
import { decode } from "./log-parts.ts";
import { marksOf } from "./marks.ts";
import type { StreamEntry } from "./log-state.ts";

export class Progress {
  /** How often people were told so. */
  gaps = 0;
  readonly #node: string;
  readonly #read = new Map<string, StreamEntry>();
  #position: Position | undefined;
  #isAfterGap = false;

  constructor(node: string) {
    this.#node = node;
  }

  /** All that was read, in order. */
  get entries(): StreamEntry[] {
    return [...this.#read.values()].toSorted((one, other) => {
      return comparePositions(one.position, other.position);
    });
  }

  /** Whether a line was read. */
  has(mark: string | undefined): boolean {
    return this.entries.some((entry) => marksOf(entry).some((each) => each === mark));
  }

  hasRead(entries: readonly StreamEntry[]): void {
    for (const entry of entries) this.#read.set(formatPosition(entry.position), entry);
  }

  hasGap(): void {
    this.gaps++;
    this.#isAfterGap = true;
  }

  /** @throws {Error} what is applied now does not follow what was applied before */
  check(now: Position | undefined): void {
    const before = this.#position;
    this.#position = now;
    const isExcused = this.#isAfterGap;
    this.#isAfterGap = false;
    if (before === undefined || now === undefined || now === before || isExcused) return;
    let at = now;
    while (comparePositions(at, before) > 0) {
      const entry = this.#read.get(formatPosition(at));
      if (entry === undefined) throw new Error(`${this.#node} has left out ${formatPosition(at)}`);
      const decoded = decode(entry);
      if (decoded.kind === "generation") at = decoded.from;
      else at = { ...at, counter: at.counter - 1 };
    }
    if (comparePositions(at, before) === 0) return;
    throw new Error(`${this.#node} has gone from ${formatPosition(before)} to another past`);
  }
}
