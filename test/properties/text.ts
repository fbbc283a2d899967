import fc from "fast-check";

/** What terminals obey or may obey: whole, in part, and made of characters that do no harm alone. */
export const HOSTILE = [
  "\x1b",
  "\x1b[",
  "\x1b[31m",
  "\x1b[2J",
  "\x1b[6n",
  "\x1b[c",
  "\x1b[?1049h",
  "\x1b]0;title\x07",
  "\x1b]52;c;aGk=\x1b\\",
  "\x1bP$q",
  "\x1b\\",
  "\x1b_",
  "\x1bk",
  "\x1bc",
  "\x1b(0",
  "\x1b#8",
  "\x1b ",
  "\x1b#",
  "\x9b",
  "\x9b2J",
  "\x9d0;title\x9c",
  "\x90",
  "\x9c",
  "\b",
  "\x7f",
  "\x15",
  "\r",
  "\x07",
  "\x0b",
  "\x0e",
  "\0",
  "\x85",
  "\u2028",
  "\u202e",
  "\u2067",
  "\u2069",
  "\ufeff",
];

const HARMLESS = [
  "a",
  "m",
  "[",
  "]",
  "0;",
  "|",
  " ",
  "\t",
  "é",
  "e\u0301",
  "\u0316\u0489",
  "שלום",
  "日本",
  "한",
  "\u1100\u1161",
  "👩‍💻",
  "🇩🇪",
  "👍",
  "\ufe0f",
  "\u200d",
  "\u200f",
  "\u00ad",
  "\ufff9",
  "\ufffd",
  "\u{e0041}",
];

const character = fc.string({ unit: "binary", minLength: 1, maxLength: 1 });

const part = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...HOSTILE) },
  { weight: 6, arbitrary: fc.constantFrom(...HARMLESS) },
  { weight: 2, arbitrary: character },
);

/** A line that an attacker might send. */
export const hostileLine = fc.array(part, { maxLength: 20 }).map((parts) => parts.join(""));

/** ECMA-48: a control sequence (5.4), or a command string (5.6) as xterm ends it. */
export const sequence = fc.oneof(
  fc.stringMatching(/^(?:\x1b\[|\x9b)[0-?]{0,6}[ -/]{0,2}[@-~]$/),
  fc.stringMatching(/^(?:\x1b\]|\x9d)[0-9]{1,2};[ -~]{0,9}(?:\x07|\x1b\\)$/),
  fc.stringMatching(/^\x1b[P_^][ -~]{0,9}\x1b\\$/),
);

/** A few characters that may be sent for ever. */
export const hostileUnit = fc
  .array(part, { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join(""));
