/** The last public lines, for those who come later: bounded in number and in bytes. */
import { Deque } from "./deque.ts";
import { past } from "./messages.ts";

/** The most that is kept, in bytes of UTF-8. */
export const HISTORY_BYTES_MAX = 65_536;

export class History {
  readonly #linesMax: number;
  readonly #bytesMax: number;
  readonly #lines = new Deque<string>();
  #bytes = 0;
  /** What whoever joins now is told, once somebody has asked. */
  #text: string | undefined;

  /** @param bytesMax a stricter limit than the usual one */
  constructor(linesMax: number, bytesMax = HISTORY_BYTES_MAX) {
    this.#linesMax = linesMax;
    this.#bytesMax = Math.min(HISTORY_BYTES_MAX, bytesMax);
  }

  /** Keeps a line, which ends in LF. */
  add(line: string): void {
    if (this.#linesMax === 0) return;
    this.#text = undefined;
    this.#lines.push(line);
    this.#bytes += Buffer.byteLength(line);
    while (this.#lines.length > this.#linesMax || this.#bytes > this.#bytesMax) {
      this.#bytes -= Buffer.byteLength(this.#lines.shift());
    }
  }

  /** All lines in a frame that tells them from what is said now; empty if there are none. */
  get text(): string {
    if (this.#lines.length === 0) return "";
    const lines = () => Array.from({ length: this.#lines.length }, (_, at) => this.#lines.at(at));
    return (this.#text ??= past(lines()));
  }
}
