/** The commands by which somebody hides what others say. */
import { ANSWERS } from "../text/messages.ts";
import { answer, findOther, INCOMPLETE, type Outcome, type Speaker } from "./speaker.ts";
import { IGNORED_MAX } from "../room/ignore-lists.ts";
import { nearest } from "../text/did-you-mean.ts";
import { foldName, readName } from "../text/names.ts";

export function ignore(speaker: Speaker, argument: string): void {
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

export function unignore(speaker: Speaker, argument: string): Outcome {
  const { member, room, settings } = speaker;
  const given = readName(argument, settings.nameLimit);
  if (given === "") return INCOMPLETE;
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
