/** The commands by which somebody writes to one person alone. */
import { refusesLength } from "./message-limit.ts";
import { ANSWERS } from "../text/messages.ts";
import { answer, findOther, INCOMPLETE, split, type Outcome, type Speaker } from "./speaker.ts";
import type { Member } from "../room/member.ts";

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

function whisper(speaker: Speaker, to: Member, text: string): void {
  const { member, journal } = speaker;
  if (refusesLength(speaker, text)) return;
  journal.propose({ do: "whisper", member, to, text }, (isHere) => {
    if (!isHere) answer(speaker, ANSWERS.hasLeft(to.name));
  });
}
