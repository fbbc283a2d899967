/** The options for where it listens, apart from the address and port that it has by default. */
import type { Option } from "./option.ts";

export const LISTEN_OPTIONS = {
  /** Where else to listen, as URLs. Given, they replace the default; `hostname` or `port` adds that one again. */
  listen: {
    kind: "texts",
    flag: "listen",
    group: "Where it listens",
    placeholder: "URL",
    what: "a URL",
    default: [],
    empty: "none",
    bytesMax: 4_096,
    about: "Where to listen instead; may be given repeatedly.",
    reason: "One chat can be reached in several ways, each with a URL of its own.",
  },
} as const satisfies Record<string, Option>;

/** Who is a stranger. This stands in another group of options. */
export const TRUST_OPTIONS = {
  /** Whether this machine's own clients are exempt from the limits for one address. */
  trustLoopback: {
    kind: "switch",
    flag: "trust-loopback",
    group: "Who is let in",
    default: true,
    about: "Exempt this machine from limits for one address.",
    reason: "Off holds the users of a tunnel to them, who all come from this machine.",
  },
} as const satisfies Record<string, Option>;
