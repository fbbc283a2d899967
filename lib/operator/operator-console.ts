/**
 * The operator's terminal, pipe or file. It may be slow, stopped (Ctrl-S), full or gone, and the chat must not
 * notice. So each write runs on another thread, one at a time. Text that waits meanwhile has a limit, and a
 * gap is announced once there is space again. (`process.stdout` cannot be used, because its writes to a
 * terminal block the event loop.)
 *
 * A write that fails is tried again, with exactly the bytes that are missing. A full disk may have space later,
 * and a pipe may get another reader.
 */
import { write } from "node:fs";
import { Budget } from "../limits/budget.ts";
import { linesNotShown } from "../text/messages.ts";
import type { LogState } from "./log-state.ts";
import type { Timer } from "../limits/timers.ts";

/** The most that waits for the console, in UTF-16 code units. */
const BACKLOG_MAX = 1_048_576;

/** How long to wait before the next try if a descriptor that does not block has no space, in milliseconds. */
const BUSY_RETRY_MS = 50;

/** How long to wait if a write fails, because the disk is full or nobody is left to read, in milliseconds. */
const FAILED_RETRY_MS = 1_000;

/**
 * Each write takes a thread's time, which a busy chat needs for other work. So after a burst of writes there are
 * not more than so many a second. Each has all that has come meanwhile.
 */
const WRITES_BURST = 10;
const WRITES_PER_SECOND = 50;

/** What differs between a console and a file. */
export interface ConsoleOptions {
  /** The line that stands for lines that had no space. */
  readonly gapLine?: (count: number) => string;
  /** A write has failed, or there is nothing to write to. It is tried again. */
  readonly onFailed?: (error: Error) => void;
  readonly onWritten?: () => void;
}

export class OperatorConsole {
  readonly #descriptor: () => number;
  readonly #options: ConsoleOptions;
  #waiting = "";
  #lostLines = 0;
  /** Of those that a gap was announced for. */
  #announcedLostLines = 0;
  /** The bytes that the last failed write did not write. They come first. */
  #unwritten: Buffer | undefined;
  /** Whether the last write has failed. */
  #hasFailed = false;
  #phase: "idle" | "writing" | "resting" | "failed" = "idle";
  /** Runs while resting or failed. */
  #pause: Timer | undefined;
  readonly #writeBudget = new Budget(WRITES_BURST, WRITES_PER_SECOND);
  #onFlushed: (() => void) | undefined;
  #isGivenUp = false;

  /** @param descriptor what it is written to. It is asked for before each write, and may throw */
  constructor(descriptor: number | (() => number), options: ConsoleOptions = {}) {
    this.#descriptor = typeof descriptor === "number" ? () => descriptor : descriptor;
    this.#options = options;
  }

  /** Whether another thread writes at this moment, or a write is about to be tried again. */
  get isWriting(): boolean {
    return this.#phase === "writing";
  }

  /** What has become of what was printed. To count what waits takes a millisecond at most. */
  get state(): LogState {
    return {
      waitingLines: countLines(this.#waiting) + countLines(String(this.#unwritten ?? "")),
      lostLines: this.#announcedLostLines + this.#lostLines,
      isFailing: this.#hasFailed || this.#lostLines > 0,
    };
  }

  /** Shows `text`, which is whole lines. Never waits. */
  print(text: string): void {
    if (this.#waiting.length > BACKLOG_MAX) this.#lostLines += text.split("\n").length - 1;
    else this.#waiting += text;
    if (this.#phase === "idle") this.#writeNext();
    // The program must not end before writing this has been tried.
    else this.#pause?.ref();
  }

  /**
   * Resolves when all that was printed is written, when one more attempt fails, or when that takes longer
   * than `timeoutMs`. It must not be called again before it has resolved.
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

  /** Tries nothing again. What waits is lost. */
  giveUp(): void {
    this.#lostLines += this.state.waitingLines;
    this.#isGivenUp = true;
    this.#waiting = "";
    this.#unwritten = undefined;
    clearTimeout(this.#pause);
  }

  #writeNext(): void {
    clearTimeout(this.#pause);
    this.#pause = undefined;
    const bytes = this.#unwritten ?? this.#takeWaiting();
    this.#unwritten = undefined;
    if (bytes.length === 0) {
      this.#phase = "idle";
      this.#finishFlush();
    } else {
      this.#phase = "writing";
      this.#writeBudget.spend(1);
      this.#write(bytes);
    }
  }

  #takeWaiting(): Buffer {
    const { gapLine = linesNotShown } = this.#options;
    const gap = this.#lostLines > 0 ? gapLine(this.#lostLines) : "";
    const bytes = Buffer.from(this.#waiting + gap);
    this.#waiting = "";
    this.#announcedLostLines += this.#lostLines;
    this.#lostLines = 0;
    return bytes;
  }

  #write(bytes: Buffer): void {
    let descriptor: number;
    try {
      descriptor = this.#descriptor();
    } catch (error) {
      return this.#failed(bytes, error as Error);
    }
    write(descriptor, bytes, (error, written) => {
      if (this.#isGivenUp) return;
      if (error?.code === "EAGAIN") setTimeout(() => this.#write(bytes), BUSY_RETRY_MS);
      else if (error) this.#failed(bytes, error);
      else this.#took(bytes, written);
    });
  }

  #took(bytes: Buffer, written: number): void {
    this.#hasFailed = false;
    if (written < bytes.length) this.#write(bytes.subarray(written));
    else this.#written();
  }

  #written(): void {
    this.#options.onWritten?.();
    const { waitMs } = this.#writeBudget;
    if (this.#onFlushed || waitMs === 0) return this.#writeNext();
    this.#phase = "resting";
    this.#pause = setTimeout(() => this.#writeNext(), waitMs);
    if (this.#waiting === "") this.#pause.unref();
  }

  /** The program may end while this waits, because the wait could last for ever. */
  #failed(unwritten: Buffer, error: Error): void {
    this.#options.onFailed?.(error);
    this.#unwritten = unwritten;
    this.#hasFailed = true;
    this.#phase = "failed";
    this.#pause = setTimeout(() => this.#writeNext(), FAILED_RETRY_MS).unref();
    this.#finishFlush();
  }

  #finishFlush(): void {
    this.#onFlushed?.();
    this.#onFlushed = undefined;
  }
}

function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) lines++;
  return lines;
}
