/** What can happen to natters, and to their way to Redis. */
import type { Random } from "../soak/random.ts";
import { LEASE_MS, type Natter } from "./natter.ts";
import type { Cluster } from "./cluster.ts";
import { Crowd } from "./crowd.ts";
import type { Scene } from "./scenes.ts";

const stalled =
  (ms: number): Scene =>
  async ({ running }, random) => {
    const natter = random.pick(running);
    natter.signal("SIGSTOP");
    await Bun.sleep(ms);
    natter.signal("SIGCONT");
  };

/** So many people, beside the usual ones, on all natters together. */
const CROWD = 1_000;

async function kill(natter: Natter): Promise<void> {
  natter.signal("SIGKILL");
  await natter.program.exited;
}

/** Long enough for a natter's lease to run out, and for another to notice. */
const REAPED_MS = 1.6 * LEASE_MS;

/** A natter is told to stop, and its people come to another one under their names. */
async function moveHouse(cluster: Cluster, random: Random, folder?: string): Promise<void> {
  const natter = random.pick(cluster.running);
  const names = cluster.peopleOf(natter).map(({ name }) => name);
  for (const name of names) cluster.contested.add(name);
  const replacement = await cluster.startNatter(folder);
  natter.signal("SIGTERM");
  await natter.program.exited;
  for (const name of names) await cluster.join(replacement, name);
}

export const NODE_SCENES: Readonly<Record<string, Scene>> = {
  "kill -9 of a natter": async ({ running }, random) => {
    await kill(random.pick(running));
    await Bun.sleep(REAPED_MS);
  },
  "kill -9 of all natters": async (cluster) => {
    const before = cluster.running;
    await Promise.all(before.map(kill));
    for (const _ of before) await cluster.startNatter();
    await cluster.fill(before.length, 3);
    await Bun.sleep(REAPED_MS);
  },
  "a natter stopped for less than its lease": stalled(LEASE_MS / 2),
  "a natter stopped for more than its lease": stalled(2 * LEASE_MS),
  "a natter stopped while its names are taken": async (cluster, random) => {
    const natter = random.pick(cluster.running);
    const other = cluster.running.find((another) => another !== natter) ?? natter;
    const names = cluster.peopleOf(natter).map(({ name }) => name);
    for (const name of names) cluster.contested.add(name);
    natter.signal("SIGSTOP");
    await Bun.sleep(2 * LEASE_MS);
    for (const name of names) await cluster.join(other, name);
    await Bun.sleep(LEASE_MS / 4);
    natter.signal("SIGCONT");
  },
  "a proxy cuts": async ({ running }, random) => {
    const { proxy } = random.pick(running);
    for (let times = 0; times < 20; times++) {
      proxy.cut();
      await Bun.sleep(random.between(1, 400));
    }
  },
  "a proxy lets nobody in for more than the lease": async ({ running }, random) => {
    const { proxy } = random.pick(running);
    proxy.mode = "cut";
    await Bun.sleep(2 * LEASE_MS);
    proxy.mode = "pass";
  },
  "a proxy swallows": async ({ running }, random) => {
    const { proxy } = random.pick(running);
    proxy.mode = "swallow";
    await Bun.sleep(random.between(500, 3 * LEASE_MS));
    proxy.mode = "pass";
  },
  "a proxy swallows replies": async ({ running }, random) => {
    const { proxy } = random.pick(running);
    for (let times = 0; times < 3; times++) {
      proxy.losesReplies = true;
      await Bun.sleep(random.between(1, 1.5 * LEASE_MS));
      proxy.losesReplies = false;
    }
  },
  "a proxy delivers late what natter has sent again": async ({ running }, random) => {
    const { proxy } = random.pick(running);
    for (let times = 0; times < 2; times++) {
      proxy.hold();
      // By then natter has given up, and is connected anew.
      await Bun.sleep(1.5 * LEASE_MS);
      proxy.release();
      await Bun.sleep(random.between(100, 500));
    }
  },
  "all proxies delay by 100 ms": async ({ running }) => {
    for (const { proxy } of running) proxy.delayMs = 100;
    await Bun.sleep(LEASE_MS);
    for (const { proxy } of running) proxy.delayMs = 0;
  },
  "SIGTERM and people come back elsewhere": (cluster, random) => moveHouse(cluster, random),
  "two builds in one room": (cluster, random) => {
    return moveHouse(cluster, random, cluster.otherBuild);
  },
  "eight natters of which three are killed": async (cluster, random) => {
    await cluster.fill(8, 2);
    await Bun.sleep(LEASE_MS / 2);
    const doomed = random.shuffled(cluster.running).slice(0, 3);
    await Promise.all(doomed.map(kill));
    await Bun.sleep(REAPED_MS);
  },
  "a natter starts without Redis": async (cluster) => {
    await cluster.redis.stop();
    const natter = await cluster.startNatter();
    await cluster.join(natter);
    await Bun.sleep(LEASE_MS);
    await cluster.redis.start();
  },
  "many people claim their names again": async (cluster) => {
    const crowd = await Crowd.join(cluster.running, CROWD);
    await cluster.redis.send("FLUSHALL");
    const isClaimed = async () => {
      return (await cluster.redis.send<number>("HLEN", "natter:{main}:names")) >= CROWD;
    };
    while (!(await isClaimed())) await Bun.sleep(20);
    await cluster.untilCounts((count) => count >= CROWD);
    crowd.leave();
    await cluster.untilCounts((count) => count < CROWD / 2);
  },
};
