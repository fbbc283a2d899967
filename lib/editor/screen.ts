/**
 * The lowest rows of a terminal, in which a line is typed: what takes it away, and what puts it back.
 *
 * Rows end in CR LF, and never in the window's last column. So it does not matter how a terminal wraps, and a
 * character that is wider or narrower there than here moves nothing in other rows. The cursor is put after some
 * characters by writing these again, not by counting columns.
 *
 * When a window becomes narrower, some terminals break rows that are too wide now (tmux), some cut them off
 * (xterm), and some do the one to some rows and the other to others. Where the terminal's name does not tell,
 * too few rows are taken away: that leaves a part of the old line there, and never takes away what others said.
 */
import { layOut, NOTHING, type Layout } from "./layout.ts";

/** What is assumed until a terminal says something else. */
const COLUMNS = 80;
const ROWS = 24;

/** A window that says that it is narrower or lower is not believed. */
const COLUMNS_MIN = 4;
const ROWS_MIN = 2;

/** Terminals that break rows which have become too wide, also the one with the cursor. */
const BREAKS_ROWS = /^(?:tmux|screen|xterm-kitty|alacritty|foot|wezterm|xterm-ghostty)/;

const CLEAR = "\x1b[H\x1b[2J";

export class Screen {
  #columns = COLUMNS;
  #rows = ROWS;
  #breaksRows = false;
  #drawn = NOTHING;
  /** How wide the window was then. */
  #drawnColumns = COLUMNS;

  /** The window has a size, 0 = not known. Returns whether that is another one than before. */
  resize(columns: number, rows: number): boolean {
    const before = [this.#columns, this.#rows];
    this.#columns = columns === 0 ? COLUMNS : Math.max(columns, COLUMNS_MIN);
    this.#rows = rows === 0 ? ROWS : Math.max(rows, ROWS_MIN);
    return before[0] !== this.#columns || before[1] !== this.#rows;
  }

  /** The terminal is of this type. */
  become(terminal: string): void {
    this.#breaksRows = BREAKS_ROWS.test(terminal);
  }

  /** Whether no part of a line is there. */
  get isBlank(): boolean {
    return this.#drawn === NOTHING;
  }

  /** What is to be written to take the line away; the cursor is where the line began. */
  erase(): string {
    if (this.isBlank) return "";
    const up = this.#rowsAbove();
    this.#drawn = NOTHING;
    return `${moveUp(up)}\r\x1b[J`;
  }

  /** What is to be written to empty the window. */
  clear(): string {
    this.#drawn = NOTHING;
    return CLEAR;
  }

  /** What was drawn has not been sent. */
  lost(): void {
    this.#drawn = NOTHING;
  }

  /** The line is there already, for another reason. */
  found(graphemes: readonly string[]): void {
    if (graphemes.length === 0) return this.lost();
    this.#drawn = layOut(graphemes, graphemes.length, this.#columns - 1);
    this.#drawnColumns = this.#columns;
  }

  /** What is to be written to put a line there, if there is none: of a very long one the part with the cursor. */
  draw(graphemes: readonly string[], cursor: number): string {
    if (graphemes.length === 0) return "";
    const whole = layOut(graphemes, cursor, this.#columns - 1);
    const top = Math.max(0, Math.min(whole.cursorRow, whole.rows.length - this.#rows));
    const rows = whole.rows.slice(top, top + this.#rows);
    const cursorRow = whole.cursorRow - top;
    this.#drawn = { rows, cursorRow, cursorAt: whole.cursorAt };
    this.#drawnColumns = this.#columns;
    const text = rows.map(shown).join("\r\n");
    const below = rows.length - 1 - cursorRow;
    const row = rows[cursorRow] as readonly string[];
    if (below === 0 && whole.cursorAt === row.length) return text;
    return `${text}${moveUp(below)}\r${shown(row.slice(0, whole.cursorAt))}`;
  }

  /** How many rows of the line are above the cursor now. */
  #rowsAbove(): number {
    const { rows, cursorRow, cursorAt } = this.#drawn;
    if (this.#columns >= this.#drawnColumns || !this.#breaksRows) return cursorRow;
    const above = rows.slice(0, cursorRow).map((row) => layOut(row, 0, this.#columns).rows.length);
    const row = rows[cursorRow] as readonly string[];
    const at = Math.max(0, Math.min(cursorAt, row.length - 1));
    const broken: Layout = layOut(row, at, this.#columns);
    return above.reduce((sum, count) => sum + count, broken.cursorRow);
  }
}

function shown(row: readonly string[]): string {
  return row.join("").replaceAll("\t", " ");
}

function moveUp(rows: number): string {
  return rows === 0 ? "" : `\x1b[${rows}A`;
}
