/**
 * Every sentence that the server says to its clients. The first group is the how-to's, byte for
 * byte; each text that is a line of its own ends in LF.
 */
import type { LeaveReason } from "../events.ts";
import { duration, minutes } from "./duration.ts";
import { RESERVED_NAME, type NameFlaw } from "./names.ts";

export const joined = (name: string) => `*** ${name} has joined the chat ***\n`;
export const said = (name: string, text: string) => `${name}: ${text}\n`;
export const left = (name: string) => `*** ${name} has left the chat ***\n`;

/** A line that the operator says to everybody. */
export const announced = (text: string) => `*** Announcement: ${text}\n`;

/** The last words to somebody that the operator sends home. */
export const sentHome = (reason: string) =>
  `*** You have been sent home${reason === "" ? "." : `: ${reason}`}\n`;

/** Everything that the server says in the chat begins with this, except the how-to's goodbyes. */
const NOTICE = "*** ";

/** A line to somebody in the chat, from what would be said at the prompt. */
export const notice = (refusal: string) => NOTICE + refusal;

export const acted = (name: string, text: string) => `* ${name} ${text}\n`;
export const renamed = (from: string, to: string) => `*** ${from} is now ${to} ***\n`;
export const privateFrom = (name: string, text: string) => `[private from ${name}] ${text}\n`;
export const privateTo = (name: string, text: string) => `[private to ${name}] ${text}\n`;

/** What people are told when their server is out of touch with the others, */
export const LOST_TOUCH =
  "*** The servers have lost touch; what you say will be delivered when they are back ***\n";
/** those who have yet to join, */
export const PLEASE_WAIT = "The servers have lost touch; please wait.\n";
/** and when it is in touch again. What may have happened meanwhile comes after that. */
export const IN_TOUCH = "*** The servers are in touch again ***\n";
export const LINES_MISSING = "*** Lines may be missing ***\n";
export const LINE_LOST = "*** Your last line may be lost ***\n";

/** What somebody is told whose name another has taken on another server. */
export const nameTakenMeanwhile = (name: string) =>
  `*** Your name was taken meanwhile; you are ${name} now ***\n`;

/** What the others are told when a server is gone on which there were many people. */
export const serverGone = (count: number) =>
  `*** ${count} people have left the chat: their server is gone ***\n`;

/** Lines that were said before somebody came, each ended by LF. */
export const past = (said: readonly string[]) =>
  `*** ${lines(said.length)} from before you came:\n${said.join("")}*** This is now:\n`;

/** What a newcomer is told if the server greets. */
export const greeting = (name: string, others: number) =>
  `*** You are ${name}, ${company(others)}. /help lists the commands.\n`;

/** What somebody is told that long, in milliseconds, before the idle timeout. */
export const idleWarning = (leftMs: number) =>
  `*** You will be disconnected in ${duration(leftMs)} unless you say something.\n`;

/** What everybody is told when a server is to end, so many milliseconds before, and once more later. */
export const shuttingDownIn = (leftMs: number) =>
  `*** The server will shut down in ${duration(leftMs)} ***\n`;

const hint = (meant: string | undefined, otherwise: string) =>
  meant ? `Did you mean ${meant}?` : otherwise;

