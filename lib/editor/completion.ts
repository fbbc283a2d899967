/** What Tab makes of the word before the cursor: a command, or the name of somebody. */
import { foldName } from "../text/names.ts";

/** What there is to complete. */
export interface Vocabulary {
  /** The words of all commands, without the slash. */
  readonly commands: Iterable<string>;
  /** Whether the first word is a command in any case. */
  readonly needsNoSlash?: boolean;
  /** The people, by name and by the name folded. */
  readonly people: Iterable<{ readonly name: string; readonly key: string }>;
}

export interface Completion {
  /** How many UTF-16 code units before the cursor are replaced, and by what. */
  readonly units: number;
  readonly text: string;
  /** What the word may become, if that is more than one thing. */
  readonly candidates: readonly string[];
}

/** Of more people than this the others are not listed. */
const CANDIDATES_MAX = 100;

/** @param start what is before the cursor */
export function complete(start: string, vocabulary: Vocabulary): Completion {
  const word = /\S*$/.exec(start)?.[0] ?? "";
  const isFirst = start.trimStart() === word;
  const [slash = ""] = /^[/／]/.exec(word) ?? [];
  const isCommand = isFirst && (slash !== "" || vocabulary.needsNoSlash === true);
  const found = isCommand
    ? commandsWith(word.slice(slash.length).toLowerCase(), slash, vocabulary.commands)
    : peopleWith(word, vocabulary.people);
  const [only] = found;
  if (only === undefined) return { units: 0, text: "", candidates: [] };
  if (found.length === 1) {
    const text = only + (isFirst && !isCommand ? ": " : " ");
    return { units: word.length, text, candidates: [] };
  }
  const common = commonStart(found);
  const isLonger = common.length > word.length;
  return {
    units: isLonger ? word.length : 0,
    text: isLonger ? common : "",
    candidates: found.slice(0, CANDIDATES_MAX),
  };
}

function commandsWith(start: string, slash: string, words: Iterable<string>): string[] {
  const found = [...words].filter((word) => word.startsWith(start));
  return found.map((word) => (slash === "" ? word : `/${word}`));
}

function peopleWith(start: string, people: Vocabulary["people"]): string[] {
  const key = foldName(start);
  const found: string[] = [];
  for (const each of people) if (each.key.startsWith(key)) found.push(each.name);
  return found;
}

/** With what all of them begin, whatever the case of letters. */
function commonStart(names: readonly string[]): string {
  const [first = "", ...others] = names;
  let length = first.length;
  for (const other of others) {
    while (other.slice(0, length).toLowerCase() !== first.slice(0, length).toLowerCase()) length--;
  }
  return first
    .slice(0, length)
    .toWellFormed()
    .replace(/\ufffd$/, "");
}
