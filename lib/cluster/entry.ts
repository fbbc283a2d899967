/**
 * What is in the log, as text and as values. A turn is one entry, and has events. An event is an operation in one
 * letter and its fields, one a line; events are divided by a null character. Neither can be part of a name or a
 * message, which are safe to show.
 *
 * What comes from the log is trusted no more than what a client sends: it is bounded, made safe to show, and
 * what cannot be read is an unknown event.
 */
import { OPTIONS } from "../options/options.ts";
import { findFlaw, readName } from "../text/names.ts";
import { safeText } from "../text/safe-text.ts";
import { parsePosition, type Position } from "./position.ts";
import { LOG_VERSION } from "./scripts.ts";

/** `who` is a number that the server of an entry has given to somebody; with the server it is an id. */
export type LogEvent =
  | { readonly do: "join"; readonly who: string; readonly name: string }
  | { readonly do: "rename"; readonly who: string; readonly name: string }
  | { readonly do: "leave"; readonly who: string }
  /** The name is for those who read it much later, when its author may have another, or be gone. */
  | {
      readonly do: "say" | "act";
      readonly who: string;
      readonly name: string;
      readonly text: string;
    }
  | { readonly do: "send home"; readonly id: string; readonly goodbye: string }
  | { readonly do: "announce"; readonly line: string }
  | { readonly do: "unknown" };

export type Entry = { readonly position: Position; readonly atMs: number } & (
  | {
      readonly kind: "turn";
      readonly node: string;
      readonly turn: number;
      /** Which of its events were refused, counted from 0. They are not among `events`. */
      readonly refused: ReadonlySet<number>;
      /** The servers that were sent letters. */
      readonly letterNodes: readonly string[];
      readonly events: readonly LogEvent[];
    }
  /** A server is gone, and with it all its people. */
  | { readonly kind: "departed"; readonly node: string }
  /** A generation begins. It goes on after `from`, and people may have to claim their names again. */
  | { readonly kind: "generation"; readonly from: Position; readonly keepsNames: boolean }
  /** Something that a server has applied was lost before all others had read it. */
  | { readonly kind: "lost" }
  | { readonly kind: "unknown" }
);

/** Private lines for the people of one server. */
export interface Whisper {
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

/** What divides the events of an entry. */
export const DIVIDER = "\0";

/** What `shownName` has answered. Each line has a name, and to check one takes longer than all the rest of it. */
const shownNames = new Map<string, string>();
const SHOWN_NAMES_MAX = 1_000;

const OPERATIONS = {
  join: "j",
  rename: "n",
  leave: "l",
  say: "s",
  act: "a",
  "send home": "k",
  announce: "x",
} as const;

/** Writes an event. A name comes with its key, since it is by the key that nobody else has it. */
export function encodeEvent(event: Exclude<LogEvent, { do: "unknown" }>, key = ""): string {
  const operation = OPERATIONS[event.do];
  switch (event.do) {
    case "join":
    case "rename":
      return [operation, event.who, key, event.name].join("\n");
    case "leave":
      return [operation, event.who].join("\n");
    case "say":
    case "act":
      return [operation, event.who, event.name, event.text].join("\n");
    case "send home":
      return [operation, event.id, event.goodbye].join("\n");
    case "announce":
      return [operation, event.line].join("\n");
    default:
      return event satisfies never;
  }
}

function decodeEvent(text: string): LogEvent {
  const [operation, ...fields] = text.split("\n");
  const [one = "", two = "", three = ""] = fields;
  const isNumber = /^\d{1,15}$/.test(one);
  switch (operation) {
    case "j":
    case "n":
      if (!isNumber || shownName(three) === "") break;
      return { do: operation === "j" ? "join" : "rename", who: one, name: shownName(three) };
    case "l":
      if (!isNumber) break;
      return { do: "leave", who: one };
    case "s":
    case "a": {
      if (!isNumber) break;
      const name = shownName(two);
      return { do: operation === "s" ? "say" : "act", who: one, name, text: shownText(three) };
    }
    case "k":
      return { do: "send home", id: one, goodbye: `${shownText(two)}\n` };
    case "x":
      return { do: "announce", line: `${shownText(one)}\n` };
    default:
  }
  return { do: "unknown" };
}

/** Reads an entry from its fields, names and values in turn. */
export function decodeEntry(id: string, list: readonly string[]): Entry {
  const fields = readFields(list);
  const at = { position: parsePosition(id), atMs: Number(fields.get("a") ?? 0) };
  const node = fields.get("n");
  const departed = fields.get("d");
  const from = fields.get("g");
  if (fields.get("v") !== LOG_VERSION) return { ...at, kind: "unknown" };
  if (departed !== undefined) return { ...at, kind: "departed", node: departed };
  if (fields.has("m")) return { ...at, kind: "lost" };
  if (from !== undefined) {
    const keepsNames = fields.get("k") === "1";
    return { ...at, kind: "generation", from: parsePosition(from), keepsNames };
  }
  if (node === undefined) return { ...at, kind: "unknown" };
  return {
    ...at,
    kind: "turn",
    node,
    turn: Number(fields.get("t") ?? 0),
    refused: new Set(divided(fields.get("r"), ",").map(Number)),
    letterNodes: divided(fields.get("w"), ","),
    events: divided(fields.get("e"), DIVIDER).map(decodeEvent),
  };
}

export function encodeWhisper({ from, to, text }: Whisper): string {
  return [from, to, text].join("\n");
}

/** Reads a letter from its fields. */
export function decodeLetter(list: readonly string[]): Whisper[] {
  return divided(readFields(list).get("e"), DIVIDER).map((whisper) => {
    const [from = "", to = "", text = ""] = whisper.split("\n");
    return { from, to, text: shownText(text) };
  });
}

/** A name that somebody may have, or "" if this is none. */
export function shownName(text: string): string {
  const known = shownNames.get(text);
  if (known !== undefined) return known;
  const { max } = OPTIONS.nameLimit;
  const name = readName(text, max);
  const shown = findFlaw(name, max) === undefined ? name : "";
  if (shownNames.size === SHOWN_NAMES_MAX) shownNames.clear();
  shownNames.set(text, shown);
  return shown;
}

function shownText(text: string): string {
  return safeText(text.slice(0, OPTIONS.lineLimitBytes.max));
}

function readFields(list: readonly string[]): Map<string, string> {
  const fields = new Map<string, string>();
  for (let at = 0; at + 1 < list.length; at += 2) fields.set(list[at] ?? "", list[at + 1] ?? "");
  return fields;
}

function divided(text: string | undefined, divider: string): string[] {
  return text === undefined || text === "" ? [] : text.split(divider);
}
