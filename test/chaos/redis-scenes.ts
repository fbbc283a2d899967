/** What can happen to Redis. */
import type { Cluster } from "./cluster.ts";
import { LEASE_MS } from "./natter.ts";
import { Redis } from "./redis.ts";
import type { Scene } from "./scenes.ts";

/** What there is under the room's name. */
const KEYS = ["log", "names", "people", "spoke", "nodes", "meta"] as const;
const keyOf = (name: string) => `natter:{main}:${name}`;

const down =
  (ms: number, signal: "SIGTERM" | "SIGKILL"): Scene =>
  async ({ redis }) => {
    await redis.stop(signal);
    await Bun.sleep(ms);
    await redis.start();
  };

const stalled =
  (ms: number): Scene =>
  async ({ redis }) => {
    redis.signal("SIGSTOP");
    await Bun.sleep(ms);
    redis.signal("SIGCONT");
  };

async function deleteKeys({ redis }: Cluster, name: string): Promise<void> {
  const keys =
    name === "inbox" ? await redis.send<string[]>("KEYS", keyOf("inbox:*")) : [keyOf(name)];
  if (keys.length > 0) await redis.send("DEL", ...keys);
}

const deletions = Object.fromEntries(
  [...KEYS, "inbox"].map((name): [string, Scene] => [
    `DEL of ${name}`,
    async (cluster, random) => {
      for (let times = random.between(1, 3); times > 0; times--) {
        await deleteKeys(cluster, name);
        await Bun.sleep(random.between(5, 700));
      }
    },
  ]),
);

async function killClients({ redis }: Cluster): Promise<void> {
  await redis.send("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
}

/** A replica of Redis that has all that it holds now. */
async function replicate({ redis, program }: Cluster): Promise<Redis> {
  const replica = await Redis.start({ program });
  await replica.send("REPLICAOF", "127.0.0.1", `${redis.port}`);
  const isSynced = async () =>
    (await replica.send<string>("INFO", "replication")).includes("link_status:up");
  while (!(await isSynced())) await Bun.sleep(50);
  return replica;
}

export const REDIS_SCENES: Readonly<Record<string, Scene>> = {
  "Redis down for 0.5 s": down(500, "SIGTERM"),
  "Redis killed and down for 0.5 s": down(500, "SIGKILL"),
  "Redis down for 4 s": down(4_000, "SIGTERM"),
  "Redis down for 60 s": down(60_000, "SIGTERM"),
  "Redis stopped for less than the lease": stalled(LEASE_MS / 2),
  "Redis stopped for more than the lease": stalled(2.5 * LEASE_MS),
  FLUSHALL: async ({ redis }) => {
    await redis.send("FLUSHALL");
  },
  "FLUSHALL in a loop": async ({ redis }, random) => {
    for (let times = 0; times < 5; times++) {
      await redis.send("FLUSHALL");
      await Bun.sleep(random.between(1, 600));
    }
  },
  ...deletions,
  "CLIENT KILL in a loop": async (cluster, random) => {
    for (let times = 0; times < 20; times++) {
      await killClients(cluster);
      await Bun.sleep(random.between(1, 300));
    }
  },
  "XTRIM with a stopped natter": async ({ redis, running }, random) => {
    const natter = random.pick(running);
    natter.signal("SIGSTOP");
    await Bun.sleep(LEASE_MS / 3);
    await redis.send("XTRIM", keyOf("log"), "MAXLEN", "1");
    natter.signal("SIGCONT");
  },
  "a replica is promoted": async (cluster) => {
    const replica = await replicate(cluster);
    await replica.send("REPLICAOF", "NO", "ONE");
    await cluster.redis.stop("SIGKILL");
    cluster.useRedis(replica);
  },
  "a replica is promoted that missed the last writes": async (cluster, random) => {
    const replica = await replicate(cluster);
    await replica.send("REPLICAOF", "NO", "ONE");
    await Bun.sleep(random.between(50, 800));
    await cluster.redis.stop("SIGKILL");
    cluster.useRedis(replica);
  },
  "two live primaries": async (cluster) => {
    const replica = await replicate(cluster);
    await replica.send("REPLICAOF", "NO", "ONE");
    const { proxy } = cluster.running[0] ?? cluster.natters[0] ?? never();
    proxy.target = replica.port;
    await Bun.sleep(2 * LEASE_MS);
    proxy.target = cluster.redis.port;
    await replica[Symbol.asyncDispose]();
  },
  "memory full": async ({ redis }, random) => {
    await redis.send("CONFIG", "SET", "maxmemory", "100kb");
    await Bun.sleep(random.between(200, 2 * LEASE_MS));
    await redis.send("CONFIG", "SET", "maxmemory", "0");
  },
};

function never(): never {
  throw new Error("there is no natter");
}