/** What commands answer to those who use them. */
export const ANSWERS = {
  help: (usage: string, about: string) => `*** ${usage.padEnd(20)}${about}\n`,
  slash: "*** //text              say /text\n",
  unknownCommand: (word: string, meant?: string) =>
    `*** There is no command ${word}. ${hint(meant, "Type /help for those there are.")}\n`,
  usage: (usage: string) => `*** Type ${usage}\n`,
  unknownName: (name: string, meant?: string) =>
    `*** Nobody here is called ${name}. ${hint(meant, "Type /who for those who are here.")}\n`,
  people: (count: number) => `*** ${count === 1 ? "1 person is" : `${count} people are`} here:\n`,
  person: (name: string, silentMinutes: number) =>
    `***   ${name}${silentMinutes > 0 ? ` (silent for ${minutes(silentMinutes)})` : ""}\n`,
  morePeople: (count: number) => `***   and ${count} more\n`,
  nobodyToReplyTo: "*** Nobody has written to you privately. Type /msg NAME text\n",
  hasLeft: (name: string) =>
    `*** ${name} is not here any more. Type /who for those who are here.\n`,
  notToYourself: "*** That is you. Type /who for those who are here.\n",
  ignoring: (name: string) => `*** You ignore ${name} from now on.\n`,
  ignoringNobody: "*** You ignore no one so far. Type /ignore NAME\n",
  ignored: (names: readonly string[]) => `*** You ignore ${names.join(", ")}.\n`,
  notIgnored: (name: string, meant?: string) =>
    `*** You do not ignore ${name}. ${hint(meant, "Type /ignore for those whom you do.")}\n`,
  noLongerIgnoring: (name: string) => `*** You no longer ignore ${name}.\n`,
  ignoringTooMany: (max: number) =>
    `*** You ignore ${max} people, which is the most. Type /unignore NAME first.\n`,
  editor: (isOn: boolean) =>
    `*** The line editor is ${isOn ? "on" : "off"}. Type /editor to change that.\n`,
  timestamps: (isOn: boolean) => `*** Lines have ${isOn ? "" : "no "}times from now on.\n`,
  bell: (isOn: boolean) =>
    `*** Your name ${isOn ? "rings" : "does not ring"} the bell from now on.\n`,
  candidates: (words: readonly string[]) => `*** Tab: ${words.join(" ")}\n`,
  renamedTooOften: "*** You change your name too often; try again in a moment.\n",
} as const;

/** What somebody is told whose program does not say that it can send each key. */
export const NO_EDITOR =
  "Your program does not answer. Use telnet, or run (stty -icanon -echo; nc HOST PORT; stty sane) and type /editor raw.\n";

export const nameTaken = (name: string) => `The name ${name} is taken.\n`;

/** What a name may not be, and the sentence that says so. */
const NAME_RULES: Record<NameFlaw, (charactersMax: number) => string> = {
  spaces: () => "Names have no spaces.",
  characters: () => "Names are made of letters, digits, _, - and dots.",
  start: () => "Names begin with a letter or a digit.",
  length: (charactersMax: number) => `Names have at most ${charactersMax} characters.`,
  marks: () => "Names have at most two combining marks in a row.",
  scripts: () => "Names have all their letters from one script.",
  reserved: () => `The name ${RESERVED_NAME} is the server's own.`,
};

/** Why a name is refused, and a name that would do where there is an obvious one. */
export function nameRefused(flaw: NameFlaw, charactersMax: number, suggestion?: string): string {
  const rule = NAME_RULES[flaw](charactersMax);
  return suggestion === undefined ? `${rule}\n` : `${rule} Try ${suggestion}.\n`;
}

export const lineTooLong = (limitBytes: number) =>
  `Line too long (limit ${limitBytes} bytes); not sent.\n`;

export const messageTooLong = (limitBytes: number) =>
  `*** Message too long (limit ${limitBytes} bytes); not sent.\n`;

export const linesSkipped = (count: number) =>
  `*** ${lines(count)} skipped: your connection is too slow ***\n`;

/** What the operator is told, in place of lines that the console had no space for. */
export const linesNotShown = (count: number) =>
  `*** ${lines(count)} not shown: the console was slow, full or gone ***\n`;

function company(others: number): string {
  if (others === 0) return "and alone so far";
  return others === 1 ? "with 1 other" : `with ${others} others`;
}

const lines = (count: number) => `${count} ${count === 1 ? "line" : "lines"}`;

/** What a client is told last, by the reason why its stay ends; the key is what the log says. */
export const GOODBYES: Readonly<Record<LeaveReason, string>> = {
  "idle timeout": `${RESERVED_NAME}: idle timeout.\n`,
  "no name given": `${RESERVED_NAME}: no name given.\n`,
  quit: "*** Goodbye.\n",
  kicked: sentHome(""),
  "server shutdown": "*** The server is shutting down ***\n",
  "server full": "The server is full; try again later.\n",
  "address full": "Too many connections from your address; close one and try again.\n",
  "HTTP request": "This is a chat server, not a web server; connect with nc or telnet.\n",
  "SSH client": "This is a chat server, not an SSH server; connect with nc or telnet.\n",
  "TLS handshake": "",
  "no TLS": "This port speaks TLS: ncat --ssl HOST PORT\n",
  "TLS handshake failed": "",
  "no client certificate":
    "You need a certificate here: ncat --ssl --ssl-cert FILE --ssl-key FILE HOST PORT\n",
  "no PROXY header": "",
  closed: "",
  reset: "",
  "too slow": "",
  "internal error": "",
};
