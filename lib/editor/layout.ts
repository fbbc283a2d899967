/**
 * Characters in rows. A row ends one column before the window does: a terminal that has filled its last column
 * waits there in a state of its own, and the next column is always there for the cursor.
 */
import { columnsOf } from "./graphemes.ts";

export interface Layout {
  /** The characters of each row. There is always one. */
  readonly rows: readonly (readonly string[])[];
  /** Where the cursor is: in which row, and after how many of its characters. */
  readonly cursorRow: number;
  readonly cursorAt: number;
}

export const NOTHING: Layout = { rows: [[]], cursorRow: 0, cursorAt: 0 };

/**
 * @param cursor how many characters are before it
 * @param columns how many columns a row has
 */
export function layOut(graphemes: readonly string[], cursor: number, columns: number): Layout {
  let row: string[] = [];
  const rows = [row];
  let used = 0;
  let [cursorRow, cursorAt] = [0, 0];
  for (const [index, grapheme] of graphemes.entries()) {
    const width = columnsOf(grapheme);
    if (used + width > columns && used > 0) {
      rows.push((row = []));
      used = 0;
    }
    if (index === cursor) [cursorRow, cursorAt] = [rows.length - 1, row.length];
    row.push(grapheme);
    used += width;
  }
  if (cursor >= graphemes.length) [cursorRow, cursorAt] = [rows.length - 1, row.length];
  return { rows, cursorRow, cursorAt };
}
