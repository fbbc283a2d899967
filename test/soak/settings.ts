/** The settings of the server: short times and small limits, so that each is reached again and again. */
import type { ChatServerOptions } from "../../lib/server.ts";

export const LINE_LIMIT_BYTES = 16_384;
export const MAX_CLIENTS = 64;
export const MAX_CLIENTS_PER_ADDRESS = 12;

/** Limits that the witnesses must never reach, however busy the machine is. */
export const SETTINGS = {
  hostname: "127.0.0.1",
  port: 0,
  maxClients: MAX_CLIENTS,
  maxClientsPerAddress: MAX_CLIENTS_PER_ADDRESS,
  keepAliveMs: 1_000,
  idleTimeoutMs: 2_500,
  nameTimeoutMs: 1_500,
  stallTimeoutMs: 1_500,
  closeTimeoutMs: 700,
  // Four readers that do not read reach the limit for all queues.
  queueLimitBytes: 262_144,
  totalQueueLimitBytes: 1_048_576,
  lineLimitBytes: LINE_LIMIT_BYTES,
  lineBurst: 200,
  lineRate: 4_000,
  joinBurst: 10,
  joinRate: 20,
  history: 5,
  greeting: true,
  idleWarningMs: 1_000,
} as const satisfies ChatServerOptions;
