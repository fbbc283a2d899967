/** The servers that are measured: how each is started, and its dialect. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DialectName } from "./dialects.ts";

export interface Peer {
  readonly name: string;
  readonly dialect: DialectName;
  /** A program that it needs beside Bun. */
  readonly program?: string;
  /** Its command line. `folder` is a temporary folder of its own, and `port` is a free port. */
  readonly command: (port: number, folder: string) => string[];
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

/** A server that has been started on a port of its own. */
export class RunningPeer implements AsyncDisposable {
  readonly port: number;
  readonly dialect: DialectName;
  readonly #process: Bun.Subprocess;
  readonly #folder: string;

  private constructor(peer: Peer, port: number, process: Bun.Subprocess, folder: string) {
    this.port = port;
    this.dialect = peer.dialect;
    this.#process = process;
    this.#folder = folder;
  }

  /** @param pin what to put before its command line */
  static async start(peer: Peer, pin: readonly string[] = []): Promise<RunningPeer> {
    const port = freePort();
    const folder = mkdtempSync(join(tmpdir(), "natter-bench-"));
    const process = Bun.spawn([...pin, ...peer.command(port, folder)], {
      stdin: "ignore",
      stdout: "ignore",
      stderr: "ignore",
    });
    const running = new RunningPeer(peer, port, process, folder);
    try {
      await running.#isListening();
    } catch (error) {
      await running[Symbol.asyncDispose]();
      throw error;
    }
    return running;
  }

  get pid(): number {
    return this.#process.pid;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.exited;
    rmSync(this.#folder, { recursive: true });
  }

  async #isListening(): Promise<void> {
    for (let attempt = 0; attempt < 100 && this.#process.exitCode === null; attempt++) {
      try {
        const socket = await Bun.connect({
          hostname: "127.0.0.1",
          port: this.port,
          socket: { data() {} },
        });
        socket.terminate();
        return;
      } catch {
        await Bun.sleep(50);
      }
    }
    throw new Error("does not listen");
  }
}

function freePort(): number {
  const listener = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: { data() {}, drain() {} },
  });
  listener.stop(true);
  return listener.port;
}
