import type { Mutant } from "./mutants.ts";

/**
 * Breakages that matter and that no rule makes: of an order, a copy, a delay, or what texts mean. The key says
 * what goes wrong. `from` is the text that is changed. It occurs once in all of lib/. `to` takes its place.
 */
export const BY_HAND: Readonly<Record<string, readonly [from: string, to: string]>> = {
  "the turn is emptied before its lines are counted": [
    "const lines = this.#turnLines;",
    "this.#turnLines = 0; const lines = this.#turnLines;",
  ],
  "a client that is cut off closes before it leaves": [
    "this.#leave(reason); this.link.terminate();",
    "this.link.terminate(); this.#leave(reason);",
  ],
  "each member is handed a copy of the turn": [
    "return outbox.send(whole);",
    "return outbox.send(new Chunk(new Uint8Array(bytes)));",
  ],
  "a connection ends in the middle of a flush": [
    'else this.#turnEnd.run("end", () => this.#giveUpLongest());',
    "else this.#giveUpLongest();",
  ],
  "a gap is announced behind what follows it": ["this.#waiting.unshift(", "this.#waiting.push("],
  "the goodbye may be dropped with the rest": ["this.#queue.pushLast(", "this.#queue.push("],
  "text may run from right to left": ["\\u2028-\\u202e", "\\u2028\\u2029"],
  "an offer of Telnet's is answered with a refusal to do it": ["[WILL, DONT]", "[WILL, WONT]"],
  "a changed welcome of the same size is not seen": [
    "`${ino} ${size} ${mtimeMs}`",
    "`${ino} ${size}`",
  ],
};

/** The breakages whose text is in `source`, once for each place where it is. */
export function byHandIn(source: string): Mutant[] {
  return Object.entries(BY_HAND).flatMap(([what, [from, to]]) => {
    return [...source.matchAll(wrappedAnyhow(from))].map(({ 0: found, index }) => {
      return { kind: `by hand: ${what}`, start: index, end: index + found.length, text: to };
    });
  });
}

/** Finds a text even if a formatter has changed its spaces and the commas at the ends of its lists. */
export function wrappedAnyhow(text: string): RegExp {
  const tokens = text.match(/\w+|[^\w\s]/g) ?? [];
  const parts = tokens.map((token) => {
    return `${/^[)\]}]$/.test(token) ? ",?\\s*" : ""}${RegExp.escape(token)}`;
  });
  return new RegExp(parts.join("\\s*"), "g");
}
