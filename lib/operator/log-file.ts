/**
 * A file that the log is written to. It is appended to and never blocks the chat. If it cannot be written, the
 * lines wait, standard error says so once, and it is tried again. So a full disk or a missing folder loses only
 * what has no space meanwhile.
 */
import { closeSync, constants, openSync } from "node:fs";
import type { Settings } from "../options/settings.ts";
import { LOG_FORMATS } from "./log-format.ts";
import type { LogState } from "./log-state.ts";
import { OperatorConsole } from "./operator-console.ts";

/** A file that is no regular one could take for ever to open. */
const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;

/** What people say is in it: its owner may read it, and those of its group. */
const MODE = 0o640;

/** Longest wait for the last lines to be written, in milliseconds. */
const CLOSE_TIMEOUT_MS = 1_000;

type FileSettings = Pick<Settings, "logFile" | "logFormat">;

export class LogFile {
  readonly #path: string;
  readonly #console: OperatorConsole;
  #descriptor: number | undefined;
  /** The file was moved, so it is opened again before the next write. */
  #isMoved = false;
  #isClosed = false;
  /** Whether standard error has been told, since it could last be written. */
  #hasComplained = false;

  /** The file that `settings` name, if they name one. */
  static of(settings: FileSettings): LogFile | undefined {
    return settings.logFile === "" ? undefined : new LogFile(settings.logFile, settings);
  }

  /**
   * @param settings the format of what it says itself
   * @throws {Error} it cannot be opened, with the system's `code` and `path`
   */
  constructor(path: string, settings: Pick<FileSettings, "logFormat">) {
    this.#path = path;
    this.#console = new OperatorConsole(() => this.#open(), {
      gapLine: (count) => LOG_FORMATS[settings.logFormat]({ type: "lines not shown", count }) ?? "",
      onFailed: (error) => this.#complain(error),
      onWritten: () => this.#written(),
    });
    closeSync(openSync(path, FLAGS, MODE));
  }

  /** What has become of what was printed. */
  get state(): LogState {
    return this.#console.state;
  }

  /** Appends `text`, which is whole lines. Never waits. */
  print(text: string): void {
    if (!this.#isClosed) this.#console.print(text);
  }

  /** Opens the file again, at once unless a write is under way. */
  reopen(): void {
    this.#isMoved = true;
    if (!this.#console.isWriting && !this.#isClosed) this.#reopenNow();
  }

  /** Resolves when all lines are written, or when that fails or takes too long. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#console.flushed(CLOSE_TIMEOUT_MS);
    this.#console.giveUp();
    if (!this.#console.isWriting) this.#closeDescriptor();
  }

  /** The open file. This is called only between two writes, so it may be closed here. */
  #open(): number {
    if (this.#isMoved) this.#closeDescriptor();
    this.#isMoved = false;
    this.#descriptor ??= openSync(this.#path, FLAGS, MODE);
    return this.#descriptor;
  }

  #written(): void {
    this.#hasComplained = false;
    if (this.#isMoved) this.#reopenNow();
  }

  #reopenNow(): void {
    try {
      this.#open();
    } catch (error) {
      this.#complain(error as Error);
    }
  }

  #closeDescriptor(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #complain({ message }: Error): void {
    if (!this.#hasComplained) {
      console.error(`natter: the log cannot be written (${message}); trying again.`);
    }
    this.#hasComplained = true;
  }
}
