/** The servers that are measured: how each is started, and its dialect. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DialectName } from "./dialects.ts";
import { REDIS_PROGRAM } from "./running-redis.ts";

export interface Peer {
  readonly name: string;
  readonly dialect: DialectName;
  /** A program that it needs beside Bun. */
  readonly program?: string;
  /** Its command line. `folder` is a temporary folder of its own, and `port` is a free port. */
  readonly command: (port: number, folder: string) => string[];
  /** How many of it form one room over a Redis of their own; without this it is alone. */
  readonly servers?: number;
}

export const NATTER = "natter";
export const WRITE_PER_LINE = "Bun.listen";

const ROOT = join(import.meta.dir, "..");
const PEERS = join(import.meta.dir, "peers");
const BUN = process.execPath;

/** No limit is below what the largest workload needs, and nobody is slowed down. */
const NGIRCD = (port: number) => `[Global]
Name = bench.test
Info = bench
Listen = 127.0.0.1
Ports = ${port}
[Limits]
MaxConnections = 0
MaxConnectionsIP = 0
MaxPenaltyTime = 0
MaxNickLength = 9
[Options]
DNS = no
Ident = no
PAM = no
`;

/** natter with these flags. */
export const natter = (...flags: string[]): Peer => ({
  name: NATTER,
  dialect: "howto",
  command: (port) => [BUN, "run", join(ROOT, "index.ts"), "--port", String(port), ...flags],
});

/** So many natters that are one room. */
const cluster = (servers: number): Peer => ({
  ...natter(),
  name: clusterName(servers),
  program: REDIS_PROGRAM,
  servers,
});

export const clusterName = (servers: number) => `natter, cluster of ${servers}`;

/** How many servers the clusters have that are measured. */
export const CLUSTER_SIZES = [1, 2, 4] as const;

/** What natter is compared with in the workloads that name them. */
export const VARIANTS: readonly Peer[] = [
  { ...natter(), name: "natter, defaults" },
  {
    name: "natter, 5 ms a line",
    dialect: "howto",
    command: (port) => [BUN, "run", join(PEERS, "natter-dear-lines.ts"), String(port)],
  },
  {
    name: "natter, unpaced",
    dialect: "howto",
    command: (port) => [BUN, "run", join(PEERS, "natter-unpaced.ts"), String(port)],
  },
  ...CLUSTER_SIZES.map(cluster),
];

export const PEER_LIST: readonly Peer[] = [
  natter("--line-rate", "0"),
  {
    name: WRITE_PER_LINE,
    dialect: "howto",
    command: (port) => [BUN, "run", join(PEERS, "bun-listen.ts"), String(port)],
  },
  {
    name: "node:net",
    dialect: "howto",
    program: "node",
    command: (port) => ["node", join(PEERS, "node-net.mjs"), String(port)],
  },
  {
    name: "asyncio",
    dialect: "howto",
    program: "python3",
    command: (port) => ["python3", join(PEERS, "asyncio_chat.py"), String(port)],
  },
  {
    name: "ncat --chat",
    dialect: "ncat",
    program: "ncat",
    command: (port) => [
      "ncat",
      "--listen",
      "--chat",
      "--max-conns",
      "12000",
      "127.0.0.1",
      String(port),
    ],
  },
  {
    name: "ngircd",
    dialect: "irc",
    program: "ngircd",
    command(port, folder) {
      const config = join(folder, "ngircd.conf");
      writeFileSync(config, NGIRCD(port));
      return ["ngircd", "--nodaemon", "--config", config];
    },
  },
];
