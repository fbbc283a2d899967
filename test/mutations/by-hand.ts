import type { Mutant } from "./mutants.ts";

interface Breakage {
  /** What goes wrong, in the words of the domain. */
  readonly what: string;
  /** What is changed: it occurs once in all of lib/, however it is wrapped or indented. */
  readonly from: string;
  readonly to: string;
}

/** What matters and no rule makes: an order, a copy, a delay, and what texts mean. */
export const BY_HAND: readonly Breakage[] = [
  {
    what: "a place is reset before it is read in the flush",
    from: "const { seen, apart, outbox } = member; member.seen = 0;",
    to: "member.seen = 0; const { seen, apart, outbox } = member;",
  },
  {
    what: "who is cut off closes before it leaves",
    from: "this.#session.leave(reason); this.#transport.terminate();",
    to: "this.#transport.terminate(); this.#session.leave(reason);",
  },
  {
    what: "each member is handed a copy of the turn",
    from: "seen === 0 ? whole : new Chunk(tail(bytes, seen))",
    to: "new Chunk(new Uint8Array(bytes.subarray(seen)))",
  },
  {
    what: "a connection ends in the middle of a flush",
    from: "else setImmediate(() => this.#giveUpLongest());",
    to: "else this.#giveUpLongest();",
  },
  {
    what: "a gap is announced behind what follows it",
    from: "this.#waiting.unshift(",
    to: "this.#waiting.push(",
  },
  {
    what: "the goodbye may be dropped with the rest",
    from: "this.#queue.pushLast(",
    to: "this.#queue.push(",
  },
  {
    what: "what every object has is a command",
    from: "Object.hasOwn(COMMANDS, name) ?",
    to: "name in COMMANDS ?",
  },
  {
    what: "text may run from right to left",
    from: "\\u2028-\\u202e",
    to: "\\u2028\\u2029",
  },
  {
    what: "an offer of Telnet's is answered with a refusal to do it",
    from: "[WILL, DONT]",
    to: "[WILL, WONT]",
  },
  {
    what: "a changed welcome of the same size is not seen",
    from: "`${ino} ${size} ${mtimeMs}`",
    to: "`${ino} ${size}`",
  },
];

/** Those of the breakages whose text is in `source`, each as often as it is. */
export function byHandIn(source: string): Mutant[] {
  return BY_HAND.flatMap(({ what, from, to }) => {
    return [...source.matchAll(wrappedAnyhow(from))].map(({ 0: found, index }) => {
      return { kind: `by hand: ${what}`, start: index, end: index + found.length, text: to };
    });
  });
}

/** Finds a text whatever space, and commas at the ends of lists, a formatter has put into it. */
export function wrappedAnyhow(text: string): RegExp {
  const tokens = text.match(/\w+|[^\w\s]/g) ?? [];
  const parts = tokens.map((token) => {
    return `${/^[)\]}]$/.test(token) ? ",?\\s*" : ""}${RegExp.escape(token)}`;
  });
  return new RegExp(parts.join("\\s*"), "g");
}
