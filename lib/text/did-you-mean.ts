/** Only so many candidates are looked at: the time for one line does not grow with the room. */
export const CANDIDATES_MAX = 500;

/**
 * What somebody may have meant: the only candidate that begins with `word`, or else the first that is
 * one slip of the finger away. Of many candidates it looks at the first `CANDIDATES_MAX` alone.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let slip: string | undefined;
  let looked = 0;
  const longer: string[] = [];
  for (const candidate of candidates) {
    if (looked++ === CANDIDATES_MAX) break;
    if (candidate.startsWith(word)) longer.push(candidate);
    if (slip === undefined && isOneSlipAway(word, candidate)) slip = candidate;
  }
  return word !== "" && longer.length === 1 ? longer[0] : slip;
}

/** Whether one letter more, less or other, or two letters changed over, makes `other` of `word`. */
function isOneSlipAway(word: string, other: string): boolean {
  const longer = Math.max(word.length, other.length);
  if (Math.abs(word.length - other.length) > 1 || word.length < 2) return false;
  let start = 0;
  while (start < longer && word.charCodeAt(start) === other.charCodeAt(start)) start++;
  let end = 0;
  while (word.length - end > start && isSameFromEnd(word, other, end)) end++;
  const [left, otherLeft] = [word.length - start - end, other.length - start - end];
  if (left <= 1 && otherLeft <= 1) return true;
  const isSwap = word[start] === other[start + 1] && word[start + 1] === other[start];
  return left === 2 && otherLeft === 2 && isSwap;
}

function isSameFromEnd(word: string, other: string, end: number): boolean {
  return word.charCodeAt(word.length - 1 - end) === other.charCodeAt(other.length - 1 - end);
}
