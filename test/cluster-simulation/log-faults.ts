/** What happens to the log as a whole. */
import type { LogServer } from "./log-server.ts";
import { KEYS } from "./log-state.ts";
import type { Action } from "./script.ts";
import type { ClusterTally } from "./tally.ts";
import type { World } from "./world.ts";

const DEEDS = ["stall log", "be away", "wipe", "wipe all", "restart", "fail over", "trim"] as const;

export type LogFault = Extract<Action, { do: (typeof DEEDS)[number] }>;

export function isLogFault(action: Action): action is LogFault {
  return DEEDS.some((deed) => deed === action.do);
}

export function disturbLog(
  action: LogFault,
  server: LogServer,
  { world, tally, leaseMs }: { world: World; tally: ClusterTally; leaseMs: number },
): void {
  switch (action.do) {
    case "stall log":
      if (action.ms > leaseMs) tally.add("the log stands still for longer than a lease");
      else tally.add("the log stands still for less than a lease");
      return server.stall(action.ms);
    case "be away":
      tally.add("the log is away");
      server.isAway = true;
      server.cut();
      return world.after(action.ms, () => (server.isAway = false));
    case "wipe":
      tally.add(`${action.key} is wiped`);
      return server.wipe([action.key]);
    case "wipe all":
      tally.add("everything is wiped");
      return server.wipe(KEYS);
    case "restart":
      tally.add("the log starts again");
      return server.restart();
    case "fail over":
      if (action.lost > 0) tally.add("the last writes are lost");
      else tally.add("nothing is lost with the old log");
      return server.failOver(action.lost);
    case "trim":
      tally.add("the log is trimmed");
      return server.trim(action.kept);
    default:
      action satisfies never;
  }
}
