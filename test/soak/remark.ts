/**
 * What people in a soak say. Each remark tells who said it and its number. So each listener can check that it came
 * once, in order and whole.
 */
export interface Remark {
  readonly author: number;
  /** Counted from 0. */
  readonly number: number;
  readonly isWhole: boolean;
}

const FORM = /^#(\d+)\.(\d+) (\d+)=(.*)$/;

/** Enough for the longest remark, wherever in the alphabet it begins. */
const FILLER_LENGTH = 70_000;
const BEGINNINGS = 26;
const FILLERS = ["abcdefghijklmnopqrstuvwxyz", "äßçđéfğhıјķłmñöþqřšťůvẃxýž漢字"].map((letters) =>
  letters.repeat(Math.ceil(FILLER_LENGTH / letters.length)),
);

/** @param length how many characters fill it */
export function remark(author: number, number: number, length: number): string {
  return `#${author}.${number} ${length}=${filler(author, number, length)}`;
}

/** The remark in `text`, if it is one. No other text that people in a soak say begins with a `#`. */
export function parseRemark(text: string): Remark | undefined {
  const [, author, number, length, rest] = FORM.exec(text) ?? [];
  if (author === undefined || number === undefined) {
    return text.startsWith("#") ? { author: NaN, number: NaN, isWhole: false } : undefined;
  }
  const isWhole = rest === filler(Number(author), Number(number), Number(length));
  return { author: Number(author), number: Number(number), isWhole };
}

function filler(author: number, number: number, length: number): string {
  const start = (author + number) % BEGINNINGS;
  return (FILLERS[author % FILLERS.length] as string).slice(start, start + length);
}
