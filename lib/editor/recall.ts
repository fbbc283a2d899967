/** What somebody has said, for the keys Up and Down. */

/** So many lines are kept. */
const LINES_MAX = 100;

export class Recall {
  readonly #lines: string[] = [];
  /** Which line is shown; as many as there are if it is the one that is being typed. */
  #shown = 0;
  #draft = "";

  /** A line is said. The same line twice in a row is kept once. */
  add(line: string): void {
    if (line.trim() !== "" && line !== this.#lines.at(-1)) this.#lines.push(line);
    if (this.#lines.length > LINES_MAX) this.#lines.shift();
    this.#shown = this.#lines.length;
    this.#draft = "";
  }

  /** The line before the one that is shown, or `undefined` if there is none. */
  older(shown: string): string | undefined {
    if (this.#shown === 0) return undefined;
    if (this.#shown === this.#lines.length) this.#draft = shown;
    return this.#lines[--this.#shown];
  }

  /** The line after it: at last the one that was being typed. */
  newer(): string | undefined {
    if (this.#shown === this.#lines.length) return undefined;
    return this.#lines[++this.#shown] ?? this.#draft;
  }
}
