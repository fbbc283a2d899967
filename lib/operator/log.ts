/**
 * What the operator sees, made of the chat's events: who joined from where, who left and why, and what was
 * said. Lines are collected and passed on once a turn of the event loop, because a call for each line would
 * cost too much in a busy room.
 */
import type { ChatEvent } from "../events.ts";
import { Budget } from "../limits/budget.ts";
import type { Settings } from "../options/settings.ts";
import { LOG_FORMATS, type LogEvent } from "./log-format.ts";
import { LogFile } from "./log-file.ts";
import { together, type LogState } from "./log-state.ts";

/** How many refusals are logged at once, and each second after that. So strangers do not fill the log. */
const REFUSAL_BURST = 20;
const REFUSALS_PER_SECOND = 1;

/** If more than this has been collected, it is passed on before the turn ends. In UTF-16 code units. */
const PENDING_MAX = 65_536;

/** Receives whole lines, each ended by LF, most often once a turn of the event loop. */
export type LogSink = (text: string) => void;

type LogSettings = Pick<Settings, "quiet" | "logFormat" | "logFile">;

export class Log {
  readonly #sink: LogSink | undefined;
  readonly #settings: LogSettings;
  readonly #followers = new Set<LogSink>();
  readonly #refusalBudget = new Budget(REFUSAL_BURST, REFUSALS_PER_SECOND);
  #file: LogFile | undefined;
  /** What was lost of the files before this one, if there were any. */
  #earlier: LogState | undefined;
  #refusalsUnlogged = 0;
  /** A log that throws would throw in each turn. Standard error says so only once. */
  #hasComplained = false;
  #pending = "";

  /**
   * @param settings are read whenever something happens, so they may change
   * @throws {Error} the file cannot be written, with the system's `code` and `path`
   */
  constructor(sink: LogSink | undefined, settings: LogSettings) {
    this.#sink = sink;
    this.#settings = settings;
    this.#file = LogFile.of(settings);
  }

  /** What has become of its files; undefined if there never was one. */
  get state(): LogState | undefined {
    return together(this.#earlier, this.#file?.state);
  }

  /** Something has happened. */
  readonly take = (event: ChatEvent): void => {
    switch (event.type) {
      case "said":
      case "acted":
        return this.#settings.quiet ? undefined : this.#add(event);
      case "refused":
        return this.#addRefusal(event);
      default:
        return this.#add(event);
    }
  };

  /** Has `sink` receive the lines too that come from now on, until the function is called that this returns. */
  follow(sink: LogSink): () => void {
    this.flush();
    this.#followers.add(sink);
    return () => void this.#followers.delete(sink);
  }

  /** Whether anybody receives it. */
  get #isRead(): boolean {
    return (this.#sink ?? this.#file) !== undefined || this.#followers.size > 0;
  }

  #addRefusal(event: ChatEvent): void {
    if (this.#refusalBudget.waitMs > 0) {
      this.#refusalsUnlogged++;
      return;
    }
    this.#refusalBudget.spend(1);
    const unlogged = this.#refusalsUnlogged;
    this.#refusalsUnlogged = 0;
    this.#add(unlogged > 0 ? { ...event, unlogged } : event);
  }

  #add(event: LogEvent): void {
    if (!this.#isRead) return;
    const line = LOG_FORMATS[this.#settings.logFormat](event);
    if (line === undefined) return;
    if (this.#pending === "") setImmediate(() => this.flush());
    this.#pending += line;
    if (this.#pending.length > PENDING_MAX) this.flush();
  }

  /** Passes on what was collected. */
  flush(): void {
    const text = this.#pending;
    this.#pending = "";
    if (text === "") return;
    this.#file?.print(text);
    for (const follower of this.#followers) follower(text);
    try {
      this.#sink?.(text);
    } catch (error) {
      if (!this.#hasComplained) console.error("natter: the log function threw:", error);
      this.#hasComplained = true;
    }
  }

  /** From now on lines go to this file, or to none. Those before it are in the file before. */
  moveTo(file: LogFile | undefined): void {
    this.flush();
    if (this.#file !== undefined) void this.#leave(this.#file);
    this.#file = file;
  }

  async #leave(file: LogFile): Promise<void> {
    const { lostLines } = file.state;
    this.#keepLost(lostLines);
    await file.close();
    this.#keepLost(file.state.lostLines - lostLines);
  }

  #keepLost(lostLines: number): void {
    this.#earlier = together(this.#earlier, { waitingLines: 0, lostLines, isFailing: false });
  }

  /** Opens the file again, which may have been moved. */
  reopen(): void {
    this.flush();
    this.#file?.reopen();
  }

  /** Passes on what was collected, and resolves when the file has it, or cannot take it. */
  async close(): Promise<void> {
    this.flush();
    await this.#file?.close();
  }
}
