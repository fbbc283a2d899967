/**
 * What somebody may have meant: the only candidate that begins with `word`, or else the first that is
 * one slip of the finger away. Takes time in proportion to all candidates together.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let slip: string | undefined;
  const longer: string[] = [];
  for (const candidate of candidates) {
    if (candidate.startsWith(word)) longer.push(candidate);
    else if (slip === undefined && isOneSlipAway(word, candidate)) slip = candidate;
  }
  return word !== "" && longer.length === 1 ? longer[0] : slip;
}

/** Whether one letter more, less or other, or two letters changed over, makes `other` of `word`. */
function isOneSlipAway(word: string, other: string): boolean {
  if (Math.abs(word.length - other.length) > 1 || word.length < 2) return false;
  let same = 0;
  while (same < word.length && word[same] === other[same]) same++;
  const [rest, otherRest] = [word.slice(same), other.slice(same)];
  return (
    rest.slice(1) === otherRest.slice(1) ||
    rest.slice(1) === otherRest ||
    rest === otherRest.slice(1) ||
    (rest[0] === otherRest[1] && rest[1] === otherRest[0] && rest.slice(2) === otherRest.slice(2))
  );
}
