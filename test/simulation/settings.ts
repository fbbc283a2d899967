/** The kinds of server that are simulated: most limits so low that they are met. */
import { resolveOptions, type Settings } from "../../lib/options/settings.ts";
import { LINE_LIMIT_BYTES, MESSAGE_LIMIT_BYTES } from "./vocabulary.ts";

const BASE: Settings = {
  ...resolveOptions({}),
  lineLimitBytes: LINE_LIMIT_BYTES,
  messageLimitBytes: LINE_LIMIT_BYTES,
  idleTimeoutMs: 60_000,
  nameTimeoutMs: 20_000,
  stallTimeoutMs: 3_000,
  closeTimeoutMs: 2_000,
  maxClients: 9,
  maxClientsPerAddress: 4,
  lineBurst: 20,
  lineRate: 10,
  addressLineBurst: 30,
  addressLineRate: 15,
  joinBurst: 3,
  joinRate: 0.5,
};

/** A total limit as low as this is not for sale: no option accepts it. */
const TINY_TOTAL_BYTES = 9_000;

const FREE = { lineRate: 0, addressLineRate: 0 };
const ROOMY = { maxClients: 40, maxClientsPerAddress: 40, joinRate: 0 };
const TALKATIVE = {
  greeting: true,
  idleWarningMs: 40_000,
  messageLimitBytes: MESSAGE_LIMIT_BYTES,
};
const KEEPING = { history: 5, welcome: "Be kind.\n" };

/** Where time plays no part in how fast a client is read: real sockets can play along. */
const UNPACED: readonly Settings[] = [
  { ...BASE, ...FREE },
  { ...BASE, ...FREE, ...ROOMY, queueLimitBytes: 4_096 },
  { ...BASE, ...FREE, ...KEEPING, queueLimitBytes: 8_192 },
];

export const UNPACED_COUNT = UNPACED.length;

/** Scripts that are kept count on the order: append only. */
export const SETTINGS: readonly Settings[] = [
  ...UNPACED,
  BASE,
  { ...BASE, queueLimitBytes: 4_096 },
  { ...BASE, queueLimitBytes: 16_384, totalQueueLimitBytes: TINY_TOTAL_BYTES, ...FREE },
  { ...BASE, ...KEEPING, queueLimitBytes: 8_192 },
  { ...BASE, lineBurst: 3, joinBurst: 1, queueLimitBytes: 4_096 },
  { ...BASE, idleTimeoutMs: 0, nameTimeoutMs: 0, stallTimeoutMs: 0, queueLimitBytes: 4_096 },
  { ...BASE, ...TALKATIVE, history: 5 },
  { ...BASE, ...FREE, ...TALKATIVE, queueLimitBytes: 4_096 },
];

/**
 * Where the clients of a simulation are, and which of them count as one address. Append only, as
 * above.
 */
export const ADDRESSES = [
  { host: "127.0.0.1", origin: undefined },
  { host: "192.0.2.1", origin: "one" },
  { host: "192.0.2.2", origin: "two" },
  { host: "2001:db8::1", origin: "three" },
  { host: "2001:db8::2", origin: "three" },
] as const;
