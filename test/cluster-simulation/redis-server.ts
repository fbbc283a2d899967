/** A real redis-server on a free port, which keeps nothing. */
import { RedisClient } from "bun";

export const REDIS_SERVER = Bun.which("redis-server");

/** How often one tries to connect until it is up, and how long in between, in milliseconds. */
const TRIES_MAX = 200;
const PAUSE_MS = 20;

export async function startRedis() {
  const port = freePort();
  const options = [
    "--port",
    String(port),
    "--bind",
    "127.0.0.1",
    "--save",
    "",
    "--appendonly",
    "no",
  ];
  const server = Bun.spawn([REDIS_SERVER ?? "", ...options], {
    stdout: "ignore",
    stderr: "ignore",
  });
  const url = `redis://127.0.0.1:${port}/0`;
  const client = await connected(url);
  return {
    url,
    client,
    async [Symbol.asyncDispose]() {
      client.close();
      server.kill();
      await server.exited;
    },
  };
}

async function connected(url: string): Promise<RedisClient> {
  for (let tries = 1; ; tries++) {
    const client = new RedisClient(url, { autoReconnect: false, enableOfflineQueue: false });
    try {
      await client.connect();
      return client;
    } catch (error) {
      client.close();
      if (tries === TRIES_MAX) throw error;
      await Bun.sleep(PAUSE_MS);
    }
  }
}

function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = listener;
  listener.stop();
  return port;
}
