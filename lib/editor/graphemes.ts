/** What a reader takes for one character, and how many columns of a terminal it covers. */

const SEGMENTER = new Intl.Segmenter(undefined, { granularity: "grapheme" });

const ASCII = /^[ -~]*$/;

export function segment(text: string): string[] {
  if (ASCII.test(text)) return [...text];
  return Array.from(SEGMENTER.segment(text), (each) => each.segment);
}

/** How many columns a character covers. A tab is shown as a blank. */
export function columnsOf(grapheme: string): number {
  if (grapheme.length === 1 && grapheme <= "~") return 1;
  return Bun.stringWidth(grapheme);
}

/** How many code points a text has. */
export function countCharacters(text: string): number {
  if (ASCII.test(text)) return text.length;
  let count = 0;
  for (const _ of text) count++;
  return count;
}
