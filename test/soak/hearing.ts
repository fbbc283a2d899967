/** What one receiver has heard of everybody's remarks. Each must be whole and in its author's order. */
import { parseRemark } from "./remark.ts";
import { show } from "./transcript.ts";

/** Messages, and what somebody does. */
const SPOKEN = /^(?:\* ([^\s:]+) |([^\s:[*]+): )/;

export class Hearing {
  readonly #self: number;
  readonly #isGapless: boolean;
  readonly #last = new Map<number, number>();

  /**
   * @param self the number under which this receiver speaks
   * @param isGapless whether it was there before everybody, and every line must reach it
   */
  constructor(self: number, isGapless: boolean) {
    this.#self = self;
    this.#isGapless = isGapless;
  }

  /** Takes a line, and returns what is wrong with it. */
  hear(line: string): string | undefined {
    const head = SPOKEN.exec(line)?.[0];
    if (head === undefined) return undefined;
    const remark = parseRemark(line.slice(head.length));
    if (remark === undefined) return undefined;
    const { author, number, isWhole } = remark;
    if (!isWhole) return `a broken line: ${show(line)}`;
    if (author === this.#self) return `hears itself: ${show(line)}`;
    const last = this.#last.get(author) ?? -1;
    this.#last.set(author, number);
    if (this.#isGapless ? number === last + 1 : number > last) return undefined;
    return `number ${number} of speaker ${author} where ${last + 1} was next: ${show(line)}`;
  }

  /** How many remarks of this speaker have been heard. */
  count(author: number): number {
    return (this.#last.get(author) ?? -1) + 1;
  }

  /** All speakers that were heard, and how much of each. */
  get counts(): ReadonlyMap<number, number> {
    return this.#last;
  }

  forget(author: number): void {
    this.#last.delete(author);
  }
}
