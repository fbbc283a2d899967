import type { Figures } from "./columns.ts";
import type { RunningRedis } from "./running-redis.ts";
import { cpuNs } from "./usage.ts";

/** What Redis does while people talk. */
export class RedisWork {
  readonly #redis: RunningRedis;
  readonly #scripts: number;
  readonly #cpuNs: number;

  private constructor(redis: RunningRedis, scripts: number) {
    this.#redis = redis;
    this.#scripts = scripts;
    this.#cpuNs = cpuNs(redis.pid);
  }

  /** Begins to watch it, if there is one. */
  static async begin(redis: RunningRedis | undefined): Promise<RedisWork | undefined> {
    return redis && new RedisWork(redis, await redis.countScripts());
  }

  async perLine(lines: number): Promise<Figures> {
    const cpu = cpuNs(this.#redis.pid) - this.#cpuNs;
    const scripts = (await this.#redis.countScripts()) - this.#scripts;
    return { redisUsPerLine: cpu / lines / 1_000, linesPerTurn: lines / scripts };
  }
}
