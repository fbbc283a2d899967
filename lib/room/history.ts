/** The last public lines, for those who come later: bounded in number and in bytes. */
import { Deque } from "./deque.ts";

/** The most that is kept, in bytes of UTF-8. */
export const HISTORY_BYTES_MAX = 65_536;

/** The longest line that is kept, as a part of all. */
const LINE_PART_MAX = 1 / 8;

export class History {
  #linesMax = 0;
  #bytesMax = 0;
  readonly #lines = new Deque<string>();
  #bytes = 0;
  /** All lines, once somebody has asked. */
  #copy: readonly string[] | undefined;

  /** @param bytesMax a stricter limit than the usual one */
  constructor(linesMax: number, bytesMax = HISTORY_BYTES_MAX) {
    this.resize(linesMax, bytesMax);
  }

  /** Changes its limits. The oldest lines go if there are too many now. */
  resize(linesMax: number, bytesMax: number): void {
    this.#linesMax = linesMax;
    this.#bytesMax = Math.min(HISTORY_BYTES_MAX, bytesMax);
    this.#copy = undefined;
    this.#drop();
  }

  /** Keeps a line, which ends in LF, unless it is so long that many others would have to go. */
  add(line: string): void {
    if (this.#linesMax === 0) return;
    const bytes = Buffer.byteLength(line);
    if (bytes > this.#bytesMax * LINE_PART_MAX) return;
    this.#copy = undefined;
    this.#lines.push(line);
    this.#bytes += bytes;
    this.#drop();
  }

  #drop(): void {
    while (this.#lines.length > this.#linesMax || this.#bytes > this.#bytesMax) {
      this.#bytes -= Buffer.byteLength(this.#lines.shift());
    }
  }

  /** The lines that are kept, the oldest first, each ended by LF. */
  get lines(): readonly string[] {
    const { length } = this.#lines;
    return (this.#copy ??= Array.from({ length }, (_, at) => this.#lines.at(at)));
  }
}
