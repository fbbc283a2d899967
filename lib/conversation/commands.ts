/** What everybody in the chat can do beside talking. */
import type { Command } from "./command-table.ts";
import { ignore, unignore } from "./ignoring.ts";
import { refusesLength } from "./message-limit.ts";
import { ANSWERS, nameTaken, notice } from "../text/messages.ts";
import { refuseName } from "./name-refusal.ts";
import { answer, INCOMPLETE, QUIT, type Outcome, type Speaker } from "./speaker.ts";
import { foldName, readName } from "../text/names.ts";
import { reply, tell } from "./whispers.ts";

const PEOPLE_SHOWN_MAX = 100;
const MINUTE_MS = 60_000;

/** Each command once, by the word that `/help` lists it under. */
export const COMMANDS = {
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
    run: () => QUIT,
  },
} as const satisfies Record<string, Command>;

function who(speaker: Speaker): void {
  const { room } = speaker;
  let text = ANSWERS.people(room.members.size);
  let shown = 0;
  for (const { name, spokeAtMs } of room.members) {
    if (shown === PEOPLE_SHOWN_MAX) break;
    const silentMinutes = Math.floor((performance.now() - spokeAtMs) / MINUTE_MS);
    text += ANSWERS.person(name, silentMinutes);
    shown++;
  }
  if (room.members.size > shown) text += ANSWERS.morePeople(room.members.size - shown);
  answer(speaker, text);
}

function rename(speaker: Speaker, argument: string): Outcome {
  const { member, room, journal, joins } = speaker;
  const { nameLimit } = speaker.settings;
  const name = readName(argument, nameLimit);
  if (name === "") return INCOMPLETE;
  const refusal = refuseName(name, nameLimit, room.members);
  if (refusal !== undefined) return answer(speaker, notice(refusal));
  const holder = room.members.find(foldName(name)) ?? member;
  if (holder !== member) return answer(speaker, notice(nameTaken(name)));
  if (joins.waitMs > 0) return answer(speaker, ANSWERS.renamedTooOften);
  joins.spend(1);
  journal.propose({ do: "rename", member, name }, (isAccepted) => {
    if (isAccepted) return;
    joins.refund(1);
    answer(speaker, notice(nameTaken(name)));
  });
}

function act(speaker: Speaker, text: string): Outcome {
  if (text === "") return INCOMPLETE;
  if (refusesLength(speaker, text)) return;
  speaker.journal.propose({ do: "act", member: speaker.member, text });
}
