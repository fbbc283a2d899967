import { pinServer, pinServers } from "./cores.ts";
import type { DialectName } from "./dialects.ts";
import { natter, type Peer } from "./peers.ts";
import { ROOM, RunningRedis } from "./running-redis.ts";
import { RunningServer, type Running } from "./running-server.ts";
import type { Way } from "./way.ts";

/** Several natters that are one room, and their Redis. */
export class RunningCluster implements Running {
  readonly dialect: DialectName = "howto";
  readonly redis: RunningRedis;
  readonly #servers: readonly RunningServer[];
  readonly #end: AsyncDisposableStack;

  private constructor(
    redis: RunningRedis,
    servers: readonly RunningServer[],
    end: AsyncDisposableStack,
  ) {
    this.redis = redis;
    this.#servers = servers;
    this.#end = end;
  }

  static async start(count: number): Promise<RunningCluster> {
    await using end = new AsyncDisposableStack();
    const redis = end.use(await RunningRedis.start(pinServers()));
    const flags = ["--line-rate", "0", "--cluster", redis.url, "--room", ROOM];
    const servers: RunningServer[] = [];
    while (servers.length < count) {
      servers.push(end.use(await RunningServer.start(natter(...flags), pinServers())));
    }
    await redis.untilServed(count);
    return new RunningCluster(redis, servers, end.move());
  }

  get ways(): readonly Way[] {
    return this.#servers.map(({ way }) => way);
  }

  get pids(): readonly number[] {
    return this.#servers.map(({ pid }) => pid);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#end.disposeAsync();
  }
}

/** Starts what a peer is: one server, or several with their Redis. */
export function start(peer: Peer): Promise<Running> {
  if (peer.servers !== undefined) return RunningCluster.start(peer.servers);
  return RunningServer.start(peer, pinServer());
}
