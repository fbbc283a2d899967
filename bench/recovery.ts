/**
 * How long it takes until a room is whole again whose Redis has lost everything, or was started again. All
 * people must still be there. How many notices they are shown meanwhile is counted.
 */
import { clockMs } from "./clock.ts";
import type { Figures } from "./columns.ts";
import type { Remote } from "./remote.ts";
import type { Running } from "./running-server.ts";
import type { Visitors } from "./visitors.ts";
import type { Recovery } from "./workloads.ts";

export async function recover(
  { people, fault }: Recovery,
  { redis }: Running,
  visitors: Remote<Visitors>,
): Promise<Figures> {
  if (redis === undefined) throw new Error("there is no Redis that could fail");
  await visitors.call("open");
  await redis.untilNamed(1);
  const joinMs = await visitors.call("arrive");
  const noticesBefore = await visitors.call("countNotices");

  await (fault === "flush" ? redis.flush() : redis.restart());
  const startMs = clockMs();
  const sinceStart = () => clockMs() - startMs;
  const [heardMs, namesMs] = await Promise.all([
    visitors.call("callAll").then(sinceStart),
    // The first person is there besides.
    redis.untilNamed(people + 1).then(sinceStart),
  ]);
  const notices = (await visitors.call("countNotices")) - noticesBefore;
  const joinsPerSecond = (people / joinMs) * 1_000;
  return { joinMs, joinsPerSecond, heardMs, namesMs, noticesEach: notices / people };
}
