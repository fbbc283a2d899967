/** What the clients of a simulation type, and what each of it means. */

/** A name as it is typed, as others see it, and what no other may be equal to. */
export interface Name {
  readonly typed: string;
  readonly shown: string;
  readonly key: string;
  /** As others see it when it is said in the chat. */
  readonly said: string;
}

/** Scripts that are kept count on the order: append only. */
export const NAMES: readonly Name[] = [
  { typed: "Bob", shown: "Bob", key: "bob", said: "Bob" },
  { typed: "Ann", shown: "Ann", key: "ann", said: "Ann" },
  { typed: "Cx\bid", shown: "Cid", key: "cid", said: "Cid" },
  { typed: "Zoe\u0308", shown: "Zo\u00eb", key: "zo\u00eb", said: "Zoe\u0308" },
  { typed: "\x1b[1mEve\x1b[0m", shown: "Eve", key: "eve", said: "Eve" },
  { typed: "dave", shown: "dave", key: "dave", said: "dave" },
  { typed: "BOB", shown: "BOB", key: "bob", said: "BOB" },
  { typed: "\uff22ob", shown: "\uff22ob", key: "bob", said: "\uff22ob" },
  { typed: "Fay", shown: "Fay", key: "fay", said: "Fay" },
  { typed: "Gus", shown: "Gus", key: "gus", said: "Gus" },
  { typed: "Hal", shown: "Hal", key: "hal", said: "Hal" },
];

export type Command =
  | { readonly word: "help" | "help of one" | "who" | "quit" | "unknown" | "ignored" }
  | { readonly word: "explain"; readonly usage: string }
  | { readonly word: "me" | "reply"; readonly text: string }
  | { readonly word: "nick"; readonly name: Name }
  | { readonly word: "ignore" | "unignore"; readonly name: Name }
  | { readonly word: "nick badly" }
  | { readonly word: "msg"; readonly name: Name; readonly text: string };

/** What the server is to make of one line. */
export interface Unit {
  /** As decoded, without its end; `undefined` is a line over the limit. */
  readonly text: string | undefined;
  /** What others see when it is said in the chat; empty if nothing. */
  readonly shown: string;
  /** The name that it is at the prompt, if it is one. */
  readonly name?: Name;
  readonly command?: Command;
}

export interface Line {
  readonly bytes: Buffer;
  readonly units: readonly Unit[];
}

/** Makes a line of a number that no other has, and of a name. */
type Phrase = (number: number, name: Name) => Line;

export const LINE_LIMIT_BYTES = 128;

/** Where messages are limited more than lines are. */
export const MESSAGE_LIMIT_BYTES = 90;

function said(typed: string | Buffer, shown: string): Line {
  const bytes = Buffer.from(typed as string);
  const text = bytes.toString().replace(/\r$/, "");
  return { bytes, units: [{ text, shown }] };
}

/** Without its end it is the first of the two. */
function tooLong(length: number): Line {
  const units = [undefined, ""].map((text) => ({ text, shown: "" }));
  return { bytes: Buffer.from("x".repeat(length)), units };
}

function command(typed: string, what: Command): Line {
  return { bytes: Buffer.from(typed), units: [{ text: typed, shown: "", command: what }] };
}

/** As long as a line may be. */
const full = (number: number) => `${number} `.padEnd(LINE_LIMIT_BYTES, "y");

/** A line with a command before it, too, but no message where these are limited. */
const lengthy = (number: number) => `${number} `.padEnd(MESSAGE_LIMIT_BYTES + 1, "z");

export const PHRASES = {
  name: (_, name) => ({
    bytes: Buffer.from(name.typed),
    units: [{ text: name.typed, shown: name.said, name }],
  }),
  words: (number) => said(`hello there ${number}`, `hello there ${number}`),
  colour: (number) => said(`\x1b[31mred\x1b[0m ${number}`, `red ${number}`),
  backspace: (number) => said(`teh\b\x7fhe ${number}`, `the ${number}`),
  "bad UTF-8": (number) =>
    said(Buffer.from(`\xc3( bad ${number}`, "latin1"), `\ufffd( bad ${number}`),
  spaces: (number) => said(`   far in ${number}  `, `far in ${number}`),
  nothing: () => said("", ""),
  "only spaces": () => said("   ", ""),
  tab: (number) => said(`a\tb ${number}`, `a\tb ${number}`),
  bidi: (number) => said(`\u202eevil ${number}`, `evil ${number}`),
  "CR LF": (number) => said(`from Windows ${number}\r`, `from Windows ${number}`),
  forged: (number, { shown }) =>
    said(`hi\r${shown}: forged ${number}`, `hi${shown}: forged ${number}`),
  wide: (number) =>
    said(
      `h\u00e9\u00e9 \u{1f44d}\u{1f3fd} ${number}`,
      `h\u00e9\u00e9 \u{1f44d}\u{1f3fd} ${number}`,
    ),
  slashes: (number) => said(`//etc ${number}`, `/etc ${number}`),
  full: (number) => said(full(number), full(number)),
  "full, with CR LF": (number) => said(`${full(number)}\r`, full(number)),
  "one byte too long": () => tooLong(LINE_LIMIT_BYTES + 1),
  long: () => tooLong(300),
  help: () => command("/HELP", { word: "help" }),
  "help of one": () => command("/help /msg", { word: "help of one" }),
  who: () => command("/who", { word: "who" }),
  names: () => command("/names", { word: "who" }),
  quit: () => command("/quit", { word: "quit" }),
  exit: () => command("/exit", { word: "quit" }),
  unknown: () => command("/whom now", { word: "unknown" }),
  w: (number, name) => command(`/w ${name.typed} psst ${number}`, { word: "unknown" }),
  me: (number) => command(`/me waves ${number}`, { word: "me", text: `waves ${number}` }),
  "me at length": (number) =>
    command(`/me ${lengthy(number)}`, { word: "me", text: lengthy(number) }),
  "me alone": () => command("/me", { word: "explain", usage: "/me text" }),
  msg: (number, name) =>
    command(`/msg ${name.typed} psst ${number}`, { word: "msg", name, text: `psst ${number}` }),
  "msg at length": (number, name) =>
    command(`/msg ${name.typed} ${lengthy(number)}`, { word: "msg", name, text: lengthy(number) }),
  "msg without text": (_, name) =>
    command(`/msg ${name.typed}`, { word: "explain", usage: "/msg NAME text" }),
  reply: (number) => command(`/r what ${number}`, { word: "reply", text: `what ${number}` }),
  nick: (_, name) => command(`/nick ${name.typed}`, { word: "nick", name }),
  "nick with a space": () => command("/nick a b", { word: "nick badly" }),
  ignore: (_, name) => command(`/ignore ${name.typed}`, { word: "ignore", name }),
  ignored: () => command("/ignore", { word: "ignored" }),
  unignore: (_, name) => command(`/unignore ${name.typed}`, { word: "unignore", name }),
} as const satisfies Record<string, Phrase>;

export type PhraseName = keyof typeof PHRASES;
