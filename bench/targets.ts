/** The targets for natter, as ratios within one run. */
import type { Column } from "./columns.ts";
import { clusterName, NATTER, WRITE_PER_LINE } from "./peers.ts";

/** The median of a figure, NaN if there is none. */
export type Look = (workload: string, peer: string, column: Column) => number;

export interface Target {
  readonly about: string;
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly measured: (look: Look) => number;
}

/** natter's figure, as a multiple of another server's. */
const times = (workload: string, peer: string, column: Column) => (look: Look) =>
  look(workload, NATTER, column) / look(workload, peer, column);

const speed = (workload: string, peer: string, atLeast: number): Target => ({
  about: `${workload}: deliveries/s, times ${peer}'s`,
  atLeast,
  measured: times(workload, peer, "deliveriesPerSecond"),
});

const storm = (workload: string): Target => ({
  about: `${workload}: time to join without pacing, times that with it`,
  atLeast: 10,
  measured: (look) =>
    look(workload, "natter, unpaced", "joinMs") / look(workload, NATTER, "joinMs"),
});

/** How much longer than by a server alone lines take from one server of a cluster to another, in milliseconds. */
const longer = (servers: number, column: "p50Ms" | "p99Ms", atMost: number): Target => ({
  about: `cluster-200: ${column.slice(0, 3)} to another of ${servers} servers beyond one's own, ms`,
  atMost,
  measured: (look) =>
    look("cluster-200", clusterName(servers), column) - look("cluster-200", NATTER, column),
});

const dearer = (workload: string, servers: number): Target => ({
  about: `${workload}: CPU each in a cluster of ${servers}, times that alone`,
  atMost: 1.3,
  measured: (look) =>
    look(workload, clusterName(servers), "cpuNsPerDelivery") /
    look(workload, NATTER, "cpuNsPerDelivery"),
});

export const TARGETS: readonly Target[] = [
  speed("talk-200", "asyncio", 100),
  speed("talk-200", WRITE_PER_LINE, 25),
  speed("talk-200", "ngircd", 4),
  {
    about: `talk-200: CPU each, by what ${WRITE_PER_LINE} takes for a line`,
    atMost: 150 / 5_000,
    measured: (look) =>
      look("talk-200", NATTER, "cpuNsPerDelivery") /
      look("ping", WRITE_PER_LINE, "cpuNsPerDelivery"),
  },
  {
    about: "talk-1000: CPU each, by that of talk-200",
    atMost: 1,
    measured: (look) =>
      look("talk-1000", NATTER, "cpuNsPerDelivery") / look("talk-200", NATTER, "cpuNsPerDelivery"),
  },
  speed("stream", WRITE_PER_LINE, 15),
  {
    about: `ping: CPU each, times ${WRITE_PER_LINE}'s`,
    atMost: 1.15,
    measured: times("ping", WRITE_PER_LINE, "cpuNsPerDelivery"),
  },
  {
    about: `steady: p99, times ${WRITE_PER_LINE}'s`,
    atMost: 1,
    measured: times("steady", WRITE_PER_LINE, "p99Ms"),
  },
  {
    about: "flood of dear lines: p99 of a pair elsewhere, ms",
    atMost: 100,
    measured: (look) => look("flood", "natter, 5 ms a line", "p99Ms"),
  },
  storm("storm"),
  storm("storm-in-turn"),
  {
    about: "stalled: deliveries/s, by those of talk-200",
    atLeast: 0.95,
    measured: (look) =>
      look("stalled", NATTER, "deliveriesPerSecond") /
      look("talk-200", NATTER, "deliveriesPerSecond"),
  },
  {
    about: "idle-prompt: KiB a client",
    atMost: 2.5,
    measured: (look) => look("idle-prompt", NATTER, "kibPerClient"),
  },
  {
    about: "idle-room: KiB a client",
    atMost: 8,
    measured: (look) => look("idle-room", NATTER, "kibPerClient"),
  },
  {
    about: "defaults: CPU each, by that without them",
    atMost: 1.05,
    measured: (look) =>
      look("defaults", "natter, defaults", "cpuNsPerDelivery") /
      look("defaults", NATTER, "cpuNsPerDelivery"),
  },
  ...[2, 4].flatMap((servers) => [
    longer(servers, "p50Ms", 2),
    longer(servers, "p99Ms", 10),
    dearer("cluster-talk", servers),
    dearer("cluster-talk-1000", servers),
  ]),
];
