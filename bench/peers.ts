/** The servers that are measured: how each is started, and its dialect. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeCertificate, makeDhParameters, type Certificate } from "./certificate.ts";
import type { DialectName } from "./dialects.ts";
import { REDIS_PROGRAM } from "./running-redis.ts";
import { socketIn, type WayName } from "./way.ts";

export interface Peer {
  readonly name: string;
  readonly dialect: DialectName;
  /** How people get in, if not over plain TCP. */
  readonly way?: WayName;
  /** The programs that it needs beside Bun. */
  readonly programs?: readonly string[];
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
const NGIRCD = `[Global]
Name = bench.test
Info = bench
Listen = 127.0.0.1
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

const NGIRCD_PLAIN = (port: number) => `[Global]
Ports = ${port}
`;

const NGIRCD_TLS = (port: number, { cert, key }: Certificate, dh: string) => `[SSL]
CertFile = ${cert}
KeyFile = ${key}
DHFile = ${dh}
Ports = ${port}
`;

const NATTER_PROGRAM = [BUN, "run", join(ROOT, "index.ts")];

/** natter with these flags. */
export const natter = (...flags: string[]): Peer => ({
  name: NATTER,
  dialect: "howto",
  command: (port) => [...NATTER_PROGRAM, "--port", String(port), ...flags],
});

const ncat = (port: number, ...flags: string[]) => [
  ...["ncat", "--listen", "--chat", "--max-conns", "12000", ...flags],
  ...["127.0.0.1", String(port)],
];

/** @param ports the settings that say where it listens */
function ngircd(folder: string, ports: string): string[] {
  const config = join(folder, "ngircd.conf");
  writeFileSync(config, NGIRCD + ports);
  return ["ngircd", "--nodaemon", "--config", config];
}

/** Servers that people get into in other ways, named by those. */
export const WAYS: readonly Peer[] = [
  {
    name: "natter, TLS",
    dialect: "howto",
    way: "tls",
    programs: ["openssl"],
    command(port, folder) {
      const { cert, key } = makeCertificate(folder);
      const flags = ["--listen", `tls://127.0.0.1:${port}`, "--tls-cert", cert, "--tls-key", key];
      return [...NATTER_PROGRAM, ...flags, "--line-rate", "0"];
    },
  },
  {
    name: "natter, unix",
    dialect: "howto",
    way: "unix",
    command(_, folder) {
      return [...NATTER_PROGRAM, "--listen", `unix://${socketIn(folder)}`, "--line-rate", "0"];
    },
  },
  {
    name: "ncat --ssl --chat",
    dialect: "ncat",
    way: "tls",
    programs: ["ncat", "openssl"],
    command(port, folder) {
      const { cert, key } = makeCertificate(folder);
      return ncat(port, "--ssl", "--ssl-cert", cert, "--ssl-key", key);
    },
  },
  {
    name: "ngircd, TLS",
    dialect: "irc",
    way: "tls",
    programs: ["ngircd", "openssl"],
    command(port, folder) {
      const settings = NGIRCD_TLS(port, makeCertificate(folder), makeDhParameters(folder));
      return ngircd(folder, settings);
    },
  },
];

/** So many natters that are one room. */
const cluster = (servers: number): Peer => ({
  ...natter(),
  name: clusterName(servers),
  programs: [REDIS_PROGRAM],
  servers,
});

export const clusterName = (servers: number) => `natter, cluster of ${servers}`;

/** How many servers the clusters have that are measured. */
export const CLUSTER_SIZES = [1, 2, 4] as const;

/** What natter is compared with only in the workloads that name them. */
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
  ...WAYS,
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
    programs: ["node"],
    command: (port) => ["node", join(PEERS, "node-net.mjs"), String(port)],
  },
  {
    name: "asyncio",
    dialect: "howto",
    programs: ["python3"],
    command: (port) => ["python3", join(PEERS, "asyncio_chat.py"), String(port)],
  },
  {
    name: "ncat --chat",
    dialect: "ncat",
    programs: ["ncat"],
    command: (port) => ncat(port),
  },
  {
    name: "ngircd",
    dialect: "irc",
    programs: ["ngircd"],
    command: (port, folder) => ngircd(folder, NGIRCD_PLAIN(port)),
  },
];
