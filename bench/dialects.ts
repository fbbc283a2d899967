/**
 * How a person joins a chat and talks there, for each kind of chat server that is measured. Received bytes are
 * given as text in which each byte is a character. A message arrives as it was sent. It comes after a prefix that
 * differs between servers, and it ends its line.
 */
export interface Dialect {
  /** What to say first, if the server does not speak first. */
  readonly greeting?: (name: string) => string;
  /** Where the question for `answer` ends; -1 as long as it has not come. */
  readonly promptEnd: (received: string) => number;
  readonly answer: (name: string) => string;
  /** Where the room's own lines begin after the answer; -1 as long as the person is not in. */
  readonly roomStart: (received: string) => number;
  /** How a message is sent. */
  readonly say: (text: string) => string;
  /** What stands before the message when others receive it. */
  readonly prefix: (name: string) => RegExp;
  /** Text that only a notice of somebody who joined contains, and text of a notice of somebody who left. */
  readonly joined: string;
  readonly left: string;
  /** Text that only other lines contain, which may come at any time. */
  readonly others?: readonly string[];
  /** How far before `joined` the name ends, if it is there. */
  readonly nameEnd?: number;
}

export type DialectName = "howto" | "irc" | "ncat";

export const DIALECTS: Readonly<Record<DialectName, Dialect>> = {
  /** The how-to's. It has a prompt, and says nothing to a client that has answered it. */
  howto: {
    promptEnd: (received) => (received.endsWith("name: ") ? received.length : -1),
    answer: (name) => `${name}\n`,
    roomStart: () => 0,
    say: (text) => `${text}\n`,
    prefix: (name) => new RegExp(`^${name}: $`),
    joined: " has joined the chat ***",
    left: " has left the chat ***",
    nameEnd: 0,
  },
  /** RFC 2812: 001 is the welcome, 366 ends the list of who is in a channel. */
  irc: {
    greeting: (name) => `NICK ${name}\r\nUSER ${name} 0 * :${name}\r\n`,
    promptEnd: (received) => endOf(/^:\S+ 001 [^\n]*\n/m, received),
    answer: () => "JOIN #bench\r\n",
    roomStart: (received) => endOf(/^:\S+ 366 [^\n]*\n/m, received),
    say: (text) => `PRIVMSG #bench :${text}\r\n`,
    prefix: (name) => new RegExp(`^:${name}!\\S+ PRIVMSG #bench :$`),
    joined: " JOIN :",
    left: " QUIT :",
    nameEnd: "@127.0.0.1".length,
  },
  /** `ncat --chat`: names are given, and announced. */
  ncat: {
    promptEnd: (received) => endOf(/ already connected:[^\n]*\n/, received),
    answer: () => "",
    roomStart: () => 0,
    say: (text) => `${text}\n`,
    prefix: () => /^<user\d+> $/,
    joined: " is connected as ",
    left: " is disconnected",
    others: ["already connected:"],
  },
};

function endOf(pattern: RegExp, text: string): number {
  const match = pattern.exec(text);
  return match === null ? -1 : match.index + match[0].length;
}
