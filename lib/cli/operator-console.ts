/**
 * The operator's terminal, pipe or file. It may be slow, stopped (Ctrl-S), full or gone, and the
 * chat must not notice. So each write runs on another thread, one at a time; what waits meanwhile
 * is bounded, and a gap is announced once there is space again. (`process.stdout` will not do: its
 * writes to a terminal block the event loop.)
 *
 * A write that fails is tried again, with the very bytes that are missing: a disk that was full may
 * have space later, and a pipe another reader.
 */
import { write } from "node:fs";
import { Budget } from "../limits/budget.ts";
import { linesNotShown } from "../text/messages.ts";
import type { Timer } from "../limits/timers.ts";

/** The most that waits for the console, in UTF-16 code units. */
const BACKLOG_MAX = 1_048_576;

/** How long to wait before trying again to write to a descriptor that does not block, */
const BUSY_RETRY_MS = 50;

/** and to one that cannot be written to: the disk is full, or nobody is left to read. */
const FAILED_RETRY_MS = 1_000;

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
  /** What the write that failed last did not write. It comes first. */
  #unwritten: Buffer | undefined;
  #phase: "idle" | "writing" | "resting" | "failed" = "idle";
  /** Runs while resting or failed. */
  #pause: Timer | undefined;
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
    // With this to be written, the program must not end before that has been tried.
    else this.#pause?.ref();
  }

  /**
   * Resolves when all that was printed is written, when one more attempt fails, or when that takes
   * longer than `timeoutMs`. Not to be called again before.
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
    const gap = this.#lostLines > 0 ? linesNotShown(this.#lostLines) : "";
    const bytes = Buffer.from(this.#waiting + gap);
    this.#waiting = "";
    this.#lostLines = 0;
    return bytes;
  }

  #write(bytes: Buffer): void {
    write(this.#descriptor, bytes, (error, written) => {
      if (error?.code === "EAGAIN") setTimeout(() => this.#write(bytes), BUSY_RETRY_MS);
      else if (error) this.#failed(bytes);
      else if (written < bytes.length) this.#write(bytes.subarray(written));
      else this.#written();
    });
  }

  #written(): void {
    const { waitMs } = this.#writeBudget;
    if (this.#onFlushed || waitMs === 0) return this.#writeNext();
    this.#phase = "resting";
    this.#pause = setTimeout(() => this.#writeNext(), waitMs);
    if (this.#waiting === "") this.#pause.unref();
  }

  /** The program may end meanwhile: it could wait for ever. */
  #failed(unwritten: Buffer): void {
    this.#unwritten = unwritten;
    this.#phase = "failed";
    this.#pause = setTimeout(() => this.#writeNext(), FAILED_RETRY_MS).unref();
    this.#finishFlush();
  }

  #finishFlush(): void {
    this.#onFlushed?.();
    this.#onFlushed = undefined;
  }
}
