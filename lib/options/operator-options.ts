/** The options for what the operator sees. */
import { PATH_BYTES_MAX } from "./listen-url.ts";
import type { Option } from "./option.ts";

export const OPERATOR_OPTIONS = {
  /** Keeps messages out of the log, which then shows only who comes, goes and is renamed. */
  quiet: {
    kind: "switch",
    flag: "quiet",
    group: "The operator's side",
    default: false,
    about: "Keep messages off the console.",
    reason: "The console shows what the how-to's server shows, unless you ask for less.",
  },
  /** How the log is written: for people, as one JSON object a line, or for people with the time. */
  logFormat: {
    kind: "word",
    flag: "log-format",
    group: "The operator's side",
    placeholder: "FORMAT",
    words: ["text", "json", "text+time"],
    default: "text",
    about: "How the log is written: text, json or text+time.",
    reason:
      "As the how-to's server writes it. A journal adds the time itself, and programs read json.",
  },
  /** A file that the log is written to, beside `log`. A reload opens it again. */
  logFile: {
    kind: "text",
    flag: "log-file",
    group: "The operator's side",
    placeholder: "FILE",
    what: "a file's name",
    default: "",
    empty: "none",
    bytesMax: 4_096,
    about: "Write the log to this file too.",
    reason: "The console is enough for most. SIGHUP opens the file again, for logrotate.",
  },
  /** Where `/metrics` and `/healthz` are served: an address and port, or the path of a unix socket. */
  http: {
    kind: "text",
    flag: "http",
    group: "The operator's side",
    needsRestart: true,
    placeholder: "ADDRESS:PORT",
    what: "an address and port, or a path",
    default: "",
    empty: "off",
    bytesMax: 256,
    about: "Serve /metrics and /healthz, also on a unix path.",
    reason: "For Prometheus, and for what restarts a server. A port alone is one of 127.0.0.1.",
  },
  /** The path of a unix socket for operators, which only the server's own user may use. */
  adminSocket: {
    kind: "text",
    flag: "admin-socket",
    group: "The operator's side",
    needsRestart: true,
    placeholder: "PATH",
    what: "a socket's path",
    default: "",
    empty: "none",
    bytesMax: PATH_BYTES_MAX,
    about: "Take an operator's commands on this unix socket.",
    reason: "See who is there, announce, kick, reload and drain, with nc -U. Its mode is 600.",
  },
} as const satisfies Record<string, Option>;
