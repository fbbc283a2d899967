/** Who is in the room, as far as a member can tell from the notices, in order. */
import { show } from "./transcript.ts";

const JOINED = /^\*\*\* (\S+) has joined the chat \*\*\*$/;
const LEFT = /^\*\*\* (\S+) has left the chat \*\*\*$/;
const RENAMED = /^\*\*\* (\S+) is now (\S+) \*\*\*$/;
const SPEAKER = /^(?:\* ([^\s:]+) |([^\s:[*]+): |\[private from (\S+)\] )/;
/** The answer to `/who`, and each line of it. */
const COUNT = /^\*\*\* (\d+) (?:person is|people are) here:$/;
const PERSON = /^\*\*\* {3}(\S+)(?: \(silent for \d+ minutes?\))?$/;
/** Not a name, but the last line of the how-to's server. */
const DISCONNECTED = "Disconnected";

export class Roster {
  /** Names by their key, which is unique. Unknown until `/who` has been answered. */
  #names: Map<string, string> | undefined;
  /** The answer that is being read: its names, and how many are still to come. */
  #answer: { readonly names: string[]; missing: number } | undefined;

  /** How many are in the room; NaN until that is known. */
  get size(): number {
    return this.#names?.size ?? NaN;
  }

  /** Takes a line, and returns what is wrong with it. */
  hear(line: string): string | undefined {
    if (this.#answer !== undefined) return this.#hearAnswer(this.#answer, line);
    const [, count] = COUNT.exec(line) ?? [];
    if (count !== undefined) this.#answer = { names: [], missing: Number(count) };
    const names = this.#names;
    if (names === undefined || count !== undefined) return undefined;
    const [, comer] = JOINED.exec(line) ?? [];
    if (comer !== undefined) return this.#add(names, comer, line);
    const [, leaver] = LEFT.exec(line) ?? [];
    if (leaver !== undefined) return this.#remove(names, leaver, line);
    const [, from, to] = RENAMED.exec(line) ?? [];
    if (from !== undefined && to !== undefined) {
      return this.#remove(names, from, line) ?? this.#add(names, to, line);
    }
    const [, doer, sayer, writer] = SPEAKER.exec(line) ?? [];
    const speaker = doer ?? sayer ?? writer;
    if (speaker === undefined || speaker === DISCONNECTED) return undefined;
    return this.#has(names, speaker) ? undefined : `${speaker} is not here: ${show(line)}`;
  }

  #hearAnswer(answer: { names: string[]; missing: number }, line: string): string | undefined {
    const [, name] = PERSON.exec(line) ?? [];
    if (name === undefined) return `/who is not answered to the end: ${show(line)}`;
    answer.names.push(name);
    if (--answer.missing > 0) return undefined;
    this.#answer = undefined;
    const names = new Map(answer.names.map((each) => [keyOf(each), each]));
    if (names.size < answer.names.length) return `/who names somebody twice: ${answer.names}`;
    const known = this.#names ?? names;
    this.#names = known;
    const isSame =
      known.size === names.size && answer.names.every((each) => this.#has(known, each));
    return isSame ? undefined : `/who names ${answer.names}, not ${[...known.values()]}`;
  }

  #has(names: Map<string, string>, name: string): boolean {
    return names.get(keyOf(name)) === name;
  }

  #add(names: Map<string, string>, name: string, line: string): string | undefined {
    if (names.has(keyOf(name))) return `the name is taken: ${show(line)}`;
    names.set(keyOf(name), name);
    return undefined;
  }

  #remove(names: Map<string, string>, name: string, line: string): string | undefined {
    if (!this.#has(names, name)) return `nobody has that name: ${show(line)}`;
    names.delete(keyOf(name));
    return undefined;
  }
}

/** Not lib's own function, because lib must not check itself. It is enough for the names of a soak. */
function keyOf(name: string): string {
  return name.normalize("NFKC").toLowerCase();
}
