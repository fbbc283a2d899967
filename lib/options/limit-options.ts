/** The options that limit what waits, and what a client or an address may send. */
import type { Option } from "./option.ts";

const LINE_LIMIT_BYTES = 65_536;
const LINE_LIMIT_BYTES_MAX = 1_048_576;

const LINE_BURST = 50;
const LINES_PER_SECOND = 10;

/** By default one address may say as much as this many clients. */
const ADDRESS_FACTOR = 4;

export const LIMIT_OPTIONS = {
  /** Most bytes that wait for one slow reader before lines are skipped, 4,096 to 2^30. */
  queueLimitBytes: {
    kind: "size",
    flag: "queue-limit",
    group: "Limits",
    default: 1_048_576,
    min: 4_096,
    max: 1_073_741_824,
    about: "Most bytes that wait for one slow reader.",
    reason: "Thousands of lines. Above it the oldest are skipped, and the reader is told how many.",
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
    reason:
      "Slow readers cannot fill the memory, however many there are. The longest queues are cut first.",
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
    reason: "The limit of the how-to's server. A line without end costs no more memory than this.",
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
    reason: "60,000 bytes fill 751 rows of every screen. 1000 are enough on the open internet.",
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
    reason: "A pasted page arrives at once. A long line counts once for each KiB, whole or begun.",
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
    reason:
      "Faster than anybody types. A client that sends more is slowed down, and loses nothing.",
  },
  /** The same for all clients of one address together, 1 to 10^6. Loopback is exempt. */
  addressLineBurst: {
    kind: "count",
    flag: "address-line-burst",
    group: "Limits",
    default: ADDRESS_FACTOR * LINE_BURST,
    follows: { option: "lineBurst", flag: "line-burst", factor: ADDRESS_FACTOR },
    min: 1,
    max: 1_000_000,
    about: "Most lines read from one address at once.",
    reason: "All clients of one address together. This machine itself is exempt.",
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
  /** Most times that one address may join at once, 1 to 10^6. Loopback is exempt. */
  joinBurst: {
    kind: "count",
    flag: "join-burst",
    group: "Limits",
    default: 20,
    min: 1,
    max: 1_000_000,
    about: "Most joins from one address at once.",
    reason:
      "A class behind one address gets in. A client that reconnects in a loop cannot fill the screens.",
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
    reason: "A client that comes too soon waits at the prompt. This machine itself is exempt.",
  },
} as const satisfies Record<string, Option>;
