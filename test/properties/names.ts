import fc from "fast-check";
import { hostileLine, hostileUnit } from "./text.ts";

/** Difficult letters: because of their case, width or composition, or because of what they look like. */
const LETTERS = [
  "iIjJıİɨịĮіјϳ",
  "ßẞſsSςσΣµΜ",
  "KÅℋℵ𝐁𝖻ⅈ",
  "ﬁﬃŉǰẖΐᾳᾼΰᾯͺʹʼʻ",
  "ａＡｶﾞﾟガか゛",
  "가각\u1100\u1161\u11a8ㅎㅏㄴ",
  "Bobаоіеαορ",
  "ჰᲐᲀꭰᏸԱև",
  "علی۲ﱞﷺﹰ",
  "ज\u093cो\u0902১ำກຳ",
  "ཷ\u0f81",
  "日ㄅさ𠮷",
  "01lɪɴ_-.",
  "DISCONNECTED",
].map((letters) => [...letters]);

const MARKS = [..."\u0300\u0301\u0303\u0304\u0307\u0308\u0323\u0328\u0345\u0315\u0489\u3099\u0e47"];

const GAPS = [
  " ",
  "\u00a0",
  "\u3000",
  "\u200d",
  "\u200c",
  "\u00ad",
  "\u034f",
  "\u3164",
  "🦊",
  ":",
  "*",
];

/** Letters mostly of one script, because most lines would be refused otherwise; marks; and other characters. */
const nameOf = (letters: string[]) =>
  fc
    .array(
      fc.oneof(
        { weight: 12, arbitrary: fc.constantFrom(...letters, "a") },
        { weight: 6, arbitrary: fc.constantFrom(...MARKS) },
        { weight: 1, arbitrary: fc.constantFrom(...GAPS) },
        { weight: 1, arbitrary: fc.constantFrom(...LETTERS.flat()) },
      ),
      { minLength: 1, maxLength: 7 },
    )
    .map((parts) => parts.join(""));

const randomLetters = fc
  .array(fc.string({ unit: "binary", minLength: 1, maxLength: 1 }), { maxLength: 3 })
  .map((parts) => parts.join(""));

/** Lines that may be allowed as names. */
const once = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...LETTERS).chain(nameOf) },
  { weight: 1, arbitrary: randomLetters },
);

const long = fc.tuple(once, fc.nat(40)).map(([name, times]) => name.repeat(times));

/** The same, also many times over. */
export const attempt = fc.oneof({ weight: 6, arbitrary: once }, long);

/** Lines that are never allowed as names. */
export const hostileName = fc.oneof(attempt, hostileLine);

/** A few characters that may be sent for ever. */
export const nameUnit = fc
  .oneof(hostileUnit, once, fc.array(fc.constantFrom(...MARKS, ...GAPS), { maxLength: 4 }))
  .map((unit) => [...unit].join("") || "a");
