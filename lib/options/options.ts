/**
 * Each option of the server, once: its name, unit, default, range and reason. The type of
 * `startChatServer`'s argument, the command line's flags and `--help` are made from this table.
 * A test compares the tables of docs/options.md and README with it.
 *
 * Durations are milliseconds here, and sizes are bytes. units.ts says how both are written as flags.
 */
import { CLUSTER_OPTIONS } from "./cluster-options.ts";
import { LIMIT_OPTIONS } from "./limit-options.ts";
import { LISTEN_OPTIONS, TRUST_OPTIONS } from "./listen-options.ts";
import type { Option } from "./option.ts";

/** What the how-to's server asks with. */
export const PROMPT = "Enter your name: ";

/** The longest welcome, in bytes. */
export const WELCOME_BYTES_MAX = 4_096;

/** A round number of seconds below `TIMER_MS_MAX`: about 23 days. */
const DURATION_MS_MAX = 2_000_000_000;

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
  ...LISTEN_OPTIONS,
  /** Most clients at once, 1 to 10^6; fewer if the system allows the process fewer open files. */
  maxClients: {
    kind: "count",
    flag: "max-clients",
    group: "Who is let in",
    default: 10_000,
    min: 1,
    max: 1_000_000,
    about: "Most clients at once.",
    reason: "natter lowers it at the start to what the limit on open files allows, and says so.",
  },
  /** Most clients at once from one IPv4 address or IPv6 /64, 1 to 10^6. Loopback is exempt. */
  maxClientsPerAddress: {
    kind: "count",
    flag: "max-clients-per-address",
    group: "Who is let in",
    default: 64,
    min: 1,
    max: 1_000_000,
    about: "Most clients at once from one address.",
    reason: "One host cannot take every place. In IPv6 the first 64 bits count as one address.",
  },
  ...TRUST_OPTIONS,
  /** How long a connection is silent before the system asks for a sign of life, 1 s to 32,767 s. */
  keepAliveMs: {
    kind: "duration",
    flag: "keepalive",
    group: "Timeouts",
    default: 60_000,
    min: 1_000,
    max: 32_767_000,
    about: "Silence after which a sign of life is asked for.",
    reason: "natter notices a machine that has vanished without a goodbye.",
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
    reason: "The how-to's five minutes. Somebody who has gone does not keep a name.",
  },
  /** How long before the idle timeout a silent client is warned, in milliseconds; 0 = not. */
  idleWarningMs: {
    kind: "duration",
    flag: "idle-warning",
    group: "Timeouts",
    default: 0,
    min: 0,
    max: DURATION_MS_MAX,
    zero: "none",
    about: "Warn a silent client this long before that.",
    reason:
      "A silent reader can stay by saying one word. Off, because the how-to's server gives no warning.",
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
    about: "Disconnect a client that gives no name in this time.",
    reason: "A connection that never speaks does not hold a descriptor for ever.",
  },
  /** Longest time in which a reader takes nothing of its queue, in ms; 0 = never. */
  stallTimeoutMs: {
    kind: "duration",
    flag: "stall-timeout",
    group: "Timeouts",
    default: 30_000,
    min: 0,
    max: DURATION_MS_MAX,
    zero: "never",
    about: "Disconnect a reader that stalls for this long.",
    reason:
      "Long enough for a network to recover, and short enough to notice a reader that is gone.",
  },
  /** Longest wait for a leaving client to read what is queued and close, in ms; at least 1. */
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
  ...LIMIT_OPTIONS,
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
    about: "A file with the welcome. You may edit it.",
    reason: "A change shows at once, without a restart. SIGHUP makes a service read the file too.",
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
    reason: "The how-to's words. Change them if your people speak another language.",
  },
  /** Tells a newcomer its name, how many others are here, and that there is `/help`. */
  greeting: {
    kind: "switch",
    flag: "greeting",
    group: "What people see",
    default: false,
    about: "Tell newcomers who is here, and about /help.",
    reason:
      "Off, because the how-to's server says nothing after the name, and scripts may rely on that.",
  },
  /** How many of the last public lines a newcomer is shown, 0 to 1,000. */
  history: {
    kind: "count",
    flag: "history",
    group: "What people see",
    default: 0,
    min: 0,
    max: 1_000,
    about: "Last lines that a newcomer is shown.",
    reason:
      "None, because people may not want newcomers to read what they said before. 64 KiB at most.",
  },
  ...CLUSTER_OPTIONS,
  /** Keeps messages out of the log, which then shows only who comes, goes and is renamed. */
  quiet: {
    kind: "switch",
    flag: "quiet",
    group: "The operator's side",
    default: false,
    about: "Keep messages off the console.",
    reason: "The console shows what the how-to's server shows, unless you ask for less.",
  },
  /** Where `/metrics` and `/healthz` are served: an address and port, or the path of a unix socket. */
  http: {
    kind: "text",
    flag: "http",
    group: "The operator's side",
    placeholder: "ADDRESS:PORT",
    what: "an address and port, or a path",
    default: "",
    empty: "off",
    bytesMax: 256,
    about: "Serve /metrics and /healthz, also on a unix path.",
    reason: "For Prometheus, and for what restarts a server. A port alone is one of 127.0.0.1.",
  },
} as const satisfies Record<string, Option>;

export type OptionName = keyof typeof OPTIONS;

/** The table as entries, typed so that a loop can read any option. */
export const OPTION_ENTRIES = Object.entries(OPTIONS) as [OptionName, Option][];
