/**
 * The lines that begin with a slash. A command is matched as a whole word, without regard to case, and
 * answers to the one who gives it alone. What there is, and who may use it, stands in tables: `COMMANDS` of
 * commands.ts for everybody in the chat, and whatever else a chat is given. Operators have a table of their own.
 */
import { FAILED, INCOMPLETE, split, type Outcome, type Speaker } from "./speaker.ts";
import { nearest } from "../text/did-you-mean.ts";
import { ANSWERS } from "../text/messages.ts";

/** `Giver` is one who may give it: somebody in the chat, or an operator. */
export interface Command<Giver = Speaker> {
  /** What follows the word, for `/help`. */
  readonly takes: string;
  readonly about: string;
  /** Other words for it. */
  readonly also?: readonly string[];
  /** Words that are no command, and for which this one is suggested. */
  readonly suggestedFor?: readonly string[];
  /** Whether what follows the word is nobody's to see, not even its author's: a password. */
  readonly isSecret?: boolean;
  /** Whether this one may use it, and hears of it. Without it everybody may. */
  isFor?(giver: Giver): boolean;
  /** `argument` is what follows the word, without spaces around it. */
  run(giver: Giver, argument: string): Outcome;
}

/** Each command once, by the word that `/help` lists it under. */
export type Commands<Giver = Speaker> = Readonly<Record<string, Command<Giver>>>;

/** How those who give commands are answered. */
export interface Voice<Giver> {
  answer(giver: Giver, text: string): void;
  /** A line of `/help`, */
  help(usage: string, about: string): string;
  /** and what stands behind all of them. */
  readonly helpEnd: string;
}

/** How much is repeated of a word that is no command. */
const WORD_SHOWN_MAX = 40;

/** What is counted as this is no command. */
const UNKNOWN = "unknown";

export class CommandTable<Giver> {
  readonly #voice: Voice<Giver>;
  readonly #commands: ReadonlyMap<string, Command<Giver>>;
  /** How often each was given, by its name. */
  readonly #runs = new Map<string, number>();
  /** The name of a command by each of its words. */
  readonly #nameByWord = new Map<string, string>();

  /** @throws {Error} two commands have the same word */
  constructor(voice: Voice<Giver>, ...tables: Commands<Giver>[]) {
    this.#voice = voice;
    const help: Command<Giver> = {
      takes: "[COMMAND]",
      about: "list the commands, or explain one",
      run: (giver, argument) => this.#help(giver, argument),
    };
    const rows = [{ help }, ...tables].flatMap((table) => Object.entries<Command<Giver>>(table));
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

  /** The words of what this one may use. */
  wordsFor(giver: Giver): string[] {
    return this.#of(giver).flatMap(([name, { also = [] }]) => [name, ...also]);
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
  run(giver: Giver, line: string): Exclude<Outcome, typeof INCOMPLETE> {
    const [word, argument] = split(line.slice(1));
    const found = this.#find(giver, word);
    this.#count(found?.[0] ?? UNKNOWN);
    if (found === undefined) return this.#refuse(giver, word);
    const [name, command] = found;
    const outcome = command.run(giver, argument);
    if (outcome !== INCOMPLETE) return outcome;
    this.#voice.answer(giver, ANSWERS.usage(usage(name, command)));
    return FAILED;
  }

  #count(name: string): void {
    this.#runs.set(name, (this.#runs.get(name) ?? 0) + 1);
  }

  #find(giver: Giver, word: string): [name: string, command: Command<Giver>] | undefined {
    const name = this.#nameByWord.get(word.toLowerCase()) ?? "";
    const command = this.#commands.get(name);
    return command && mayUse(giver, command) ? [name, command] : undefined;
  }

  /** What this one may use. */
  #of(giver: Giver): [name: string, command: Command<Giver>][] {
    return [...this.#commands].filter(([, command]) => mayUse(giver, command));
  }

  #refuse(giver: Giver, word: string): typeof FAILED {
    const lower = word.toLowerCase();
    const rows = this.#of(giver);
    const names = rows.map(([name]) => name);
    const others = rows.flatMap(([, { also = [] }]) => also);
    const [suggested] = rows.find(([, { suggestedFor }]) => suggestedFor?.includes(lower)) ?? [];
    const meant = suggested ?? nearest(lower, names) ?? nearest(lower, others);
    const shown = `/${word.slice(0, WORD_SHOWN_MAX)}`;
    this.#voice.answer(giver, ANSWERS.unknownCommand(shown, meant && `/${meant}`));
    return FAILED;
  }

  #help(giver: Giver, argument: string): Outcome {
    const { answer, helpEnd } = this.#voice;
    const word = split(argument)[0].replace(/^[/／]/, "");
    if (word === "") {
      const lines = this.#of(giver).map((row) => this.#describe(...row));
      return answer(giver, lines.join("") + helpEnd);
    }
    const found = this.#find(giver, word);
    if (found === undefined) return this.#refuse(giver, word);
    answer(giver, this.#describe(...found));
  }

  /** A line of `/help`. */
  #describe(name: string, command: Command<Giver>): string {
    const { about, also = [] } = command;
    const words = also.map((word) => `/${word}`).join(", ");
    return this.#voice.help(usage(name, command), words === "" ? about : `${about} (or ${words})`);
  }
}

function mayUse<Giver>(giver: Giver, { isFor }: Command<Giver>): boolean {
  return isFor?.(giver) ?? true;
}

function usage(name: string, { takes }: Pick<Command, "takes">): string {
  return `/${name} ${takes}`.trimEnd();
}
