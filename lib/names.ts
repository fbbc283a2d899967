/**
 * The key under which a name is registered: two names are the same when their keys are equal.
 * Unicode NFKC makes one of letters that only look apart (full-width, ligatures), lower-casing
 * makes one of `Bob` and `BOB`.
 */
export function foldName(name: string): string {
  return name.normalize("NFKC").toLowerCase();
}
