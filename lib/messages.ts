/**
 * Every sentence that the server says to its clients. The first group is the how-to's, byte for
 * byte; each text that is a line of its own ends in LF.
 */

export const PROMPT = "Enter your name: ";

export const joined = (name: string) => `*** ${name} has joined the chat ***\n`;
export const said = (name: string, text: string) => `${name}: ${text}\n`;
export const left = (name: string) => `*** ${name} has left the chat ***\n`;

export const nameTaken = (name: string) => `The name ${name} is taken.\n`;

/** What a name may not be, and the sentence that says so. */
const NAME_RULES = {
  spaces: () => "Names have no spaces.",
  characters: () => "Names are made of letters, digits, _, - and dots.",
  start: () => "Names begin with a letter or a digit.",
  length: (charactersMax: number) => `Names have at most ${charactersMax} characters.`,
  marks: () => "Names have at most two combining marks in a row.",
  scripts: () => "Names have all their letters from one script.",
  reserved: () => "Names that look like the server's own words are refused.",
} as const;

export type NameFlaw = keyof typeof NAME_RULES;

/** Why a name is refused, and a name that would do where there is an obvious one. */
export function nameRefused(flaw: NameFlaw, charactersMax: number, suggestion?: string): string {
  const rule = NAME_RULES[flaw](charactersMax);
  return suggestion === undefined ? `${rule}\n` : `${rule} Try ${suggestion}.\n`;
}

export const lineTooLong = (limitBytes: number) =>
  `Line too long (limit ${limitBytes} bytes); not sent.\n`;

export const linesSkipped = (count: number) =>
  `*** ${lines(count)} skipped: your connection is too slow ***\n`;

/** What the operator is told, in place of lines that the console had no space for. */
export const linesNotShown = (count: number) =>
  `*** ${lines(count)} not shown: the console is too slow ***\n`;

/** What the operator is told at the start, if fewer clients can be let in than was asked for. */
export const fewerClients = (clientsMax: number, wanted: number) =>
  `*** ${clientsMax} clients at most, not ${wanted}: the limit on open files (ulimit -n) is too low ***`;

const lines = (count: number) => `${count} ${count === 1 ? "line" : "lines"}`;

/** How the how-to's goodbyes begin: as a line does that somebody of this name said. */
export const DISCONNECTED = "Disconnected";

/** What a client is told last, by the reason why its stay ends; the key is what the log says. */
export const GOODBYES = {
  "idle timeout": `${DISCONNECTED}: idle timeout.\n`,
  "no name given": `${DISCONNECTED}: no name given.\n`,
  "server shutdown": "*** The server is shutting down ***\n",
  "server full": "The server is full; try again later.\n",
  "address full": "Too many connections from your address; close one and try again.\n",
  "HTTP request": "This is a chat server, not a web server; connect with nc or telnet.\n",
  "SSH client": "This is a chat server, not an SSH server; connect with nc or telnet.\n",
  "TLS handshake": "",
  closed: "",
  reset: "",
  "too slow": "",
  "internal error": "",
} as const;

export type LeaveReason = keyof typeof GOODBYES;
