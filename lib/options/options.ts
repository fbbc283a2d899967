/**
 * Each option of the server, once: its name, unit, default, range and reason. The type of
 * `startChatServer`'s argument, the command line's flags and `--help` derive from this table,
 * and a test holds the tables of docs/options.md and README to it.
 *
 * Durations are milliseconds here, and sizes bytes; units.ts says how both are written as flags.
 */
import type { UnitKind } from "./units.ts";

/** What the how-to's server asks with. */
export const PROMPT = "Enter your name: ";

/** The longest welcome, in bytes. */
export const WELCOME_BYTES_MAX = 4_096;

export interface TextOption {
  readonly kind: "text";
  readonly placeholder: string;
  /** What it is, after "a" or "an". */
  readonly what: string;
  readonly default: string;
  /** What the empty text means; if not given it is not accepted. */
  readonly empty?: string;
  readonly bytesMax?: number;
}

export interface NumberOption {
  readonly kind: UnitKind;
  readonly default: number;
  /** The smallest and the largest value, in the unit of the library. */
  readonly min: number;
  readonly max: number;
  /** What 0 means, where it means something other than "none". */
  readonly zero?: string;
  /** Where it is not given it is so many times another option, which stands before it. */
  readonly follows?: { readonly option: string; readonly flag: string; readonly factor: number };
}

interface SwitchOption {
  readonly kind: "switch";
  readonly default: boolean;
}

export type Option = (TextOption | NumberOption | SwitchOption) & {
  readonly flag: string;
  /** The flag in one letter, where it has one. */
  readonly short?: string;
  readonly group: (typeof GROUPS)[number];
  /** What it does, for `--help` and the documents. */
  readonly about: string;
  /** Why it exists and why the default is what it is, for docs/options.md. */
  readonly reason: string;
};

/** The headings of `--help` and of docs/options.md, in their order. */
export const GROUPS = [
  "Where it listens",
  "Who is let in",
  "Timeouts",
  "Limits",
  "What people see",
  "The operator's side",
] as const;

/** A round number of seconds below `TIMER_MS_MAX`: about 23 days. */
const DURATION_MS_MAX = 2_000_000_000;

const LINE_LIMIT_BYTES = 65_536;
const LINE_LIMIT_BYTES_MAX = 1_048_576;

const LINE_BURST = 50;
const LINES_PER_SECOND = 10;

/** What one address may say by default, in clients that say as much as they may. */
const ADDRESS_FACTOR = 4;

