import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Settings } from "../options/settings.ts";
import type { Journal, JournalHost } from "../room/journal.ts";
import { ClusterJournal } from "./cluster-journal.ts";
import { RedisLog } from "./redis-log.ts";

/** The name of a server is new with each start, so that nobody takes it for the one before. */
const NODE_BYTES = 8;

/**
 * What makes the journal of the cluster that `settings` name; or undefined, if they name none.
 *
 * @throws {Error} the file with the URL cannot be read, with the system's `code` and `path`
 * @throws {RangeError} the URL is none of Redis
 */
export function joinCluster(settings: Settings): ((host: JournalHost) => Journal) | undefined {
  const { room, clusterLeaseMs: leaseMs, history } = settings;
  const url = clusterUrlOf(settings);
  if (url === undefined) return undefined;
  const node = randomBytes(NODE_BYTES).toString("hex");
  const log = new RedisLog({ url, room, node, leaseMs });
  return (host) => new ClusterJournal(log, host, { node, leaseMs, history });
}

/**
 * The URL of the cluster that `settings` name; or undefined, if they name none.
 *
 * @throws {Error} the file with the URL cannot be read, with the system's `code` and `path`
 * @throws {RangeError} the URL is none of Redis
 */
export function clusterUrlOf(
  settings: Pick<Settings, "cluster" | "clusterFile">,
): string | undefined {
  const { cluster, clusterFile } = settings;
  const url = clusterFile === "" ? cluster : readFileSync(clusterFile, "utf8").trim();
  if (url === "" && clusterFile === "") return undefined;
  if (isRedisUrl(url)) return url;
  const where = clusterFile === "" ? "cluster" : `the URL in ${clusterFile}`;
  // It may have a password, so it is not repeated.
  throw new RangeError(`${where} is no URL such as redis://HOST:6379/0 or rediss://HOST/0.`);
}

function isRedisUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return (protocol === "redis:" || protocol === "rediss:") && hostname !== "";
}
