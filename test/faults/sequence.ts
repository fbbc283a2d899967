import type { ChatClient } from "../helpers/chat-client.ts";

/**
 * Holds what somebody hears from people who count aloud against what they say: whole lines, and of
 * each person one number after the other.
 */
export class Sequence {
  /** The number that each person will say next. */
  readonly next = new Map<string, number>();
  /** The lines that nobody counted in. */
  readonly others: string[] = [];
  readonly #filler: string;
  readonly #start: "at 0" | "anywhere";

  /**
   * @param filler what follows each number and its space
   * @param start whether the first that is heard of each person is the first that was said
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

  /** Hears all that there is until the connection ends, which must not be in mid-line. */
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

/** Lines from one number to another, as somebody says who counts aloud. */
export function counting(from: number, to: number, filler: string): string {
  return Array.from({ length: to - from }, (_, index) => `${from + index} ${filler}\n`).join("");
}