export const OPTIONS = {
  /** The address to listen on: an IPv4 or IPv6 address, or a host name. */
  hostname: {
    kind: "text",
    flag: "host",
    group: "Where it listens",
    placeholder: "ADDRESS",
    what: "an address",
    default: "127.0.0.1",
    about: "Address to listen on; 0.0.0.0 or :: for all.",
    reason: "Only this machine can connect until you decide otherwise.",
  },
  /** The TCP port to listen on, 0 to 65535. 0 takes any free one: read it from `server.port`. */
  port: {
    kind: "port",
    flag: "port",
    short: "p",
    group: "Where it listens",
    default: 8888,
    min: 0,
    max: 65_535,
    zero: "any free one",
    about: "TCP port to listen on.",
    reason: "The port of the how-to's server.",
  },
  /** Most clients at once, 1 to 10^6; fewer if the system allows the process fewer open files. */
  maxClients: {
    kind: "count",
    flag: "max-clients",
    group: "Who is let in",
    default: 10_000,
    min: 1,
    max: 1_000_000,
    about: "Most clients at once.",
    reason: "Lowered at the start, with a warning, to what the limit on open files allows.",
  },
  /** Most clients at once from one IPv4 address or IPv6 /64, 1 to 10^6. Loopback is excepted. */
  maxClientsPerAddress: {
    kind: "count",
    flag: "max-clients-per-address",
    group: "Who is let in",
    default: 64,
    min: 1,
    max: 1_000_000,
    about: "Most clients at once from one address.",
    reason: "One host cannot take every place. Of IPv6 the first 64 bits are one address.",
  },
  /** How long a connection is silent before the system asks for a sign of life, 1 s to 32,767 s. */
  keepAliveMs: {
    kind: "duration",
    flag: "keepalive",
    group: "Timeouts",
    default: 60_000,
    min: 1_000,
    max: 32_767_000,
    about: "Silence after which a sign of life is asked for.",
    reason: "A machine that has vanished is noticed, though it never said goodbye.",
  },
  /** Longest time in the chat without a complete line, in milliseconds; 0 = never. */
  idleTimeoutMs: {
    kind: "duration",
    flag: "idle-timeout",
    group: "Timeouts",
    default: 300_000,
    min: 0,
    max: DURATION_MS_MAX,
    zero: "never",
    about: "Disconnect after this long without a complete line.",
    reason: "The how-to's five minutes: a name is not held by someone who has gone.",
  },
  /** How long before the idle timeout whoever is silent is warned, in milliseconds; 0 = not. */
  idleWarningMs: {
    kind: "duration",
    flag: "idle-warning",
    group: "Timeouts",
    default: 0,
    min: 0,
    max: DURATION_MS_MAX,
    zero: "none",
    about: "Warn whoever is silent this long before that.",
    reason: "A reader can stay with one word. Off, because the how-to's server gives no warning.",
  },
  /** Longest time from connecting to giving a name, in milliseconds; 0 = never. */
  nameTimeoutMs: {
    kind: "duration",
    flag: "name-timeout",
    group: "Timeouts",
    default: 60_000,
    min: 0,
    max: DURATION_MS_MAX,
    zero: "never",
    about: "Disconnect whoever gives no name within this time.",
    reason: "A connection that never speaks does not hold a descriptor for ever.",
  },
  /** Longest time in which a reader takes nothing of what waits for it, in ms; 0 = never. */
  stallTimeoutMs: {
    kind: "duration",
    flag: "stall-timeout",
    group: "Timeouts",
    default: 30_000,
    min: 0,
    max: DURATION_MS_MAX,
    zero: "never",
    about: "Disconnect a reader that stalls for this long.",
    reason: "Long enough for a network to recover, short enough to notice who is gone.",
  },
  /** Longest time to deliver what waits for who leaves and see it close, in ms; at least 1. */
  closeTimeoutMs: {
    kind: "duration",
    flag: "close-timeout",
    group: "Timeouts",
    default: 5_000,
    min: 1,
    max: DURATION_MS_MAX,
    about: "Longest wait for a leaving client to read and close.",
    reason: "A client that never finishes closing cannot hold up a shutdown.",
  },
  /** Most bytes that wait for one slow reader before lines are skipped, 4,096 to 2^30. */
  queueLimitBytes: {
    kind: "size",
    flag: "queue-limit",
    group: "Limits",
    default: 1_048_576,
    min: 4_096,
    max: 1_073_741_824,
    about: "Most bytes that wait for one slow reader.",
    reason:
      "Thousands of lines; beyond it the oldest are skipped, and the reader is told how many.",
  },
  /** Most bytes that wait for all readers together, 2^20 to 2^40. */
  totalQueueLimitBytes: {
    kind: "size",
    flag: "total-queue-limit",
    group: "Limits",
    default: 268_435_456,
    min: 1_048_576,
    max: 1_099_511_627_776,
    about: "Most bytes that wait for all readers together.",
    reason: "Any number of slow readers cannot fill the memory: the longest queues are cut first.",
  },
  /** Longest line that is accepted, in bytes without its LF, 128 to 2^20. */
  lineLimitBytes: {
    kind: "size",
    flag: "line-limit",
    group: "Limits",
    default: LINE_LIMIT_BYTES,
    min: 128,
    max: LINE_LIMIT_BYTES_MAX,
    about: "Longest line that is accepted.",
    reason: "The limit of the how-to's server; a line without end costs no more memory than this.",
  },
  /** Longest message, in bytes of UTF-8 without its author's name; at most the longest line. */
  messageLimitBytes: {
    kind: "size",
    flag: "message-limit",
    group: "Limits",
    default: LINE_LIMIT_BYTES,
    follows: { option: "lineLimitBytes", flag: "line-limit", factor: 1 },
    min: 1,
    max: LINE_LIMIT_BYTES_MAX,
    about: "Longest message that is sent to others.",
    reason: "60,000 bytes fill 751 rows of every screen; 1000 are enough on the open internet.",
  },
  /** Longest name, in characters (Unicode code points), 1 to 128. */
  nameLimit: {
    kind: "count",
    flag: "name-limit",
    group: "Limits",
    default: 32,
    min: 1,
    max: 128,
    about: "Longest name, in characters.",
    reason: "A name begins every line that its owner says, and should leave space for the line.",
  },
  /** Most lines that a client may send at once, 1 to 10^6; a line counts once for each KiB. */
  lineBurst: {
    kind: "count",
    flag: "line-burst",
    group: "Limits",
    default: LINE_BURST,
    min: 1,
    max: 1_000_000,
    about: "Most lines read from a client at once.",
    reason: "A pasted page arrives at once. A line counts once for each KiB that it has begun.",
  },
  /** Lines a second that a client may send after that, at most 10^6; 0 = no limit. */
  lineRate: {
    kind: "rate",
    flag: "line-rate",
    group: "Limits",
    default: LINES_PER_SECOND,
    min: 0,
    max: 1_000_000,
    zero: "no limit",
    about: "Lines read from a client after that.",
    reason: "Faster than anybody types. Who sends more is slowed down, and loses nothing.",
  },
  /** The same for all clients of one address together, 1 to 10^6. Loopback is excepted. */
  addressLineBurst: {
    kind: "count",
    flag: "address-line-burst",
    group: "Limits",
    default: ADDRESS_FACTOR * LINE_BURST,
    follows: { option: "lineBurst", flag: "line-burst", factor: ADDRESS_FACTOR },
    min: 1,
    max: 1_000_000,
    about: "Most lines read from one address at once.",
    reason: "All clients of one address together. This machine itself is excepted.",
  },
  /** Lines a second that one address may send after that, at most 10^6; 0 = no limit. */
  addressLineRate: {
    kind: "rate",
    flag: "address-line-rate",
    group: "Limits",
    default: ADDRESS_FACTOR * LINES_PER_SECOND,
    follows: { option: "lineRate", flag: "line-rate", factor: ADDRESS_FACTOR },
    min: 0,
    max: 1_000_000,
    zero: "no limit",
    about: "Lines read from one address after that.",
    reason: "One host with many clients says no more than a few people would.",
  },
  /** Most times that one address may join at once, 1 to 10^6. Loopback is excepted. */
  joinBurst: {
    kind: "count",
    flag: "join-burst",
    group: "Limits",
    default: 20,
    min: 1,
    max: 1_000_000,
    about: "Most joins from one address at once.",
    reason: "A class behind one address gets in; reconnecting in a loop cannot fill the screens.",
  },
  /** Joins a second from one address after that, at most 10^6; 0 = no limit. */
  joinRate: {
    kind: "rate",
    flag: "join-rate",
    group: "Limits",
    default: 2,
    min: 0,
    max: 1_000_000,
    zero: "no limit",
    about: "Joins from one address after that.",
    reason: "Who comes too soon waits at the prompt. This machine itself is excepted.",
  },
  /** What newcomers are told before the prompt: lines of at most 4,096 bytes. */
  welcome: {
    kind: "text",
    flag: "welcome",
    group: "What people see",
    placeholder: "TEXT",
    what: "a text",
    default: "",
    empty: "none",
    bytesMax: WELCOME_BYTES_MAX,
    about: "What newcomers are told before the prompt.",
    reason: "House rules, or what the room is for. The how-to's server says nothing.",
  },
  /** A file with the same, which is read again when it has changed. Excludes `welcome`. */
  welcomeFile: {
    kind: "text",
    flag: "welcome-file",
    group: "What people see",
    placeholder: "FILE",
    what: "a file's name",
    default: "",
    empty: "none",
    bytesMax: 4_096,
    about: "A file with the welcome; may be edited.",
    reason: "A change shows at once, without a restart; SIGHUP has a service read it too.",
  },
  /** What asks for a name, of at most 256 bytes. */
  prompt: {
    kind: "text",
    flag: "prompt",
    group: "What people see",
    placeholder: "TEXT",
    what: "a text",
    default: PROMPT,
    bytesMax: 256,
    about: "What asks for a name.",
    reason: "The how-to's words unless your people speak another language.",
  },
  /** Tells whoever joins its name, how many others are here, and that there is `/help`. */
  greeting: {
    kind: "switch",
    flag: "greeting",
    group: "What people see",
    default: false,
    about: "Tell whoever joins who is here, and of /help.",
    reason: "After the name the how-to's server says nothing, and scripts may count on that.",
  },
  /** How many of the last public lines whoever joins is told, 0 to 1,000. */
  history: {
    kind: "count",
    flag: "history",
    group: "What people see",
    default: 0,
    min: 0,
    max: 1_000,
    about: "Last lines that whoever joins is told.",
    reason:
      "What was said before is nobody's who was not here, unless you decide so. 64 KiB at most.",
  },
  /** Keeps messages out of the log, which then shows only who comes, goes and is renamed. */
  quiet: {
    kind: "switch",
    flag: "quiet",
    group: "The operator's side",
    default: false,
    about: "Keep messages off the console.",
    reason: "The console shows what the how-to's server shows unless you ask for less.",
  },
} as const satisfies Record<string, Option>;

export type OptionName = keyof typeof OPTIONS;

/** The table as entries, typed so that a loop can read any option. */
export const OPTION_ENTRIES = Object.entries(OPTIONS) as [OptionName, Option][];
