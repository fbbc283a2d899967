/**
 * How a person joins a chat and talks there, for each kind of chat server that is measured. A
 * message arrives as it was sent, after a prefix that differs, and ends its line.
 */
export interface Dialect {
  /** What to say first, if the server does not speak first. */
  readonly greeting?: (name: string) => string;
  /** What to answer to all that has been received since the last answer, and whether that is all. */
  readonly join: (received: string, name: string) => { answer: string; joins: boolean };
  /** How a message is sent. */
  readonly say: (text: string) => string;
}

const WAIT = { answer: "", joins: false };

export const DIALECTS: Record<"howto" | "irc" | "ncat", Dialect> = {
  /** The how-to's: a prompt, and no word to whoever has answered it. */
  howto: {
    join: (received, name) =>
      received.endsWith("name: ") ? { answer: `${name}\n`, joins: true } : WAIT,
    say: (text) => `${text}\n`,
  },
  /** RFC 2812: 001 is the welcome, 366 ends the list of who is in a channel. */
  irc: {
    greeting: (name) => `NICK ${name}\r\nUSER ${name} 0 * :${name}\r\n`,
    join(received) {
      if (/^:\S+ 366 /m.test(received)) return { answer: "", joins: true };
      return /^:\S+ 001 /m.test(received) ? { answer: "JOIN #bench\r\n", joins: false } : WAIT;
    },
    say: (text) => `PRIVMSG #bench :${text}\r\n`,
  },
  /** `ncat --chat`: names are given, and announced. */
  ncat: {
    join: (received) => (received.includes("connected as") ? { answer: "", joins: true } : WAIT),
    say: (text) => `${text}\n`,
  },
};
