/** A terminal that shows what it is sent: xterm.js without a window. */
import { Terminal } from "@xterm/headless";

export class Emulator {
  readonly #terminal: Terminal;
  /** How often the bell was rung. */
  bells = 0;

  constructor(columns: number, rows: number) {
    this.#terminal = new Terminal({
      cols: columns,
      rows,
      scrollback: 10_000,
      allowProposedApi: true,
    });
    this.#terminal.onBell(() => void this.bells++);
  }

  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => this.#terminal.write(bytes, resolve));
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
  }

  /** All rows up to the last one that shows something, or that has the cursor. */
  get rows(): string[] {
    const rows = this.#rowsAndWraps.map(({ text }) => text);
    while (rows.length > this.cursor.row + 1 && rows.at(-1) === "") rows.pop();
    return rows;
  }

  /** The same, with rows put together that the terminal has wrapped. */
  get lines(): string[] {
    const lines: string[] = [];
    for (const [at, { text, isWrapped }] of this.#rowsAndWraps.entries()) {
      if (at > this.cursor.row && text === "") continue;
      if (isWrapped) lines[lines.length - 1] += text;
      else lines.push(text);
    }
    return lines.map((line) => line.trimEnd());
  }

  /** Where the cursor is, counted from the first row of all. */
  get cursor(): { row: number; column: number } {
    const { baseY, cursorY, cursorX } = this.#terminal.buffer.active;
    return { row: baseY + cursorY, column: cursorX };
  }

  get #rowsAndWraps(): { text: string; isWrapped: boolean }[] {
    const buffer = this.#terminal.buffer.active;
    return Array.from({ length: buffer.length }, (_, at) => {
      const row = buffer.getLine(at);
      const isFollowed = buffer.getLine(at + 1)?.isWrapped ?? false;
      return {
        text: row?.translateToString(!isFollowed) ?? "",
        isWrapped: row?.isWrapped ?? false,
      };
    });
  }

  dispose(): void {
    this.#terminal.dispose();
  }
}
