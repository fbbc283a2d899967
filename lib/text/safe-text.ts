/**
 * Makes text from the network safe to show on other people's terminals. It has no control character except
 * the tab, no escape sequence, and nothing that breaks a line or turns its direction around.
 */

/** C0 except the tab, DEL, C1; U+2028, U+2029; bidirectional embeddings, overrides, isolates; U+FEFF. */
const UNSAFE_SET = String.raw`[\0-\x08\n-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff]`;
const UNSAFE = new RegExp(UNSAFE_SET, "v");

/**
 * The same without the characters that edit a line: the two that a Backspace key sends, and Ctrl-U. Half
 * characters are unsafe too. Decoding never makes one, but one is left where its other half ended an escape
 * sequence.
 */
const UNSAFE_BUT_EDITING = new RegExp(String.raw`[[${UNSAFE_SET}\p{Cs}]--[\b\x7f\x15]]`, "gv");

/** What some terminals send for arrow and function keys, and what `Bun.stripANSI` does not take for one. */
const KEYS = /\x1bO[ -~]|\x8f[ -~]|\x1b\[\[[A-E]/g;

/**
 * `line`, made safe to show. Terminal escape sequences are removed whole. Each Backspace removes the character
 * before it, and Ctrl-U the whole line, as in a terminal that edits lines by itself. (There a character is one
 * code point: IUTF8 of Linux's termios.) Takes linear time.
 */
export function safeText(line: string): string {
  if (!UNSAFE.test(line)) return line;
  const kept: string[] = [];
  for (const character of Bun.stripANSI(line.replace(KEYS, "")).replace(UNSAFE_BUT_EDITING, "")) {
    if (character === "\b" || character === "\x7f") kept.pop();
    else if (character === "\x15") kept.length = 0;
    else kept.push(character);
  }
  return kept.join("");
}
