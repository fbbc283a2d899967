/** Servers that have been started on free ports of this machine. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DialectName } from "./dialects.ts";
import type { Peer } from "./peers.ts";
import type { RunningRedis } from "./running-redis.ts";
import { wayTo, type Way } from "./way.ts";

/** What is measured: a server, or several that are one room. */
export interface Running extends AsyncDisposable {
  readonly dialect: DialectName;
  readonly ways: readonly Way[];
  readonly pids: readonly number[];
  /** What they share the room over. */
  readonly redis?: RunningRedis;
}

/** How often it is tried whether a server listens, and how long to wait in between, in milliseconds. */
const ATTEMPTS = 100;
const RETRY_MS = 50;

export class RunningServer implements Running {
  readonly port: number;
  readonly way: Way;
  readonly dialect: DialectName;
  readonly #process: Bun.Subprocess;
  readonly #folder: string;

  private constructor(peer: Peer, port: number, process: Bun.Subprocess, folder: string) {
    this.port = port;
    this.way = wayTo(peer.way ?? "plain", port, folder);
    this.dialect = peer.dialect;
    this.#process = process;
    this.#folder = folder;
  }

  /** @param pin what to put before its command line */
  static async start(peer: Peer, pin: readonly string[] = []): Promise<RunningServer> {
    const port = freePort();
    const folder = mkdtempSync(join(tmpdir(), "natter-bench-"));
    const process = spawnQuietly([...pin, ...peer.command(port, folder)]);
    const running = new RunningServer(peer, port, process, folder);
    try {
      await untilListening(running.way, process);
    } catch (error) {
      await running[Symbol.asyncDispose]();
      throw error;
    }
    return running;
  }

  get pid(): number {
    return this.#process.pid;
  }

  get ways(): readonly Way[] {
    return [this.way];
  }

  get pids(): readonly number[] {
    return [this.pid];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.exited;
    rmSync(this.#folder, { recursive: true });
  }
}

export function spawnQuietly(command: string[]): Bun.Subprocess {
  return Bun.spawn(command, { stdin: "ignore", stdout: "ignore", stderr: "ignore" });
}

/** @throws {Error} it has ended, or does not listen in time */
export async function untilListening(
  way: Way,
  process: Bun.Subprocess,
  retryMs = RETRY_MS,
): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS && process.exitCode === null; attempt++) {
    try {
      const socket = await Bun.connect({ ...(way as { unix: string }), socket: { data() {} } });
      socket.terminate();
      return;
    } catch {
      await Bun.sleep(retryMs);
    }
  }
  throw new Error("does not listen");
}

export function freePort(): number {
  const listener = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: { data() {}, drain() {} },
  });
  listener.stop(true);
  return listener.port;
}
