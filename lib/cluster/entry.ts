/**
 * What is in the log, as text and as values. A turn is one entry, and has events, divided by a null character. An event
 * is a letter and three fields, one a line: who does it, what others have to know beside that, and a text. Neither
 * divider can be part of a name or a message, which are safe to show.
 *
 * What comes from the log is trusted no more than what a client sends: it is bounded, made safe to show, and
 * what cannot be read is an unknown event.
 */
import { OPTIONS } from "../options/options.ts";
import { acted, said } from "../text/messages.ts";
import { findFlaw, readName } from "../text/names.ts";
import { safeText } from "../text/safe-text.ts";
import { parsePosition, type Position } from "./position.ts";
import { LOG_VERSION } from "./scripts.ts";

const LETTERS = {
  join: "j",
  rename: "n",
  leave: "l",
  say: "s",
  act: "a",
  "send home": "k",
  announce: "x",
} as const;

export type LogDeed = keyof typeof LETTERS;

const DEEDS = new Map<string, LogDeed>(
  Object.entries(LETTERS).map(([deed, letter]) => [letter, deed as LogDeed]),
);

export interface LogEvent {
  readonly do: LogDeed | "unknown";
  /**
   * A number that the server of an entry has given to somebody; with the server it is an id. Of "send home" it is a
   * whole id, since anybody may be sent home, and of "announce" it is nothing.
   */
  readonly who: string;
  /** A name that is claimed, or a line without its end. */
  readonly text: string;
}

const UNKNOWN: LogEvent = { do: "unknown", who: "", text: "" };

export type Entry = { readonly position: Position; readonly atMs: number } & (
  | {
      readonly kind: "turn";
      readonly node: string;
      readonly turn: number;
      /** Which of its events were refused, counted from 0. They are not among `events`. */
      readonly refused: ReadonlySet<number>;
      /** The servers that were sent letters. */
      readonly letterNodes: readonly string[];
      /** What `decodeEvents` and `linesOf` read. Its own server knows what it has sent. */
      readonly events: string;
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

/**
 * Writes an event.
 *
 * @param known the key of a name that is claimed, since it is by the key that nobody else has it; the name of who says
 *   something, for those who read it much later, when its author may have another, or be gone
 */
export function encodeEvent(deed: LogDeed, who: string, known: string, text: string): string {
  return `${LETTERS[deed]}\n${who}\n${known}\n${text}`;
}

/** Reads the events of an entry. */
export function decodeEvents(events: string): LogEvent[] {
  return divided(events, DIVIDER).map(decodeEvent);
}

function decodeEvent(event: string): LogEvent {
  const [letter = "", who = "", , text = ""] = event.split("\n");
  const deed = DEEDS.get(letter);
  if (deed === undefined) return UNKNOWN;
  const isOfAnybody = deed === "send home" || deed === "announce";
  if (!isOfAnybody && !/^\d{1,15}$/.test(who)) return UNKNOWN;
  if (deed !== "join" && deed !== "rename") return { do: deed, who, text: shownText(text) };
  const name = shownName(text);
  return name === "" ? UNKNOWN : { do: deed, who, text: name };
}

/** The lines of what was said in an entry, under the names that people had then. */
export function linesOf(entry: Entry): string[] {
  if (entry.kind !== "turn") return [];
  return divided(entry.events, DIVIDER).flatMap((text) => {
    const event = decodeEvent(text);
    if (event.do !== "say" && event.do !== "act") return [];
    const name = shownName(text.split("\n")[2] ?? "");
    if (name === "") return [];
    return event.do === "say" ? said(name, event.text) : acted(name, event.text);
  });
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
    events: fields.get("e") ?? "",
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
  const { max } = OPTIONS.nameLimit;
  const name = readName(text, max);
  return findFlaw(name, max) === undefined ? name : "";
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
