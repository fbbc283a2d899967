/**
 * Lines as the editor shows them: with a time, with names in colour, and with the reader's own name in bold where
 * others say it.
 *
 * In a busy room all who have the editor are shown the very same bytes, so these are dressed once and kept for as
 * long as the bytes are. Only where a reader's own name occurs are they dressed for that reader alone.
 */
import { RESERVED_NAME } from "../text/names.ts";
import { LF } from "../room/chunk.ts";
import { colour } from "./colours.ts";

/** How lines are to be shown. */
export interface Style {
  readonly isColoured: boolean;
  /** What is put before each line, which may be nothing. */
  readonly time: string;
}

/** The reader, whose name is emphasized. */
export interface Reader {
  readonly name: string;
  /** The name in small letters. */
  readonly bytes: Buffer;
  readonly pattern: RegExp;
}

export interface Dressed {
  /** The lines, each ended by CR LF. */
  readonly lines: readonly string[];
  readonly bytes: Uint8Array;
  /** What follows the last line: a prompt, or nothing. */
  readonly rest: string;
  /** What people say in them, in small letters: as bytes, in which a name is found three times as fast. */
  readonly sayings: Buffer;
  /** Whether others name the reader in them. */
  readonly isReaderNamed: boolean;
}

/** A line that somebody says, does or says to the reader alone: what is before the name, and what is after it. */
const SAID = {
  said: /^()([\p{L}\p{Nd}][\p{L}\p{M}\p{Nd}_.-]*)(: )/u,
  acted: /^(\* )([\p{L}\p{Nd}][\p{L}\p{M}\p{Nd}_.-]*)( )/u,
  private: /^(\[private (?:from|to) )([\p{L}\p{Nd}][\p{L}\p{M}\p{Nd}_.-]*)(\] )/u,
} as const;

const BOLD = "\x1b[1m$&\x1b[22m";

const kept = new WeakMap<Uint8Array, Map<string, Dressed>>();

/** The lines in `bytes`, which nobody changes, for all who are shown them in this style. */
export function dress(bytes: Uint8Array, style: Style): Dressed {
  let styles = kept.get(bytes);
  if (styles === undefined) kept.set(bytes, (styles = new Map()));
  const key = `${style.isColoured} ${style.time}`;
  let dressed = styles.get(key);
  if (dressed === undefined) styles.set(key, (dressed = dressAnew(bytes, style)));
  return dressed;
}

/** The same for a reader, whose name may be in them. */
export function dressFor(reader: Reader, bytes: Uint8Array, style: Style): Dressed {
  const dressed = dress(bytes, style);
  const mayBeNamed = dressed.sayings.includes(reader.bytes);
  return mayBeNamed ? dressAnew(bytes, style, reader) : dressed;
}

/** A reader with this name, which is not a part of another name or word. */
export function readerCalled(name: string): Reader {
  const before = String.raw`(?<![\p{L}\p{M}\p{N}_][\-.]?)`;
  const after = String.raw`(?![\-.]?[\p{L}\p{M}\p{N}_])`;
  const text = name.replaceAll(".", String.raw`\.`);
  const bytes = Buffer.from(name.toLowerCase());
  return { name, bytes, pattern: new RegExp(before + text + after, "giu") };
}

function dressAnew(bytes: Uint8Array, style: Style, reader?: Reader): Dressed {
  const end = bytes.lastIndexOf(LF) + 1;
  const plain = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const lines: string[] = [];
  let sayings = "";
  let isReaderNamed = false;
  for (const line of plain.toString("utf8", 0, end).split("\n").slice(0, -1)) {
    const [before, name, after, text] = partsOf(line);
    const isOthers = name !== "" && name !== reader?.name && !before.endsWith(" to ");
    const isNamed = reader !== undefined && isOthers && text.search(reader.pattern) !== -1;
    const shownText = isNamed && style.isColoured ? text.replace(reader.pattern, BOLD) : text;
    const shownName = style.isColoured && name !== "" ? colour(name) : name;
    lines.push(`${style.time}${before}${shownName}${after}${shownText}\r\n`);
    if (name !== "") sayings += `${text}\n`;
    isReaderNamed ||= isNamed;
  }
  const rest = plain.toString("utf8", end);
  const dressed = Buffer.from(lines.join(""));
  return {
    lines,
    bytes: dressed,
    rest,
    sayings: Buffer.from(sayings.toLowerCase()),
    isReaderNamed,
  };
}

/** What is before somebody's name, the name, what is after it, and what is said. What is nobody's is all said. */
function partsOf(line: string): [before: string, name: string, after: string, text: string] {
  const found = line.startsWith(`${RESERVED_NAME}: `) ? null : SAID[kindOf(line)].exec(line);
  if (found === null) return ["", "", "", line];
  const [whole, before = "", name = "", after = ""] = found;
  return [before, name, after, line.slice(whole.length)];
}

function kindOf(line: string): keyof typeof SAID {
  if (line.startsWith("* ")) return "acted";
  return line.startsWith("[") ? "private" : "said";
}
