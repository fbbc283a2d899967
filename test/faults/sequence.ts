import type { ChatClient } from "../helpers/chat-client.ts";

/**
 * Checks what somebody hears from people who count aloud: whole lines, and from each person one number after the
 * other.
 */
export class Sequence {
  /** The number that each person will say next. */
  readonly next = new Map<string, number>();
  /** The lines that are no counting. */
  readonly others: string[] = [];
  readonly #filler: string;
  readonly #start: "at 0" | "anywhere";

  /**
   * @param filler what follows each number and its space
   * @param start whether the first number heard from each person must be the first that was said
   */
  constructor(filler: string, start: "at 0" | "anywhere" = "at 0") {
    this.#filler = filler;
    this.#start = start;
  }

  hear(line: string): void {
    const [, name = "", number = "", rest] = /^([^:*]+): (\d+) (.*)$/.exec(line) ?? [];
    if (name === "") return void this.others.push(line);
    const expected = this.next.get(name) ?? (this.#start === "at 0" ? 0 : Number(number));
    if (Number(number) !== expected || rest !== this.#filler) {
      throw new Error(`not what ${name} says after ${expected - 1}: ${line}`);
    }
    this.next.set(name, expected + 1);
  }

  /** Hears everything until the connection ends. It must not end in mid-line. */
  async hearOut(client: ChatClient): Promise<this> {
    let partial = "";
    for (let text = await client.first(); text !== ""; text = await client.first()) {
      const lines = (partial + text).split("\n");
      partial = lines.pop() ?? "";
      for (const line of lines) this.hear(line);
    }
    if (partial !== "") throw new Error(`it ended after ${partial}`);
    return this;
  }
}

/** The lines of somebody who counts aloud from one number to another. */
export function counting(from: number, to: number, filler: string): string {
  return Array.from({ length: to - from }, (_, index) => `${from + index} ${filler}\n`).join("");
}
