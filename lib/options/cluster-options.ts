/** The options for a room that several servers share. */
import type { Option } from "./option.ts";

export const CLUSTER_OPTIONS = {
  /** The Redis or Valkey through which servers share a room: `redis://HOST:PORT/DATABASE` or `rediss://`. */
  cluster: {
    kind: "text",
    flag: "cluster",
    group: "Many machines",
    needsRestart: true,
    placeholder: "URL",
    what: "a URL",
    isUrl: true,
    default: "",
    empty: "none",
    bytesMax: 4_096,
    about: "Share a room over this Redis (redis://HOST/0).",
    reason: "One machine is enough for most. Others can see a flag, so it takes no password.",
  },
  /** A file with that URL alone. Excludes `cluster`. */
  clusterFile: {
    kind: "text",
    flag: "cluster-file",
    group: "Many machines",
    needsRestart: true,
    excludes: { option: "cluster", flag: "cluster" },
    placeholder: "FILE",
    what: "a file's name",
    default: "",
    empty: "none",
    bytesMax: 4_096,
    about: "A file with that URL, for one with a password.",
    reason: "Only who may read the file sees the password. So does NATTER_CLUSTER, a variable.",
  },
  /** The room that is shared: servers of another room have nothing to do with this one. */
  room: {
    kind: "text",
    flag: "room",
    group: "Many machines",
    needsRestart: true,
    placeholder: "NAME",
    what: "a name",
    default: "main",
    bytesMax: 64,
    about: "Which room of that Redis.",
    reason: "Several rooms can share one Redis.",
  },
  /** How long a server may be silent before its people have left, in milliseconds, 1 s to 10 minutes. */
  clusterLeaseMs: {
    kind: "duration",
    flag: "cluster-lease",
    group: "Many machines",
    needsRestart: true,
    default: 10_000,
    min: 1_000,
    max: 600_000,
    about: "Silence after which a server's people are gone.",
    reason:
      "Longer than a short trouble of the network, and short enough for names to be free again.",
  },
  /** Lets several processes listen on the same port, which the system spreads clients over. */
  reusePort: {
    kind: "switch",
    flag: "reuse-port",
    group: "Many machines",
    needsRestart: true,
    default: false,
    about: "Let more servers of the room use the same port.",
    reason:
      "One machine's cores are used by one process each. Without a cluster they would be two rooms.",
  },
} as const satisfies Record<string, Option>;
