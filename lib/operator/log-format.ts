/**
 * How the log is written. A format is a function from an event to its line. It returns nothing for an event that
 * is not in the log. JSON has a few more than the formats for people.
 */
import type { ChatEvent } from "../events.ts";
import { OPTIONS, type OptionName } from "../options/options.ts";
import type { Settings } from "../options/settings.ts";
import { duration } from "../text/duration.ts";
import { acted, linesNotShown, said } from "../text/messages.ts";
import { safeText } from "../text/safe-text.ts";

/** What is in a log: the chat's events, and what happens to the program and to the log itself. */
export type LogEvent =
  | (ChatEvent & {
      /** How many refusals before this one are not in the log. */
      readonly unlogged?: number;
    })
  | { readonly type: "listening"; readonly url: string }
  | { readonly type: "serving metrics"; readonly address: string }
  /** Lines of the log had no space. */
  | { readonly type: "lines not shown"; readonly count: number };

/** The line of an event, ended by LF, or nothing if it has none. */
export type LineOf = (event: LogEvent) => string | undefined;

export const LOG_FORMATS: Readonly<Record<Settings["logFormat"], LineOf>> = {
  text: textOf,
  json: jsonOf,
  "text+time": (event) => {
    const text = textOf(event);
    return text && `${now()} ${text}`;
  },
};

/** The line for people. What was said comes first, because it comes most often. */
function textOf(event: LogEvent): string | undefined {
  switch (event.type) {
    case "said":
      return said(event.name, event.text);
    case "acted":
      return acted(event.name, event.text);
    case "lines not shown":
      return linesNotShown(event.count);
    default: {
      const text = wordsOf(event);
      return text === undefined ? undefined : `${text}\n`;
    }
  }
}

function hasLine(event: LogEvent): boolean {
  switch (event.type) {
    case "said":
    case "acted":
    case "lines not shown":
      return true;
    default:
      return wordsOf(event) !== undefined;
  }
}

function wordsOf(event: LogEvent): string | undefined {
  switch (event.type) {
    case "connected":
      return hasCertificate(event.client, event.certificate);
    case "joined":
      return `${event.name} (${event.client}) has joined`;
    case "renamed":
      return `${event.from} (${event.client}) is now ${event.to}`;
    case "left":
      return `${event.name} (${event.client}) has left: ${event.reason}`;
    case "refused":
      return `refused ${event.client}: ${event.reason}${before(event.unlogged)}`;
    case "failed":
      return `internal error with the client at ${event.client}: ${stackOf(event.error)}`;
    case "welcome unreadable":
      return `*** ${staysAsItWas("welcome", event.reason)} ***`;
    case "certificate unreadable":
      return `*** ${staysAsItWas("certificate", event.reason)} ***`;
    case "reloaded":
      return reloaded(event.changed, event.needRestart);
    case "reload refused":
      return `*** ${staysAsItWas("configuration", event.reason)} ***`;
    case "operated":
      return `*** ${event.operator}: ${event.line} ***`;
    case "draining":
      return `*** Nobody new is let in, and the server shuts down in ${duration(event.leftMs)} ***`;
    case "clients limited":
      return clientsLimited(event.clientsMax, event.wanted);
    case "listening":
      return `Chat server running on ${event.url.replace(/^tcp:\/\//, "")}`;
    case "serving metrics":
      return `Metrics and health on ${event.address}`;
    default:
      return wordsOfCluster(event);
  }
}

/** What happens to a room that several servers share. */
function wordsOfCluster(event: LogEvent): string | undefined {
  switch (event.type) {
    case "lost touch":
      return "*** The servers have lost touch ***";
    case "in touch":
      return "*** The servers are in touch again ***";
    case "lines missing":
      return "*** Lines of other servers may be missing ***";
    case "entry unreadable":
      return "*** The log of the servers has an entry that this one cannot read ***";
    case "log refused":
      return `*** The servers' log refuses this server: ${event.reason} ***`;
    case "announcement lost":
      return `*** This announcement may be lost: ${event.text} ***`;
    case "cluster unusable":
      return `*** The servers' log cannot be used: ${event.reason} ***`;
    default:
      return undefined;
  }
}

type Level = "info" | "warn" | "error";

const LEVELS: { readonly [Type in LogEvent["type"]]?: Level } = {
  failed: "error",
  "cluster unusable": "error",
  "welcome unreadable": "warn",
  "certificate unreadable": "warn",
  "reload refused": "warn",
  "lost touch": "warn",
  "lines missing": "warn",
  "log refused": "warn",
  "announcement lost": "warn",
  "entry unreadable": "warn",
  "clients limited": "warn",
  "queues cut": "warn",
  "lines not shown": "warn",
};

/** What the console does not show. A stranger alone cannot bring about any of it, and so nobody fills the disk. */
const FOR_PROGRAMS: ReadonlySet<LogEvent["type"]> = new Set([
  "warned",
  "lines skipped",
  "reader left behind",
  "queues cut",
] as const);

/** One object a line: the time, the level, and the event itself. */
function jsonOf(event: LogEvent): string | undefined {
  if (!FOR_PROGRAMS.has(event.type) && !hasLine(event)) return undefined;
  const { type, ...fields } = event;
  const shown = "error" in fields ? { ...fields, error: stackOf(fields.error) } : fields;
  return `${JSON.stringify({ time: now(), level: LEVELS[type] ?? "info", event: type, ...shown })}\n`;
}

/** In UTC, as RFC 3339 has it. */
function now(): string {
  return new Date().toISOString();
}

function hasCertificate(client: string, certificate: string | undefined): string | undefined {
  return certificate === undefined ? undefined : `${client} has the certificate ${certificate}`;
}

function before(unlogged = 0): string {
  return unlogged > 0 ? ` (and ${unlogged} before)` : "";
}

function stackOf(error: unknown): string {
  const stack = error instanceof Error && error.stack ? error.stack : String(error);
  return stack.split("\n").map(safeText).join("\n");
}

/** If nothing has changed, there is nothing to say. */
function reloaded(changed: readonly string[], needRestart: readonly string[]): string | undefined {
  const sentences = changesInWords(changed, needRestart);
  return sentences.length === 0 ? undefined : `*** ${sentences.join(" ")} ***`;
}

/** What a reload has left as it was, and why. */
export function staysAsItWas(
  what: "welcome" | "certificate" | "configuration",
  reason: string,
): string {
  return `The ${what} stays as it was: ${reason}`;
}

/** What came of a reload, in sentences that name the options by their flags. */
export function changesInWords(
  changed: readonly string[],
  needRestart: readonly string[],
): string[] {
  return [
    ...(changed.length > 0 ? [`Changed: ${flags(changed)}.`] : []),
    ...(needRestart.length > 0 ? [`Only a restart changes: ${flags(needRestart)}.`] : []),
  ];
}

function flags(names: readonly string[]): string {
  return names.map((name) => `--${OPTIONS[name as OptionName].flag}`).join(", ");
}

function clientsLimited(clientsMax: number, wanted: number): string {
  const most = clientsMax === 1 ? "1 client" : `${clientsMax} clients`;
  return `*** ${most} at most, not ${wanted}: the limit on open files (ulimit -n) is too low ***`;
}
