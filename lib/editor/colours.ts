/** The colour of a name: the same for everybody and each time, whatever the case of its letters. */
import { foldName } from "../text/names.ts";

/** Of the 256 colours of terminals: each has a contrast of 3.8 or more on black and on white (WCAG 2). */
export const COLOURS = [160, 166, 130, 100, 64, 28, 30, 32, 63, 98, 164, 162] as const;

/** So many coloured names are kept. */
const NAMES_MAX = 4_096;

const coloured = new Map<string, string>();

/** `name` as a terminal shows it in its colour. */
export function colour(name: string): string {
  let text = coloured.get(name);
  if (text === undefined) {
    if (coloured.size === NAMES_MAX) coloured.clear();
    const number = COLOURS[Bun.hash.crc32(foldName(name)) % COLOURS.length];
    text = `\x1b[38;5;${number}m${name}\x1b[39m`;
    coloured.set(name, text);
  }
  return text;
}
