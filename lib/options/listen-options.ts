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
  /** The file with the certificate for `tls://` in PEM, and those that lead to an authority. */
  tlsCert: {
    kind: "text",
    flag: "tls-cert",
    group: "Where it listens",
    placeholder: "FILE",
    what: "a file's name",
    default: "",
    empty: "none",
    bytesMax: 4_096,
    about: "The certificate for tls://, in PEM.",
    reason: "SIGHUP has it read again, so a renewed one needs no restart.",
  },
  /** The file with its key in PEM, without a passphrase. It is read again with the certificate. */
  tlsKey: {
    kind: "text",
    flag: "tls-key",
    group: "Where it listens",
    placeholder: "FILE",
    what: "a file's name",
    default: "",
    empty: "none",
    bytesMax: 4_096,
    about: "Its key, in PEM without a passphrase.",
    reason: "A flag or a prompt for a passphrase would be seen, or be in the way of a restart.",
  },
  /** A file with the certificate of an authority. Then every client of `tls://` needs one that is signed by it. */
  tlsClientCa: {
    kind: "text",
    flag: "tls-client-ca",
    group: "Where it listens",
    placeholder: "FILE",
    what: "a file's name",
    default: "",
    empty: "none",
    bytesMax: 4_096,
    about: "Let in over tls:// only whom this CA has signed.",
    reason: "People without such a certificate are told so. Without this, nobody needs one.",
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
