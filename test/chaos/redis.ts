/** A real Redis, or Valkey, in a folder of its own on a port that was free. What it holds outlives a restart. */
import { RedisClient } from "bun";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";

/** Whether this machine has such a program. */
export const hasProgram = (name: string): boolean => Bun.which(name) !== null;

/** For the name of a test that needs it. */
export const HAS_REDIS = hasProgram("redis-server");
export const REDIS_NOTE = HAS_REDIS ? "" : ": skipped, needs redis-server";

/** How long it may take to start, in milliseconds, and how often one looks. */
const START_TIMEOUT_MS = 20_000;
const LOOK_MS = 10;

export interface RedisOptions {
  readonly program?: string;
  /** Added to its command line. */
  readonly flags?: readonly string[];
  /** It listens for TLS alone. */
  readonly isTls?: boolean;
}

export class Redis implements AsyncDisposable {
  readonly port = freePort();
  readonly #folder = mkdtempSync(`${tmpdir()}/natter-redis-`);
  readonly #options: RedisOptions;
  #process: Bun.Subprocess | undefined;

  private constructor(options: RedisOptions) {
    this.#options = options;
  }

  static async start(options: RedisOptions = {}): Promise<Redis> {
    const redis = new Redis(options);
    await redis.start();
    return redis;
  }

  /** With a name and a password if there are, as `name:password`. */
  url(user = ""): string {
    const scheme = this.#options.isTls ? "rediss" : "redis";
    return `${scheme}://${user === "" ? "" : `${user}@`}127.0.0.1:${this.port}/0`;
  }

  /** Starts it, with what it held before. */
  async start(): Promise<void> {
    const { program = "redis-server", flags = [], isTls } = this.#options;
    const port = isTls ? ["--port", "0", "--tls-port"] : ["--port"];
    const files = ["--dir", this.#folder, "--appendonly", "yes", "--save", ""];
    const command = [program, ...port, `${this.port}`, "--bind", "127.0.0.1", ...files, ...flags];
    this.#process = Bun.spawn(command, { stdin: "ignore", stdout: "ignore", stderr: "ignore" });
    const startMs = performance.now();
    while (!(await this.#isUp())) {
      if (performance.now() - startMs > START_TIMEOUT_MS) throw new Error(`${program} is not up`);
      await Bun.sleep(LOOK_MS);
    }
  }

  /** Ends it: with SIGTERM it writes all that it holds first. */
  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    this.signal("SIGCONT");
    this.signal(signal);
    await this.#process?.exited;
    this.#process = undefined;
  }

  signal(signal: NodeJS.Signals): void {
    this.#process?.kill(signal);
  }

  /** Asks it something, over a connection of its own. */
  async send<Reply>(command: string, ...words: string[]): Promise<Reply> {
    const client = new RedisClient(`redis://127.0.0.1:${this.port}/0`, { autoReconnect: false });
    try {
      return (await client.send(command, words)) as Reply;
    } finally {
      client.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop("SIGKILL");
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Whether it answers and has read its files; one that wants TLS or a password answers too. */
  async #isUp(): Promise<boolean> {
    if (this.#options.isTls) return await canConnect(this.port);
    try {
      return (await this.send<string>("PING")) === "PONG";
    } catch (error) {
      return /NOAUTH|WRONGPASS|AUTH/.test(String(error));
    }
  }
}

async function canConnect(port: number): Promise<boolean> {
  try {
    const socket = await Bun.connect({ hostname: "127.0.0.1", port, socket: { data() {} } });
    socket.terminate();
    return true;
  } catch {
    return false;
  }
}

/** Nobody else on this machine is likely to take it meanwhile. */
function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = listener;
  listener.stop(true);
  return port;
}
