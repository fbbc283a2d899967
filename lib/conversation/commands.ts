/**
 * What somebody in the chat can do beside talking: the lines that begin with a slash. Each command is
 * matched as a whole word, without regard to case, and answers to its speaker alone.
 */
import { IGNORED_MAX } from "../room/ignore-lists.ts";
import type { Emit } from "../events.ts";
import { acted, ANSWERS, nameTaken, notice, privateFrom, privateTo, renamed } from "./messages.ts";
import { foldName, readName } from "../text/names.ts";
import { refuseName } from "./name-refusal.ts";
import { nearest } from "../text/did-you-mean.ts";
import type { Member, Room } from "../room/room.ts";

/** Who gives a command, and what it may need. */
export interface Speaker {
  readonly member: Member;
  readonly room: Room;
  readonly emit: Emit;
  /** Where it is. */
  readonly client: string;
  readonly settings: { readonly nameLimit: number };
  readonly owner: {
    /** Whether another name may be taken now; if so, that is spent. */
    spendRename(): boolean;
    /** The speaker wants to leave. */
    onQuit(): void;
  };
}

interface Command {
  /** What follows the word, for `/help`. */
  readonly takes: string;
  readonly about: string;
  /** `argument` is what follows the word, without spaces around it. */
  run(speaker: Speaker, argument: string): void;
}

const PEOPLE_SHOWN_MAX = 100;

/** How much is repeated of a word that is no command. */
const WORD_SHOWN_MAX = 40;
const MINUTE_MS = 60_000;

const COMMANDS: Readonly<Record<string, Command>> = {
  help: { takes: "", about: "list the commands", run: help },
  who: { takes: "", about: "who is here, and how long each has been silent", run: who },
  nick: { takes: "NAME", about: "change your name", run: rename },
  me: { takes: "text", about: "say what you do: * Bob waves", run: act },
  msg: { takes: "NAME text", about: "say something to one person alone", run: tell },
  reply: { takes: "text", about: "answer whoever last wrote to you alone (or /r)", run: reply },
  ignore: {
    takes: "[NAME]",
    about: "hide what somebody says, or list whom you ignore",
    run: ignore,
  },
  unignore: { takes: "NAME", about: "hide no longer what somebody says", run: unignore },
  quit: { takes: "", about: "leave the chat", run: (speaker) => speaker.owner.onQuit() },
};

const SHORT_FORMS: Readonly<Record<string, string>> = { r: "reply" };

/** Carries out `line`, which begins with a slash. */
export function runCommand(speaker: Speaker, line: string): void {
  const [word, argument] = split(line.slice(1));
  const lower = word.toLowerCase();
  const name = Object.hasOwn(SHORT_FORMS, lower) ? (SHORT_FORMS[lower] as string) : lower;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command !== undefined) return command.run(speaker, argument);
  const meant = nearest(lower, Object.keys(COMMANDS));
  const shown = `/${word.slice(0, WORD_SHOWN_MAX)}`;
  answer(speaker, ANSWERS.unknownCommand(shown, meant && `/${meant}`));
}

function help(speaker: Speaker): void {
  const lines = Object.keys(COMMANDS).map((name) => {
    return ANSWERS.help(usage(name), (COMMANDS[name] as Command).about);
  });
  answer(speaker, lines.join("") + ANSWERS.slash);
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

function rename(speaker: Speaker, argument: string): void {
  const { member, room, emit, client } = speaker;
  const { nameLimit } = speaker.settings;
  const name = readName(argument, nameLimit);
  if (name === "") return explain(speaker, "nick");
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

function act(speaker: Speaker, text: string): void {
  const { member, room, emit, client } = speaker;
  const { name } = member;
  if (text === "") return explain(speaker, "me");
  room.publish(acted(name, text), member);
  emit?.({ type: "acted", client, name, text });
}

function tell(speaker: Speaker, argument: string): void {
  const [name, text] = split(argument);
  if (text === "") return explain(speaker, "msg");
  const other = findOther(speaker, name);
  if (other !== undefined) whisper(speaker, other, text);
}

function reply(speaker: Speaker, text: string): void {
  if (text === "") return explain(speaker, "reply");
  const { lastWhisperer } = speaker.member;
  if (lastWhisperer === undefined) return answer(speaker, ANSWERS.nobodyToReplyTo);
  if (lastWhisperer.member !== undefined) whisper(speaker, lastWhisperer.member, text);
  else answer(speaker, ANSWERS.hasLeft(lastWhisperer.name));
}

/** Whoever is ignored by the one that it writes to is not told so. */
function whisper(speaker: Speaker, other: Member, text: string): void {
  const { member, room } = speaker;
  if (!room.ignoreLists.has(other, member)) {
    other.lastWhisperer = member.contact;
    room.tell(other, privateFrom(member.name, text));
  }
  answer(speaker, privateTo(other.name, text));
}

function ignore(speaker: Speaker, argument: string): void {
  const { ignoreLists } = speaker.room;
  if (argument === "") {
    const names = ignoreLists.of(speaker.member).map(({ name }) => name);
    return answer(speaker, names.length === 0 ? ANSWERS.ignoringNobody : ANSWERS.ignored(names));
  }
  const other = findOther(speaker, argument);
  if (other === undefined) return;
  if (ignoreLists.add(speaker.member, other)) answer(speaker, ANSWERS.ignoring(other.name));
  else answer(speaker, ANSWERS.ignoringTooMany(IGNORED_MAX));
}

function unignore(speaker: Speaker, argument: string): void {
  const { member, room, settings } = speaker;
  const given = readName(argument, settings.nameLimit);
  if (given === "") return explain(speaker, "unignore");
  const key = foldName(given);
  const name = room.ignoreLists.remove(member, key);
  if (name !== undefined) return answer(speaker, ANSWERS.noLongerIgnoring(name));
  const ignored = room.ignoreLists.of(member);
  const meant = nearest(
    key,
    ignored.map((each) => each.key),
  );
  const meantName = ignored.find((each) => each.key === meant)?.name;
  answer(speaker, ANSWERS.notIgnored(given, meantName));
}

/** Whoever is called `name`, which must be somebody else; otherwise the speaker is told. */
function findOther(speaker: Speaker, argument: string): Member | undefined {
  const { room, member, settings } = speaker;
  const name = readName(argument, settings.nameLimit);
  const key = foldName(name);
  const other = room.find(key);
  if (other === undefined) {
    const meant = nearest(key, room.keys);
    answer(speaker, ANSWERS.unknownName(name, meant && room.find(meant)?.name));
  } else if (other === member) {
    answer(speaker, ANSWERS.notToYourself);
  }
  return other === member ? undefined : other;
}

function answer(speaker: Speaker, text: string): void {
  speaker.room.answer(speaker.member, text);
}

/** Says how a command is used that lacks something. */
function explain(speaker: Speaker, name: string): void {
  answer(speaker, ANSWERS.usage(usage(name)));
}

function usage(name: string): string {
  return `/${name} ${COMMANDS[name]?.takes}`.trimEnd();
}

/** The first word of `text`, and what follows it. */
function split(text: string): [word: string, rest: string] {
  const [word = ""] = /^\S*/.exec(text) ?? [];
  return [word, text.slice(word.length).trim()];
}
