/** An operator who gives commands, and the server that the commands are for. */
import type { ChatContext } from "../connection/chat-context.ts";
import type { Voice } from "../conversation/command-table.ts";
import { FAILED } from "../conversation/speaker.ts";
import type { TerminalOwner } from "../conversation/terminal.ts";
import type { Log } from "../operator/log.ts";
import type { Sources } from "../operator/metric.ts";
import type { Reloaded } from "../options/changes.ts";
import type { Person } from "./people.ts";

/** What operators can do with a server. */
export interface OperatedServer {
  announce(text: string): void;
  kick(name: string, reason: string): boolean;
  /** @throws {Error} the options are wrong; then nothing has changed */
  reload(): Reloaded;
  drain(leftMs?: number): void;
}

/** What they can see of its chat. */
export interface OperatedChat {
  /** All who are in the chat are `room.members`. */
  readonly context: Pick<ChatContext, "room">;
  /** All who are connected here, and those in the room who are connected to other servers. */
  readonly people: Iterable<Person>;
  /** Whether the servers of the room have lost touch. Then what concerns the room waits. */
  readonly isAway: boolean;
  readonly log: Pick<Log, "follow"> | undefined;
  readonly operations: {
    /** Notes in the log what an operator does. */
    note(operator: string, line: string): void;
  };
}

export interface Operated {
  readonly server: OperatedServer;
  readonly chat: OperatedChat;
  /** What metrics are read from, as it is now. */
  readonly readSources: () => Sources;
}

/** Somebody who gives commands to a server, and is not in its room. */
export interface Operator extends Operated {
  readonly owner: TerminalOwner | undefined;
  answer(text: string): void;
  /** Notes in the log what it does. */
  note(command: string, argument: string): void;
  /** Begins to be shown the log, or ends that. */
  toggleWatch(): void;
}

/** Tells an operator why nothing was done. */
export function fail(operator: Operator, reason: string): typeof FAILED {
  operator.answer(`*** ${reason}\n`);
  return FAILED;
}

/** How operators are answered by their table of commands. */
export const TO_OPERATORS: Voice<Operator> = {
  answer: (operator, text) => operator.answer(text),
  help: (usage, about) => `${usage.padEnd(24)}${about}\n`,
  helpEnd: "The slash may be left out.\n",
};
