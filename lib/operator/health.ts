/** Whether the server does what it is there for, as `/healthz` says it. */
import type { LogState } from "./log-state.ts";

export interface Condition {
  readonly isStopping: boolean;
  /** Whether the servers of a room have lost touch. */
  readonly isAway: boolean;
  readonly log: Pick<LogState, "isFailing"> | undefined;
}

/** 503 is for what sends people here. Where the room only limps, it is 200: a restart would send everybody home. */
export interface Health {
  readonly status: 200 | 503;
  readonly text: string;
}

export function healthOf({ isStopping, isAway, log }: Condition): Health {
  if (isStopping) return { status: 503, text: "stopping" };
  const troubles: string[] = [];
  if (isAway) troubles.push("Redis is away, and what people say waits");
  if (log?.isFailing) troubles.push("the log cannot be written");
  const text = troubles.length === 0 ? "ok" : `degraded: ${troubles.join("; ")}`;
  return { status: 200, text };
}
