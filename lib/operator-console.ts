/**
 * The operator's terminal, pipe or file. It may be slow, stopped (Ctrl-S), full or gone, and the
 * chat must not notice. So each write runs on another thread, one at a time; what waits meanwhile
 * is bounded, and a gap is announced once there is space again. (`process.stdout` will not do: its
 * writes to a terminal block the event loop.)
 */
import { write } from "node:fs";
import { Budget } from "./budget.ts";
import { linesNotShown } from "./messages.ts";
import type { Timer } from "./timers.ts";

/** The most that waits for the console, in UTF-16 code units. */
const BACKLOG_MAX = 1_048_576;

/** How long to wait before trying again to write to a descriptor that does not block. */
const RETRY_MS = 50;

/**
 * Each write takes a thread's time, which a busy chat had better keep: after so many in a row there
 * are not more than so many a second, each with all that has come meanwhile.
 */
const WRITES_BURST = 10;
const WRITES_PER_SECOND = 50;

export class OperatorConsole {
  readonly #descriptor: number;
  #waiting = "";
  #lostLines = 0;
  #phase: "idle" | "writing" | "resting" = "idle";
  #rest: Timer | undefined;
  readonly #writeBudget = new Budget(WRITES_BURST, WRITES_PER_SECOND);
  #onFlushed: (() => void) | undefined;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  /** Shows `text`, which is whole lines. Never waits. */
  print(text: string): void {
    if (this.#waiting.length > BACKLOG_MAX) this.#lostLines += text.split("\n").length - 1;
    else this.#waiting += text;
    if (this.#phase === "idle") this.#writeNext();
    // With this to be written, the program must not end before it is.
    else this.#rest?.ref();
  }

  /**
   * Resolves when all that was printed is written, or when that takes longer than `timeoutMs`. Not to
   * be called again before.
   */
  flushed(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#onFlushed = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#phase !== "writing") this.#writeNext();
    });
  }

  #writeNext(): void {
    clearTimeout(this.#rest);
    this.#rest = undefined;
    let text = this.#waiting;
    this.#waiting = "";
    if (this.#lostLines > 0) {
      text += linesNotShown(this.#lostLines);
      this.#lostLines = 0;
    }
    if (text === "") {
      this.#phase = "idle";
      this.#onFlushed?.();
      this.#onFlushed = undefined;
    } else {
      this.#phase = "writing";
      this.#writeBudget.spend(1);
      this.#write(Buffer.from(text));
    }
  }

  #written(): void {
    const { waitMs } = this.#writeBudget;
    if (this.#onFlushed || waitMs === 0) return this.#writeNext();
    this.#phase = "resting";
    this.#rest = setTimeout(() => this.#writeNext(), waitMs);
    if (this.#waiting === "") this.#rest.unref();
  }

  #write(bytes: Buffer): void {
    write(this.#descriptor, bytes, (error, written) => {
      if (error?.code === "EAGAIN") setTimeout(() => this.#write(bytes), RETRY_MS);
      else if (error === null && written < bytes.length) this.#write(bytes.subarray(written));
      else this.#written();
    });
  }
}
