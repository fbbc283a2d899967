/** Somebody in the chat who gives a command, and how it is answered. */
import type { Voice } from "./command-table.ts";
import { ANSWERS } from "../text/messages.ts";
import type { Budget } from "../limits/budget.ts";
import type { Journal } from "../room/journal.ts";
import type { Member } from "../room/member.ts";
import type { Roll } from "../room/members.ts";
import type { Room } from "../room/room.ts";
import { nearest } from "../text/did-you-mean.ts";
import type { TerminalOwner } from "./terminal.ts";
import { foldName, readName } from "../text/names.ts";

/** A member that gives a command, and what the command may need. */
export interface Speaker {
  readonly member: Member;
  readonly room: Room;
  readonly journal: Journal;
  /** Whose terminal it is at, if that can be changed. */
  readonly owner: TerminalOwner | undefined;
  /** What it may spend on another name. */
  readonly joins: Budget;
  readonly settings: { readonly nameLimit: number; readonly messageLimitBytes: number };
}

/** A command lacked an argument: nothing was done, and its speaker is told how it is used. */
export const INCOMPLETE = Symbol("incomplete");

/** Nothing was done, and its speaker was told why. */
export const FAILED = Symbol("failed");

/** The speaker wants to leave. */
export const QUIT = Symbol("quit");

/** How a command went. */
export type Outcome = void | typeof INCOMPLETE | typeof FAILED | typeof QUIT;

export function answer(speaker: Speaker, text: string): void {
  speaker.room.answer(speaker.member, text);
}

/** How speakers are answered by a table of commands. */
export const TO_SPEAKERS: Voice<Speaker> = {
  answer,
  help: ANSWERS.help,
  helpEnd: ANSWERS.slash,
};

/** The member with this name, which must be somebody else. If there is none, the speaker is told so. */
export function findOther(speaker: Speaker, argument: string): Member | undefined {
  const { room, member, settings } = speaker;
  const name = readName(argument, settings.nameLimit);
  const key = foldName(name);
  const other = room.members.find(key);
  if (other === undefined) {
    answer(speaker, nobodyCalled(name, room.members));
  } else if (other === member) {
    answer(speaker, ANSWERS.notToYourself);
  }
  return other === member ? undefined : other;
}

/** That nobody has this name, and who was meant, where that can be guessed. */
export function nobodyCalled(name: string, members: Roll): string {
  const meant = nearest(foldName(name), members.keys);
  return ANSWERS.unknownName(name, meant && members.find(meant)?.name);
}

/** The first word of `text`, and what follows it. */
export function split(text: string): [word: string, rest: string] {
  const [word = ""] = /^\S*/.exec(text) ?? [];
  return [word, text.slice(word.length).trim()];
}
