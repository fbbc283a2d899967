/** The faults. Each happens while people talk, and is healed when its function returns. */
import type { Random } from "../soak/random.ts";
import type { Cluster } from "./cluster.ts";
import { NODE_SCENES } from "./node-scenes.ts";
import { REDIS_SCENES } from "./redis-scenes.ts";

export type Scene = (cluster: Cluster, random: Random) => Promise<void>;

export const SCENES: Readonly<Record<string, Scene>> = {
  calm: () => Bun.sleep(1_500),
  ...REDIS_SCENES,
  ...NODE_SCENES,
};

/** These take so long that only long runs have them. */
export const LONG_SCENES: readonly string[] = ["Redis down for 60 s"];
