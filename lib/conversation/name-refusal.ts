import { findFlaw, foldName, suggestName } from "../text/names.ts";
import { nameRefused } from "../text/messages.ts";

/**
 * Why nobody may have this name, in a sentence with a suggestion that nobody has; or `undefined`.
 *
 * @param charactersMax longest name, in code points
 */
export function refuseName(
  name: string,
  charactersMax: number,
  members: { find(key: string): unknown },
): string | undefined {
  const flaw = findFlaw(name, charactersMax);
  if (flaw === undefined) return undefined;
  const candidate = suggestName(name, charactersMax);
  const isFree = candidate !== undefined && members.find(foldName(candidate)) === undefined;
  return nameRefused(flaw, charactersMax, isFree ? candidate : undefined);
}
