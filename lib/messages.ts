/**
 * Every sentence that the server says to its clients. The first group is the how-to's, byte for
 * byte; each text that is a line of its own ends in LF.
 */

export const PROMPT = "Enter your name: ";

export const joined = (name: string) => `*** ${name} has joined the chat ***\n`;
export const said = (name: string, text: string) => `${name}: ${text}\n`;
export const left = (name: string) => `*** ${name} has left the chat ***\n`;

export const nameTaken = (name: string) => `The name ${name} is taken.\n`;

export const lineTooLong = (limitBytes: number) =>
  `Line too long (limit ${limitBytes} bytes); not sent.\n`;

export const linesSkipped = (count: number) =>
  `*** ${lines(count)} skipped: your connection is too slow ***\n`;

/** What the operator is told, in place of lines that the console had no space for. */
export const linesNotShown = (count: number) =>
  `*** ${lines(count)} not shown: the console is too slow ***\n`;

const lines = (count: number) => `${count} ${count === 1 ? "line" : "lines"}`;

/** What a client is told last, by the reason why its stay ends; the key is what the log says. */
export const GOODBYES = {
  "idle timeout": "Disconnected: idle timeout.\n",
  "no name given": "Disconnected: no name given.\n",
  "server shutdown": "*** The server is shutting down ***\n",
  closed: "",
  reset: "",
  "too slow": "",
  "internal error": "",
} as const;

export type LeaveReason = keyof typeof GOODBYES;

/**
 * What `str.strip()` of Python removes: the how-to's server trims with it, and String.prototype.trim
 * differs in U+001C to U+001F and U+0085, which it keeps, and U+FEFF, which it removes.
 * Source: the documentation of `str.isspace()`; the list was read off Python 3.13.
 */
const SPACES = new Set(
  "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007" +
    "\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000",
);

/** `text` without white space at both ends. Linear in time, which a regular expression is not. */
export function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && SPACES.has(text.charAt(start))) start++;
  while (end > start && SPACES.has(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

/** Control characters, line and paragraph separators, bidirectional controls, U+FEFF. */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\ufeff]/gu;

/**
 * Foreign text on one line of plain text: whole terminal escape sequences go, then every control
 * character and whatever reorders or breaks a line. A tab becomes a space.
 */
export function printable(text: string): string {
  if (/^[ -~]*$/.test(text)) return text;
  return Bun.stripANSI(text).replaceAll("\t", " ").replace(UNSAFE, "");
}
