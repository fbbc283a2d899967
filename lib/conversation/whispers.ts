/** The commands by which somebody writes to one person alone. */
import { refusesLength } from "./message-limit.ts";
import { ANSWERS, privateFrom, privateTo } from "../text/messages.ts";
import { answer, findOther, INCOMPLETE, split, type Outcome, type Speaker } from "./speaker.ts";
import type { Member } from "../room/room.ts";

export function tell(speaker: Speaker, argument: string): Outcome {
  const [name, text] = split(argument);
  if (text === "") return INCOMPLETE;
  const other = findOther(speaker, name);
  if (other !== undefined) whisper(speaker, other, text);
}

export function reply(speaker: Speaker, text: string): Outcome {
  if (text === "") return INCOMPLETE;
  const { lastWhisperer } = speaker.member;
  if (lastWhisperer === undefined) return answer(speaker, ANSWERS.nobodyToReplyTo);
  if (lastWhisperer.member !== undefined) whisper(speaker, lastWhisperer.member, text);
  else answer(speaker, ANSWERS.hasLeft(lastWhisperer.name));
}

/** Somebody that writes to a member that ignores it is not told so. */
function whisper(speaker: Speaker, other: Member, text: string): void {
  const { member, room } = speaker;
  if (refusesLength(speaker, text)) return;
  if (!room.ignoreLists.has(other, member)) {
    other.lastWhisperer = member.contact;
    room.tell(other, privateFrom(member.name, text));
  }
  answer(speaker, privateTo(other.name, text));
}
