/** Where words begin and end. */

const WORD = /[\p{L}\p{N}\p{M}_]/u;
const BLANK = /^\s$/;

/** Where the word begins that is before a place: letters and digits, or all that is not blank. */
export function wordStart(
  graphemes: readonly string[],
  place: number,
  isPart: (grapheme: string) => boolean = isLetter,
): number {
  let at = place;
  while (at > 0 && !isPart(graphemes[at - 1] as string)) at--;
  while (at > 0 && isPart(graphemes[at - 1] as string)) at--;
  return at;
}

/** Where the word ends that is after a place. */
export function wordEnd(graphemes: readonly string[], place: number): number {
  const { length } = graphemes;
  let at = place;
  while (at < length && !isLetter(graphemes[at] as string)) at++;
  while (at < length && isLetter(graphemes[at] as string)) at++;
  return at;
}

export function isNotBlank(grapheme: string): boolean {
  return !BLANK.test(grapheme);
}

function isLetter(grapheme: string): boolean {
  return WORD.test(grapheme);
}
