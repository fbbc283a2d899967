/** What is measured: how many talk, to how many, and how. */
import { CLUSTER_SIZES, clusterName, WAYS } from "./peers.ts";

/** Some talk, and everybody else hears it. */
export interface Talk {
  readonly kind: "talk";
  readonly people: number;
  readonly talkers: number;
  /** The most lines that each talker says. */
  readonly lines: number;
  /** How many lines a talker may be ahead of what it has heard; or everyone, if it talks alone. */
  readonly window: number;
  /** Lines a second at fixed times, whether or not they are heard; 0 = no fixed times. */
  readonly linesPerSecond: number | "half of what the write-per-line server can";
  /** How many more do not read. */
  readonly stalled: number;
  /** How many times as long as other workloads it takes. */
  readonly stretch: number;
  /** How long people talk before that, in seconds, so that all servers have compiled what they need. */
  readonly warmUpSeconds?: number;
}

/** All come as fast as they can, and leave at once. */
export interface Storm {
  readonly kind: "storm";
  readonly people: number;
  /** How many come at a time. When one of them is in, the next one comes. */
  readonly arriving: number;
}

/** All connect and stay without a word. */
export interface Idle {
  readonly kind: "idle";
  readonly people: number;
  readonly arriving: number;
  readonly place: "prompt" | "room";
}

/** Some flood the chat with this line from a number of addresses, while two pairs talk. */
export interface Flood {
  readonly kind: "flood";
  readonly people: number;
  readonly addresses: number;
  readonly line: string;
}

/** All join. Then Redis loses everything, or is started again with its data. */
export interface Recovery {
  readonly kind: "recovery";
  readonly people: number;
  readonly arriving: number;
  readonly fault: "flush" | "restart";
}

export type Workload = (Talk | Storm | Idle | Flood | Recovery) & {
  readonly about: string;
  /** Variants of natter, and servers to compare them with, that it is measured with too. */
  readonly variants?: readonly string[];
  /** Whether it says nothing about other servers than those. */
  readonly isOnlyNatters?: boolean;
  /** Whether it can be measured only with several servers that are one room. */
  readonly isOnlyClusters?: boolean;
};

/** How many lines are in flight at a time where everybody is busy, however many people say them. */
const IN_FLIGHT = 1_000;

/** No more than the smallest backlog has space for (ngircd's 10). A client that finds no space waits long. */
const ARRIVING_MAX = 8;

const TALK = { kind: "talk", window: 1, linesPerSecond: 0, stalled: 0, stretch: 1 } as const;

/** Everyone says lines, and is at most some lines ahead of everyone else. */
const talk = (people: number) => ({
  ...TALK,
  about: `${people} people, and all of them talk`,
  people,
  talkers: people,
  window: Math.ceil(IN_FLIGHT / people),
  lines: Math.ceil(4_000_000 / people),
});

/**
 * Where lines are few, a server with much code is compiled for seconds. On its one core that delays lines. So people
 * talk this long before they are measured, in seconds.
 */
const WARM_UP_SECONDS = 6;

/** One talks, a hundred listen. */
const one = { ...TALK, people: 101, talkers: 1, lines: 2_000_000 };

const STORM = { kind: "storm", people: 2_000, variants: ["natter, unpaced"] } as const;

const FLOOD = {
  kind: "flood",
  line: "/msg nobody x",
  variants: ["natter, 5 ms a line"],
  isOnlyNatters: true,
} as const;

const WAY_NAMES = WAYS.map(({ name }) => name);

/** Over plain TCP there is only natter here. "talk-200" and "ping" have the others. */
const THROUGH_WAYS = { isOnlyNatters: true, variants: WAY_NAMES } as const;

/** These are for rooms of several servers. A server by itself is measured with them. */
const CLUSTERS = { isOnlyNatters: true, variants: CLUSTER_SIZES.map(clusterName) } as const;

/** Several servers that share a core take as many times as long to warm up. */
const WARM_CLUSTERS = { ...CLUSTERS, warmUpSeconds: 4 } as const;

const RECOVERY = {
  ...CLUSTERS,
  kind: "recovery",
  isOnlyClusters: true,
  people: 9_999,
  arriving: 64,
} as const;

export const WORKLOADS: Readonly<Record<string, Workload>> = {
  "talk-32": talk(32),
  "talk-200": talk(200),
  stalled: { ...talk(200), stalled: 20, about: "talk-200 with 20 more who do not read" },
  "talk-1000": talk(1_000),
  stream: { ...one, window: IN_FLIGHT, about: "one talks, 1,000 lines in flight, 100 listen" },
  ping: {
    ...one,
    stretch: 4,
    warmUpSeconds: WARM_UP_SECONDS,
    about: "one talks, one line in flight, 100 listen",
  },
  "ways-talk": {
    ...talk(200),
    ...THROUGH_WAYS,
    // ncat's chat takes all that it reads at a time for one line. With TLS such a talk hangs.
    variants: WAY_NAMES.filter((name) => !name.startsWith("ncat")),
    about: "talk-200 over TLS and unix sockets too",
  },
  "ways-ping": {
    ...one,
    ...THROUGH_WAYS,
    stretch: 4,
    warmUpSeconds: WARM_UP_SECONDS,
    about: "ping over TLS and unix sockets too",
  },
  steady: {
    ...talk(1_000),
    linesPerSecond: "half of what the write-per-line server can",
    stretch: 4,
    warmUpSeconds: WARM_UP_SECONDS,
    about: "1,000 people talk at fixed times, half as much as Bun.listen can relay",
  },
  defaults: {
    ...talk(200),
    linesPerSecond: 1_600,
    variants: ["natter, defaults"],
    isOnlyNatters: true,
    about: "200 people say 8 lines a second each, with every default on and without",
  },
  flood: {
    ...FLOOD,
    people: 64,
    addresses: 1,
    about: "two pairs talk while 64 clients of one address send dear lines",
  },
  "flood-10": {
    ...FLOOD,
    people: 640,
    addresses: 10,
    about: "the same with ten such addresses",
  },
  storm: {
    ...STORM,
    arriving: ARRIVING_MAX,
    about: "2,000 people join as fast as they can, then leave",
  },
  "storm-in-turn": {
    ...STORM,
    arriving: 1,
    about: "the same, but they join one after the other",
  },
  "idle-prompt": {
    kind: "idle",
    people: 9_999,
    arriving: ARRIVING_MAX,
    place: "prompt",
    about: "10,000 people connect and give no name",
  },
  "idle-room": {
    kind: "idle",
    people: 9_999,
    arriving: ARRIVING_MAX,
    place: "room",
    about: "10,000 people join and say nothing",
  },
  "cluster-200": {
    ...talk(200),
    ...WARM_CLUSTERS,
    linesPerSecond: 200,
    stretch: 4,
    about: "200 people on 1, 2 and 4 servers say 200 lines a second",
  },
  "cluster-talk": {
    ...talk(200),
    ...WARM_CLUSTERS,
    about: "the same people talk as fast as they can",
  },
  "cluster-talk-1000": {
    ...talk(1_000),
    ...WARM_CLUSTERS,
    about: "1,000 people on as many servers talk as fast as they can",
  },
  "cluster-storm": {
    ...STORM,
    ...CLUSTERS,
    arriving: ARRIVING_MAX,
    about: "2,000 people join there as fast as they can, then leave",
  },
  "cluster-flush": {
    ...RECOVERY,
    fault: "flush",
    about: "10,000 people are there when Redis loses everything",
  },
  "cluster-restart": {
    ...RECOVERY,
    fault: "restart",
    about: "10,000 people are there when Redis is started again",
  },
};
