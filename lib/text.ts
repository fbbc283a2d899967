/**
 * Makes text from the network safe to show on other people's terminals: no control character but
 * the tab, no escape sequence, nothing that breaks a line or turns its direction around.
 */

/** C0 but the tab, DEL, C1; U+2028, U+2029; bidirectional embeddings, overrides, isolates; U+FEFF. */
const UNSAFE = /[\0-\x08\n-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff]/;

/** The same without the two characters that a Backspace key sends. */
const UNSAFE_BUT_ERASERS = /[\0-\x07\n-\x1f\x80-\x9f\u2028-\u202e\u2066-\u2069\ufeff]/g;

const ERASERS = new Set(["\b", "\x7f"]);

/**
 * `line` as somebody may be shown it. Terminal escape sequences go whole, and each Backspace takes
 * the character before it along, as in a terminal that edits lines by itself (IUTF8 of POSIX's
 * termios on Linux: one code point). Takes time in proportion to the length.
 */
export function safeText(line: string): string {
  if (!UNSAFE.test(line)) return line;
  const kept: string[] = [];
  for (const character of Bun.stripANSI(line).replace(UNSAFE_BUT_ERASERS, "")) {
    if (ERASERS.has(character)) kept.pop();
    else kept.push(character);
  }
  return kept.join("");
}
