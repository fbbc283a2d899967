/** How long a line is, and how much more fits: in code points, and in the bytes that can be sent. */
import { countCharacters } from "./graphemes.ts";

/** A line has at most this many code points. */
export const CHARACTERS_MAX = 1_000;

export class LineLength {
  readonly #bytesMax: number;
  #units = 0;
  #characters = 0;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** A text comes in or goes out. */
  count(text: string, sign: 1 | -1): void {
    this.#units += sign * text.length;
    this.#characters += sign * countCharacters(text);
    this.#bytes += sign * Buffer.byteLength(text);
  }

  /** The line is empty. */
  reset(): void {
    [this.#units, this.#characters, this.#bytes] = [0, 0, 0];
  }

  /** As much of a text as there is space for, without half characters. */
  fitting(text: string): string {
    // A character has at least one UTF-16 code unit, and each of these at most three bytes.
    const units = this.#units + text.length;
    if (units <= CHARACTERS_MAX && 3 * units <= this.#bytesMax) return text;
    let characters = CHARACTERS_MAX - this.#characters;
    let bytes = this.#bytesMax - this.#bytes;
    let length = 0;
    for (const character of text) {
      characters--;
      bytes -= Buffer.byteLength(character);
      if (characters < 0 || bytes < 0) break;
      length += character.length;
    }
    return text.slice(0, length);
  }
}
