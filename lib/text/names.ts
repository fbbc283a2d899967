/**
 * Which names are allowed, when two are the same, and what to suggest in place of one that is not.
 * A name begins a line that others see: so none may look like anything but one name, look like
 * another in ways that can be told by rule, or make room for a forged line.
 */
import { isOneScript } from "./one-script.ts";
import { safeText } from "./safe-text.ts";

/** Joiners have a place in text, but nobody sees them in a name. */
const JOINERS = /[\u200c\u200d]/g;

const SPACES = /[\p{White_Space}]+/gu;

/**
 * Letters and marks that nobody sees as such. UTS #39 restricts them: clicks and modifier letters and
 * Lisu's tones, which look like punctuation; phonetic extensions, which look like small capitals; parts
 * of Korean syllables, which have no width of their own (NFC has composed those that are whole); what
 * is a mark on a space, or words with spaces, by its compatibility decomposition; the joiner of
 * Tifinagh and the filler of Khitan, which have no shape; and the marks of musical notations and of
 * SignWriting, which have one only on signs that are no letters.
 */
const POSING = String.raw`\u01c0-\u01c3\u02b0-\u02ba\u02bd-\u02ff\u1100-\u11ff\u1d00-\u1dbf\ua4f8-\ua4fd\ua960-\ua97f\ud7b0-\ud7ff\u{10780}-\u{107bf}\u037a\ufc5e-\ufc63\ufdfa\ufdfb\ufe70-\ufe7f\u2d7f\u{16fe4}\u{1cf00}-\u{1cfcf}\u{1d000}-\u{1d24f}\u{1d800}-\u{1daaf}`;

/** Letters, marks and digits of any script, but none that is invisible or posing; `_`, `-`, `.`. */
const NOT_ALLOWED = new RegExp(
  String.raw`[^[\p{L}\p{M}\p{Nd}_\-.]--[\p{Default_Ignorable_Code_Point}${POSING}]]`,
  "gv",
);

const BAD_START = /^[^\p{L}\p{Nd}]+/u;

/** More than two marks above or below one letter reach into other people's lines. */
const EXCESS_MARKS = /(?<=[\p{Mn}\p{Me}]{2})[\p{Mn}\p{Me}]+/gu;

/** The same with the marks of the letter itself, of which Greek has up to three. */
const PILED_MARKS = /[\p{Mn}\p{Me}]{4}/u;

/** A letter with a dot of its own and its marks, a dot above among them. */
const DOTTED = /(\p{Soft_Dotted})(\p{M}*?\u0307\p{M}*)/gu;

/** What nobody may be called: the how-to's goodbyes begin with it, and have no mark before it. */
export const RESERVED_NAME = "Disconnected";
const RESERVED_KEY = foldName(RESERVED_NAME);

/** The rules for names, each by what is wrong with a name that breaks it. */
export type NameFlaw =
  "spaces" | "characters" | "start" | "length" | "marks" | "scripts" | "reserved";

/** Composing makes at most this many UTF-16 code units of one: a letter and three marks. */
const UNITS_PER_UNIT_MAX = 4;

/**
 * The name that a line is, as far as it could be one, composed. Empty if nothing is left to show. Of a
 * line that is too long to be a name enough is left to see that: to compose a long run of marks takes
 * time in proportion to the square of its length.
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
  // The length first: all else takes time.
  if (isTooLong(name, charactersMax)) return "length";
  if (has(name, SPACES)) return "spaces";
  if (has(name, NOT_ALLOWED)) return "characters";
  if (has(name, BAD_START)) return "start";
  if (has(name, EXCESS_MARKS) || has(name.normalize("NFD"), PILED_MARKS)) return "marks";
  // Full-width and mathematical letters are of no script until they are letters as any other.
  if (!isOneScript(name.normalize("NFKC"))) return "scripts";
  if (foldName(name) === RESERVED_KEY) return "reserved";
  return undefined;
}

/** A name like `name` that is allowed, composed, where there is an obvious one. */
export function suggestName(name: string, charactersMax: number): string | undefined {
  if (isTooLong(name, charactersMax)) return undefined;
  const parts = name.split(SPACES).map((part) => part.replace(NOT_ALLOWED, ""));
  const mended = parts.filter((part) => part !== "").join("-");
  const candidate = mended.replace(BAD_START, "").replace(EXCESS_MARKS, "").normalize("NFC");
  if (candidate === "" || findFlaw(candidate, charactersMax) !== undefined) return undefined;
  return candidate;
}

/**
 * The key under which a name is registered: two names are the same when their keys are equal.
 * Unicode NFKC makes one of letters that only look apart (full-width, ligatures); going to upper
 * case and back makes one of `Bob` and `BOB`, of `ß`, `ẞ` and `SS`, of `ı` and `i`, of `σ` and `ς`.
 * A dot above a letter that has one, like `i` or `ị`, is not seen. A key's key is that key.
 */
export function foldName(name: string): string {
  // Decomposed, as the capital of a Greek iota below is a letter after all marks.
  const lower = name.normalize("NFKD").toLowerCase().toUpperCase().toLowerCase();
  return lower.normalize("NFD").replace(DOTTED, withoutDots).normalize("NFKC");
}

/** `letter`, decomposed, without the dots above that come first of its marks above. */
function withoutDots(letter: string, base: string, marks: string): string {
  const rest = marks.replace(/\u0307+/, "");
  const dots = "\u0307".repeat(marks.length - rest.length);
  return (base + dots + rest).normalize("NFD") === letter ? base + rest : letter;
}

function has(name: string, pattern: RegExp): boolean {
  return name.search(pattern) !== -1;
}

/** Takes no time for a name that is far too long. */
function isTooLong(name: string, charactersMax: number): boolean {
  return name.length > 2 * charactersMax || [...name].length > charactersMax;
}
