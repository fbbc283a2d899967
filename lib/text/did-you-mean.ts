/** Only so many candidates are looked at, so that the time for one line does not grow with the room. */
export const CANDIDATES_MAX = 500;

/**
 * What a mistyped word may have meant. It is the candidate that begins with `word`, if there is only one. If not,
 * it is the first candidate that is one typing error away. Only the first `CANDIDATES_MAX` are looked at.
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

/** Whether `word` becomes `other` if one letter is added, removed or changed, or if two letters change places. */
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
