/**
 * How long it takes until a room is whole again whose Redis has lost everything, or was started again. All
 * people must still be there, and nobody may be told that somebody has joined or left.
 */
import { clockMs } from "./clock.ts";
import type { Figures } from "./columns.ts";
import type { Remote } from "./remote.ts";
import type { RunningRedis } from "./running-redis.ts";
import type { Running } from "./running-server.ts";
import type { Visitors } from "./visitors.ts";
import type { Recovery } from "./workloads.ts";

/** How often the names in Redis are counted, in milliseconds. */
const COUNT_MS = 5;

export async function recover(
  { people, fault }: Recovery,
  { redis }: Running,
  visitors: Remote<Visitors>,
): Promise<Figures> {
  if (redis === undefined) throw new Error("there is no Redis that could fail");
  await visitors.call("open");
  const joinMs = await visitors.call("arrive");
  const noticesBefore = await visitors.call("countNotices");

  await (fault === "flush" ? redis.flush() : redis.restart());
  const startMs = clockMs();
  const sinceStart = () => clockMs() - startMs;
  const [heardMs, namesMs] = await Promise.all([
    visitors.call("callAll").then(sinceStart),
    // The first person is there besides.
    untilNamed(redis, people + 1).then(sinceStart),
  ]);
  if ((await visitors.call("countNotices")) !== noticesBefore)
    throw new Error("people were told that somebody joined or left");
  return { joinMs, joinsPerSecond: (people / joinMs) * 1_000, heardMs, namesMs };
}

/** Resolves when so many people have a name in Redis. */
async function untilNamed(redis: RunningRedis, people: number): Promise<void> {
  while ((await redis.countPeople()) < people) await Bun.sleep(COUNT_MS);
}
