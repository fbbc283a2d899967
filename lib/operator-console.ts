/**
 * The operator's terminal, pipe or file. It may be slow, blocked or gone, and the chat must not
 * notice: what waits for it is bounded, and a gap is announced once there is space again.
 */

/** What is needed of `process.stdout`. */
export interface ConsoleStream {
  readonly writableLength: number;
  write(text: string, done?: () => void): unknown;
}

/** The most that waits for the console, in bytes. */
const BACKLOG_BYTES_MAX = 1_048_576;

export class OperatorConsole {
  readonly #stream: ConsoleStream;
  #lostLines = 0;

  constructor(stream: ConsoleStream) {
    this.#stream = stream;
  }

  /** Shows `text`, which is whole lines. Never waits. */
  print(text: string): void {
    if (this.#stream.writableLength > BACKLOG_BYTES_MAX) {
      this.#lostLines += text.split("\n").length - 1;
      return;
    }
    if (this.#lostLines > 0) {
      this.#stream.write(`*** ${this.#lostLines} lines not shown: the console is too slow ***\n`);
      this.#lostLines = 0;
    }
    this.#stream.write(text);
  }

  /** Resolves when all that was printed is written, or when that takes longer than `timeoutMs`. */
  flushed(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#stream.write("", () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
