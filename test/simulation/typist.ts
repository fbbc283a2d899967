import type { Line, Unit } from "./vocabulary.ts";

const LF = Buffer.from("\n");

/** What one client types: bytes for its socket, and what the server is to make of them. */
export class Typist {
  /** Sent, and not read by the server yet. */
  readonly units: Unit[] = [];
  /** A line of which the beginning is sent, and its rest. */
  #begun: { readonly line: Line; readonly rest: Buffer } | undefined;

  get hasBegun(): boolean {
    return this.#begun !== undefined;
  }

  /** The bytes of whole lines, in pieces that end at `cuts`. */
  type(lines: readonly Line[], cuts: readonly number[]): Buffer[] {
    const rest = this.finish(true);
    for (const { units } of lines) this.units.push(...units);
    const bytes = Buffer.concat([rest, ...lines.flatMap((line) => [line.bytes, LF])]);
    const ends = [...new Set([...cuts.map((cut) => cut % bytes.length), bytes.length])];
    let start = 0;
    return ends
      .toSorted((one, other) => one - other)
      .map((end) => bytes.subarray(start, (start = end)))
      .filter(({ length }) => length > 0);
  }

  /** The beginning of a line, after the rest of the last one. */
  begin(line: Line, cut: number): Buffer {
    const rest = this.finish(true);
    const bytes = Buffer.concat([line.bytes, LF]);
    const end = Math.min(cut, line.bytes.length);
    this.#begun = { line, rest: bytes.subarray(end) };
    return Buffer.concat([rest, bytes.subarray(0, end)]);
  }

  /** The rest of a line that was begun; its end is left out if it is not whole. */
  finish(isWhole: boolean): Buffer {
    if (this.#begun === undefined) return Buffer.alloc(0);
    const { line, rest } = this.#begun;
    this.#begun = undefined;
    // Without its end, what follows a line that is too long is no line, and neither is an empty one.
    const [first] = line.units;
    if (isWhole) this.units.push(...line.units);
    else if (first && line.bytes.length > 0) this.units.push(first);
    return isWhole ? rest : rest.subarray(0, -1);
  }
}
