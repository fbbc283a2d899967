/** What operators can do. */
import type { Commands } from "../conversation/command-table.ts";
import {
  FAILED,
  INCOMPLETE,
  nobodyCalled,
  QUIT,
  split,
  type Outcome,
} from "../conversation/speaker.ts";
import { toggleEditor } from "../conversation/terminal-commands.ts";
import { DRAIN_MS, DRAIN_MS_MAX } from "../operator/drain.ts";
import { changesInWords, staysAsItWas } from "../operator/log-format.ts";
import { METRICS } from "../operator/metrics.ts";
import { readAmount, UNITS } from "../options/units.ts";
import { duration } from "../text/duration.ts";
import { safeText } from "../text/safe-text.ts";
import { fail, type Operator } from "./operator.ts";
import { describePeople } from "./people.ts";
import { describeStats } from "./stats.ts";

/** Each command once, by the word that `/help` lists it under. */
export const OPERATOR_COMMANDS = {
  who: {
    takes: "",
    about: "who is connected: address, listener, what waits, how long silent",
    run: (operator) => operator.answer(describePeople(operator.chat.people)),
  },
  stats: {
    takes: "",
    about: "what is going on, in numbers",
    run: (operator) => operator.answer(describeStats(METRICS, operator.readSources())),
  },
  announce: { takes: "text", about: "tell everybody in the chat", run: announce },
  kick: { takes: "NAME [reason]", about: "send somebody home", run: kick },
  reload: { takes: "", about: "read the configuration and its files again", run: reload },
  drain: {
    takes: "[TIME]",
    about: "let nobody new in, and stop after that time (5m) or when all have gone",
    run: drain,
  },
  watch: {
    takes: "",
    about: "show the log as it happens, or no longer",
    run: (operator) => operator.toggleWatch(),
  },
  editor: {
    takes: "[raw]",
    about: "edit what you type, with Tab and history, or no longer",
    run: toggleEditor,
  },
  quit: { takes: "", about: "close this connection", also: ["exit"], run: () => QUIT },
} as const satisfies Commands<Operator>;

function announce(operator: Operator, text: string): Outcome {
  if (text === "") return INCOMPLETE;
  operator.note("/announce", text);
  operator.server.announce(text);
  warnIfAway(operator);
}

function kick(operator: Operator, argument: string): Outcome {
  const { server, chat } = operator;
  const [name, reason] = split(argument);
  if (name === "") return INCOMPLETE;
  operator.note("/kick", argument);
  if (server.kick(name, reason)) return warnIfAway(operator);
  operator.answer(nobodyCalled(name, chat.context.room.members));
  return FAILED;
}

/** What is done to the room is done in the log of its servers. */
function warnIfAway(operator: Operator): void {
  if (operator.chat.isAway)
    operator.answer("The servers have lost touch. It is done when they are back.\n");
}

function reload(operator: Operator): Outcome {
  operator.note("/reload", "");
  try {
    const { changed, needRestart, unreadable } = operator.server.reload();
    const sentences = changesInWords(changed, needRestart);
    operator.answer(sentences.map((sentence) => `${sentence}\n`).join(""));
    const { welcome, certificate } = unreadable;
    if (welcome !== undefined) fail(operator, staysAsItWas("welcome", safeText(welcome)));
    if (certificate !== undefined)
      fail(operator, staysAsItWas("certificate", safeText(certificate)));
    return welcome === undefined && certificate === undefined ? undefined : FAILED;
  } catch (error) {
    return fail(operator, `Nothing has changed: ${safeText((error as Error).message)}`);
  }
}

function drain(operator: Operator, argument: string): Outcome {
  const leftMs = argument === "" ? DRAIN_MS : readAmount("duration", argument);
  if (leftMs === undefined || leftMs > DRAIN_MS_MAX) {
    return fail(operator, `That is no time of at most a day (${UNITS.duration.examples}).`);
  }
  operator.note("/drain", argument);
  if (leftMs > 0) operator.answer(drainsIn(leftMs));
  operator.server.drain(leftMs);
}

/** So that somebody who meant 5m and gave 5 can give another time. */
function drainsIn(leftMs: number): string {
  return `The server shuts down in ${duration(leftMs)}, or when the last client has gone.\n`;
}
