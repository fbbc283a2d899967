/**
 * Which names are allowed, when two names are the same, and what to suggest in place of one that is not
 * allowed. A name begins a line that others see. So a name must look like one name and like nothing else. It
 * must not look like another name, as far as rules can tell, and it must not help to forge a line.
 */
import { isOneScript } from "./one-script.ts";
import { safeText } from "./safe-text.ts";

/** Joiners have a place in text, but nobody sees them in a name. */
const JOINERS = /[\u200c\u200d]/g;

const SPACES = /[\p{White_Space}]+/gu;

/**
 * Letters and marks that do not look like letters and marks. UTS #39 restricts them:
 *
 * - clicks, modifier letters and the tones of Lisu look like punctuation
 * - phonetic extensions look like small capitals
 * - parts of Korean syllables have no width of their own (NFC has composed whole syllables)
 * - some characters decompose into a mark on a space, or into words with spaces
 * - the joiner of Tifinagh and the filler of Khitan have no shape
 * - marks of musical notations and of SignWriting have a shape only on signs that are no letters
 */
const POSING = String.raw`\u01c0-\u01c3\u02b0-\u02ba\u02bd-\u02ff\u1100-\u11ff\u1d00-\u1dbf\ua4f8-\ua4fd\ua960-\ua97f\ud7b0-\ud7ff\u{10780}-\u{107bf}\u037a\ufc5e-\ufc63\ufdfa\ufdfb\ufe70-\ufe7f\u2d7f\u{16fe4}\u{1cf00}-\u{1cfcf}\u{1d000}-\u{1d24f}\u{1d800}-\u{1daaf}`;

/** Everything except letters, marks and digits of any script, `_`, `-` and `.`; also what is invisible or posing. */
const NOT_ALLOWED = new RegExp(
  String.raw`[^[\p{L}\p{M}\p{Nd}_\-.]--[\p{Default_Ignorable_Code_Point}${POSING}]]`,
  "gv",
);

const BAD_START = /^[^\p{L}\p{Nd}]+/u;

/** More than two marks above or below one letter reach into other people's lines. */
const EXCESS_MARKS = /(?<=[\p{Mn}\p{Me}]{2})[\p{Mn}\p{Me}]+/gu;

/** The same for decomposed text. There the letter's own marks count too, and Greek has up to three. */
const PILED_MARKS = /[\p{Mn}\p{Me}]{4}/u;

/** A letter that has a dot of its own, with its marks, among them a dot above. */
const DOTTED = /(\p{Soft_Dotted})(\p{M}*?\u0307\p{M}*)/gu;

/** No client may have this name. The how-to's goodbyes begin with it, and have no mark before it. */
export const RESERVED_NAME = "Disconnected";
const RESERVED_KEY = foldName(RESERVED_NAME);

/** What may be wrong with a name. */
export type NameFlaw =
  "spaces" | "characters" | "start" | "length" | "marks" | "scripts" | "reserved";

/** Composing joins at most this many UTF-16 code units into one: a letter and three marks. */
const UNITS_PER_UNIT_MAX = 4;

/**
 * The name that a line may be, composed. It is empty if nothing is left to show. A line that is too long for a
 * name is cut, but so that it is still too long. Composing a long run of marks would take time in proportion to
 * the square of its length.
 *
 * @param charactersMax longest name, in code points
 */
export function readName(line: string, charactersMax: number): string {
  const unitsMax = 2 * charactersMax * UNITS_PER_UNIT_MAX + 1;
  return safeText(line).replace(JOINERS, "").trim().slice(0, unitsMax).normalize("NFC");
}

/**
 * What is wrong with `name`, or `undefined` if it is allowed.
 *
 * @param charactersMax longest name, in code points
 */
export function findFlaw(name: string, charactersMax: number): NameFlaw | undefined {
  // The length comes first, because everything else takes time.
  if (isTooLong(name, charactersMax)) return "length";
  if (has(name, SPACES)) return "spaces";
  if (has(name, NOT_ALLOWED)) return "characters";
  if (has(name, BAD_START)) return "start";
  if (has(name, EXCESS_MARKS) || has(name.normalize("NFD"), PILED_MARKS)) return "marks";
  // Full-width and mathematical letters have no script until NFKC makes them ordinary letters.
  if (!isOneScript(name.normalize("NFKC"))) return "scripts";
  if (foldName(name) === RESERVED_KEY) return "reserved";
  return undefined;
}

/** An allowed name like `name`, composed, if there is an obvious one. */
export function suggestName(name: string, charactersMax: number): string | undefined {
  if (isTooLong(name, charactersMax)) return undefined;
  const parts = name.split(SPACES).map((part) => part.replace(NOT_ALLOWED, ""));
  const mended = parts.filter((part) => part !== "").join("-");
  const candidate = mended.replace(BAD_START, "").replace(EXCESS_MARKS, "").normalize("NFC");
  if (candidate === "" || findFlaw(candidate, charactersMax) !== undefined) return undefined;
  return candidate;
}

/**
 * The key under which a name is registered. Two names are the same when their keys are equal. Unicode NFKC
 * replaces letters that only look different (full-width, ligatures). Upper case and then lower case makes these
 * equal: `Bob` and `BOB`; `ß`, `ẞ` and `SS`; `ı` and `i`; `σ` and `ς`. A second dot above `i` or `ị` cannot be
 * seen, so it is removed. The key of a key is that key.
 */
export function foldName(name: string): string {
  // Decomposed first, because the capital of a Greek iota below is a letter after all marks.
  const lower = name.normalize("NFKD").toLowerCase().toUpperCase().toLowerCase();
  return lower.normalize("NFD").replace(DOTTED, withoutDots).normalize("NFKC");
}

/** `letter`, decomposed, without dots above, if these come before its other marks above. */
function withoutDots(letter: string, base: string, marks: string): string {
  const rest = marks.replace(/\u0307+/, "");
  const dots = "\u0307".repeat(marks.length - rest.length);
  return (base + dots + rest).normalize("NFD") === letter ? base + rest : letter;
}

function has(name: string, pattern: RegExp): boolean {
  return name.search(pattern) !== -1;
}

/** Whether a name is too long. This takes no time for a name that is far too long. */
function isTooLong(name: string, charactersMax: number): boolean {
  return name.length > 2 * charactersMax || [...name].length > charactersMax;
}
