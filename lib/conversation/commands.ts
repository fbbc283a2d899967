/**
 * What somebody in the chat can do beside talking: the lines that begin with a slash. Each command is
 * matched as a whole word, without regard to case, and answers to its speaker alone.
 */
import { ignore, unignore } from "./ignoring.ts";
import { refusesLength } from "./message-limit.ts";
import { acted, ANSWERS, nameTaken, notice, renamed } from "./messages.ts";
import { refuseName } from "./name-refusal.ts";
import { answer, INCOMPLETE, split, type Outcome, type Speaker } from "./speaker.ts";
import { nearest } from "../text/did-you-mean.ts";
import { foldName, readName } from "../text/names.ts";
import { reply, tell } from "./whispers.ts";

interface Command {
  /** What follows the word, for `/help`. */
  readonly takes: string;
  readonly about: string;
  /** Other words for it. */
  readonly also?: readonly string[];
  /** Words that are no command, and for which this one is suggested. */
  readonly suggestedFor?: readonly string[];
  /** `argument` is what follows the word, without spaces around it. */
  run(speaker: Speaker, argument: string): Outcome;
}

const PEOPLE_SHOWN_MAX = 100;

/** How much is repeated of a word that is no command. */
const WORD_SHOWN_MAX = 40;
const MINUTE_MS = 60_000;

/** Each command once, by the word that `/help` lists it under. */
export const COMMANDS = {
  help: { takes: "[COMMAND]", about: "list the commands, or explain one", run: help },
  who: {
    takes: "",
    about: "who is here, and how long silent",
    also: ["names", "users"],
    run: who,
  },
  nick: { takes: "NAME", about: "change your name", run: rename },
  me: { takes: "text", about: "say what you do: * Bob waves", run: act },
  msg: {
    takes: "NAME text",
    about: "say something to one person alone",
    suggestedFor: ["w"],
    run: tell,
  },
  reply: {
    takes: "text",
    about: "answer whoever last wrote to you alone",
    also: ["r"],
    run: reply,
  },
  ignore: {
    takes: "[NAME]",
    about: "hide what somebody says, or list whom you ignore",
    run: ignore,
  },
  unignore: { takes: "NAME", about: "hide no longer what somebody says", run: unignore },
  quit: {
    takes: "",
    about: "leave the chat",
    also: ["exit"],
    run: (speaker) => speaker.owner.onQuit(),
  },
} as const satisfies Record<string, Command>;

export type CommandName = keyof typeof COMMANDS;

/** The table as entries, typed so that a loop can read any command. */
const ENTRIES = Object.entries(COMMANDS) as [CommandName, Command][];

const OTHER_WORDS = ENTRIES.flatMap(([, { also = [] }]) => also);

/** The name of a command by each of its words. */
const NAME_BY_WORD = new Map(
  ENTRIES.flatMap(([name, { also = [] }]) => [name, ...also].map((word) => [word, name] as const)),
);

/** Carries out `line`, which begins with a slash. */
export function runCommand(speaker: Speaker, line: string): void {
  const [word, argument] = split(line.slice(1));
  const name = NAME_BY_WORD.get(word.toLowerCase());
  if (name === undefined) return refuseWord(speaker, word);
  const outcome = COMMANDS[name].run(speaker, argument);
  if (outcome === INCOMPLETE) answer(speaker, ANSWERS.usage(usage(name)));
}

function refuseWord(speaker: Speaker, word: string): void {
  const lower = word.toLowerCase();
  const [suggested] = ENTRIES.find(([, { suggestedFor }]) => suggestedFor?.includes(lower)) ?? [];
  const meant = suggested ?? nearest(lower, Object.keys(COMMANDS)) ?? nearest(lower, OTHER_WORDS);
  const shown = `/${word.slice(0, WORD_SHOWN_MAX)}`;
  answer(speaker, ANSWERS.unknownCommand(shown, meant && `/${meant}`));
}

function help(speaker: Speaker, argument: string): void {
  const word = split(argument)[0].replace(/^[/／]/, "");
  if (word === "") {
    const lines = ENTRIES.map(([name]) => describe(name));
    return answer(speaker, lines.join("") + ANSWERS.slash);
  }
  const name = NAME_BY_WORD.get(word.toLowerCase());
  if (name === undefined) refuseWord(speaker, word);
  else answer(speaker, describe(name));
}

/** A line of `/help`. */
function describe(name: CommandName): string {
  const { about, also = [] }: Command = COMMANDS[name];
  const words = also.map((word) => `/${word}`).join(", ");
  return ANSWERS.help(usage(name), words === "" ? about : `${about} (or ${words})`);
}

function usage(name: CommandName): string {
  return `/${name} ${COMMANDS[name].takes}`.trimEnd();
}

function who(speaker: Speaker): void {
  const { room } = speaker;
  let text = ANSWERS.people(room.size);
  let shown = 0;
  for (const { name, spokeAtMs } of room.members) {
    if (shown === PEOPLE_SHOWN_MAX) break;
    const silentMinutes = Math.floor((performance.now() - spokeAtMs) / MINUTE_MS);
    text += ANSWERS.person(name, silentMinutes);
    shown++;
  }
  if (room.size > shown) text += ANSWERS.morePeople(room.size - shown);
  answer(speaker, text);
}

function rename(speaker: Speaker, argument: string): Outcome {
  const { member, room, emit, client } = speaker;
  const { nameLimit } = speaker.settings;
  const name = readName(argument, nameLimit);
  if (name === "") return INCOMPLETE;
  const refusal = refuseName(name, nameLimit, room);
  if (refusal !== undefined) return answer(speaker, notice(refusal));
  const holder = room.find(foldName(name)) ?? member;
  if (holder !== member) return answer(speaker, notice(nameTaken(name)));
  if (!speaker.owner.spendRename()) return answer(speaker, ANSWERS.renamedTooOften);
  const from = member.name;
  room.rename(member, name);
  room.announce(renamed(from, name));
  emit?.({ type: "renamed", client, from, to: name });
}

function act(speaker: Speaker, text: string): Outcome {
  const { member, room, emit, client } = speaker;
  const { name } = member;
  if (text === "") return INCOMPLETE;
  if (refusesLength(speaker, text)) return;
  room.publish(acted(name, text), member);
  emit?.({ type: "acted", client, name, text });
}
