/**
 * The lines that begin with a slash. A command is matched as a whole word, without regard to case, and
 * answers to its speaker alone. What there is, and who may use it, stands in tables: `COMMANDS` of
 * commands.ts for everybody, and whatever else a chat is given.
 */
import { answer, INCOMPLETE, split, type Outcome, type Speaker } from "./speaker.ts";
import { nearest } from "../text/did-you-mean.ts";
import { ANSWERS } from "../text/messages.ts";

export interface Command {
  /** What follows the word, for `/help`. */
  readonly takes: string;
  readonly about: string;
  /** Other words for it. */
  readonly also?: readonly string[];
  /** Words that are no command, and for which this one is suggested. */
  readonly suggestedFor?: readonly string[];
  /** Whether what follows the word is nobody's to see, not even its author's: a password. */
  readonly isSecret?: boolean;
  /** Whether this member may use it, and hears of it. Without it everybody may. */
  isFor?(speaker: Speaker): boolean;
  /** `argument` is what follows the word, without spaces around it. */
  run(speaker: Speaker, argument: string): Outcome;
}

/** Each command once, by the word that `/help` lists it under. */
export type Commands = Readonly<Record<string, Command>>;

/** How much is repeated of a word that is no command. */
const WORD_SHOWN_MAX = 40;

/** What is counted as this is no command. */
const UNKNOWN = "unknown";

export class CommandTable {
  readonly #commands: ReadonlyMap<string, Command>;
  /** How often each was given, by its name. */
  readonly #runs = new Map<string, number>();
  /** The name of a command by each of its words. */
  readonly #nameByWord = new Map<string, string>();

  /** @throws {Error} two commands have the same word */
  constructor(...tables: Commands[]) {
    const help: Command = {
      takes: "[COMMAND]",
      about: "list the commands, or explain one",
      run: (speaker, argument) => this.#help(speaker, argument),
    };
    const rows = [{ help }, ...tables].flatMap((table) => Object.entries<Command>(table));
    this.#commands = new Map(rows);
    for (const name of [...this.#commands.keys(), UNKNOWN]) this.#runs.set(name, 0);
    for (const [name, { also = [] }] of rows) {
      for (const word of [name, ...also]) {
        if (this.#nameByWord.has(word)) throw new Error(`two commands are called /${word}`);
        this.#nameByWord.set(word, name);
      }
    }
  }

  /** How often each command was given, by the word that `/help` lists it under. */
  get runs(): ReadonlyMap<string, number> {
    return this.#runs;
  }

  /** The words of what this speaker may use. */
  wordsFor(speaker: Speaker): string[] {
    return this.#of(speaker).flatMap(([name, { also = [] }]) => [name, ...also]);
  }

  /** Whether `line` is a command whose argument is nobody's to see. */
  isSecret(line: string): boolean {
    const [slash] = /^\s*[/／]/.exec(line) ?? [];
    if (slash === undefined) return false;
    const [word] = split(line.slice(slash.length));
    const name = this.#nameByWord.get(word.toLowerCase()) ?? "";
    return this.#commands.get(name)?.isSecret === true;
  }

  /** Carries out `line`, which begins with a slash. */
  run(speaker: Speaker, line: string): Outcome {
    const [word, argument] = split(line.slice(1));
    const found = this.#find(speaker, word);
    this.#count(found?.[0] ?? UNKNOWN);
    if (found === undefined) return this.#refuse(speaker, word);
    const [name, command] = found;
    const outcome = command.run(speaker, argument);
    if (outcome !== INCOMPLETE) return outcome;
    answer(speaker, ANSWERS.usage(usage(name, command)));
  }

  #count(name: string): void {
    this.#runs.set(name, (this.#runs.get(name) ?? 0) + 1);
  }

  #find(speaker: Speaker, word: string): [name: string, command: Command] | undefined {
    const name = this.#nameByWord.get(word.toLowerCase()) ?? "";
    const command = this.#commands.get(name);
    return command && mayUse(speaker, command) ? [name, command] : undefined;
  }

  /** What this speaker may use. */
  #of(speaker: Speaker): [name: string, command: Command][] {
    return [...this.#commands].filter(([, command]) => mayUse(speaker, command));
  }

  #refuse(speaker: Speaker, word: string): void {
    const lower = word.toLowerCase();
    const rows = this.#of(speaker);
    const names = rows.map(([name]) => name);
    const others = rows.flatMap(([, { also = [] }]) => also);
    const [suggested] = rows.find(([, { suggestedFor }]) => suggestedFor?.includes(lower)) ?? [];
    const meant = suggested ?? nearest(lower, names) ?? nearest(lower, others);
    const shown = `/${word.slice(0, WORD_SHOWN_MAX)}`;
    answer(speaker, ANSWERS.unknownCommand(shown, meant && `/${meant}`));
  }

  #help(speaker: Speaker, argument: string): void {
    const word = split(argument)[0].replace(/^[/／]/, "");
    if (word === "") {
      const lines = this.#of(speaker).map((row) => describe(...row));
      return answer(speaker, lines.join("") + ANSWERS.slash);
    }
    const found = this.#find(speaker, word);
    if (found === undefined) this.#refuse(speaker, word);
    else answer(speaker, describe(...found));
  }
}

function mayUse(speaker: Speaker, { isFor }: Command): boolean {
  return isFor?.(speaker) ?? true;
}

/** A line of `/help`. */
function describe(name: string, command: Command): string {
  const { about, also = [] } = command;
  const words = also.map((word) => `/${word}`).join(", ");
  return ANSWERS.help(usage(name, command), words === "" ? about : `${about} (or ${words})`);
}

function usage(name: string, { takes }: Command): string {
  return `/${name} ${takes}`.trimEnd();
}
