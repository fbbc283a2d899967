/**
 * A redis-server that has been started for the benchmark, with its data in a temporary folder. It keeps a file of
 * what was written, as docs/scaling.md recommends.
 */
import { RedisClient } from "bun";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, spawnQuietly, untilListening } from "./running-server.ts";
import { wayTo } from "./way.ts";

export const REDIS_PROGRAM = "redis-server";

const CONFIG = [
  ...["--bind", "127.0.0.1", "--save", ""],
  ...["--appendonly", "yes", "--maxmemory-policy", "noeviction"],
];

/** How often it is tried whether it listens again after a restart, in milliseconds. */
const RETRY_MS = 5;

/** How often it is asked how many there are, in milliseconds. */
const COUNT_MS = 5;

/** The room that the servers share. */
export const ROOM = "bench";

export class RunningRedis implements AsyncDisposable {
  readonly url: string;
  readonly #port = freePort();
  readonly #folder = mkdtempSync(join(tmpdir(), "natter-bench-"));
  readonly #pin: readonly string[];
  #process!: Bun.Subprocess;
  #client!: RedisClient;

  private constructor(pin: readonly string[]) {
    this.#pin = pin;
    this.url = `redis://127.0.0.1:${this.#port}`;
  }

  /** @param pin what to put before its command line */
  static async start(pin: readonly string[] = []): Promise<RunningRedis> {
    const redis = new RunningRedis(pin);
    await redis.#start();
    return redis;
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** How often a script has run. Servers write by scripts, once for each turn. */
  async countScripts(): Promise<number> {
    const stats: string = await this.#client.send("INFO", ["commandstats"]);
    return Number(/^cmdstat_evalsha:calls=(\d+)/m.exec(stats)?.[1] ?? 0);
  }

  /** Resolves when so many servers take part in the room. */
  async untilServed(servers: number): Promise<void> {
    await this.#untilCounted("ZCARD", "nodes", servers);
  }

  /** Resolves when so many people have a name in the room. */
  async untilNamed(people: number): Promise<void> {
    // One field has no name.
    await this.#untilCounted("HLEN", "people", people + 1);
  }

  async flush(): Promise<void> {
    await this.#client.send("FLUSHALL", []);
  }

  /** Stops it and starts it again with its data. Resolves when it has read that. */
  async restart(): Promise<void> {
    await this.#stop();
    await this.#start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
    rmSync(this.#folder, { recursive: true });
  }

  async #start(): Promise<void> {
    const where = ["--port", String(this.#port), "--dir", this.#folder];
    this.#process = spawnQuietly([...this.#pin, REDIS_PROGRAM, ...where, ...CONFIG]);
    await untilListening(wayTo("plain", this.#port, ""), this.#process, RETRY_MS);
    this.#client = new RedisClient(this.url, { autoReconnect: false });
    while (!(await this.#isLoaded())) await Bun.sleep(RETRY_MS);
  }

  async #untilCounted(command: string, key: string, count: number): Promise<void> {
    while ((await this.#client.send(command, [`natter:{${ROOM}}:${key}`])) < count) {
      await Bun.sleep(COUNT_MS);
    }
  }

  async #isLoaded(): Promise<boolean> {
    const state: string = await this.#client.send("INFO", ["persistence"]);
    return /^loading:0/m.test(state);
  }

  async #stop(): Promise<void> {
    this.#client.close();
    this.#process.kill("SIGTERM");
    await this.#process.exited;
  }
}
