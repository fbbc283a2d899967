/**
 * What the operator sees: who joined from where, who left and why, and what was said. Lines are
 * collected and handed on once a turn of the event loop, so that a busy room does not pay for
 * each. Names and texts come here as the others in the room are shown them: safe for a terminal.
 */
import { Budget } from "./budget.ts";
import type { LeaveReason } from "./messages.ts";
import { safeText } from "./text.ts";

/** Refusals that are logged at once, and each second after that: strangers do not fill the log. */
const REFUSAL_BURST = 20;
const REFUSALS_PER_SECOND = 1;

/** More than this is handed on before the turn ends, in UTF-16 code units. */
const PENDING_MAX = 65_536;

/** Receives whole lines, each ended by LF: most often once a turn of the event loop. */
export type LogSink = (text: string) => void;

export class Log {
  readonly #sink: LogSink | undefined;
  readonly #quiet: boolean;
  readonly #refusalBudget = new Budget(REFUSAL_BURST, REFUSALS_PER_SECOND);
  #refusalsUnlogged = 0;
  /** A log that throws would throw each turn: once is enough to be told. */
  #hasComplained = false;
  #pending = "";

  /** @param quiet leaves out what was said */
  constructor(sink: LogSink | undefined, quiet: boolean) {
    this.#sink = sink;
    this.#quiet = quiet;
  }

  joined(name: string, address: string): void {
    this.#add(`${name} (${address}) has joined`);
  }

  /** Somebody said or did something: `line` is what the others are sent, with its LF. */
  said(line: string): void {
    if (!this.#quiet) this.#append(line);
  }

  renamed(from: string, to: string, address: string): void {
    this.#add(`${from} (${address}) is now ${to}`);
  }

  left(name: string, address: string, reason: LeaveReason): void {
    this.#add(`${name} (${address}) has left: ${reason}`);
  }

  /** Somebody was not let in. */
  refused(address: string, reason: LeaveReason): void {
    if (this.#refusalBudget.waitMs > 0) {
      this.#refusalsUnlogged++;
      return;
    }
    this.#refusalBudget.spend(1);
    const unlogged = this.#refusalsUnlogged;
    this.#refusalsUnlogged = 0;
    this.#add(`refused ${address}: ${reason}${unlogged > 0 ? ` (and ${unlogged} before)` : ""}`);
  }

  /** Something that the operator should know. */
  warned(line: string): void {
    this.#add(line);
  }

  /** Something of ours threw while it dealt with the client at `address`. */
  failed(address: string, error: unknown): void {
    const stack = (error instanceof Error && error.stack ? error.stack : String(error))
      .split("\n")
      .map(safeText)
      .join("\n");
    this.#add(`internal error with the client at ${address}: ${stack}`);
  }

  #add(line: string): void {
    this.#append(`${line}\n`);
  }

  #append(line: string): void {
    if (this.#sink === undefined) return;
    if (this.#pending === "") setImmediate(() => this.flush());
    this.#pending += line;
    if (this.#pending.length > PENDING_MAX) this.flush();
  }

  /** Hands on what was collected. */
  flush(): void {
    const text = this.#pending;
    this.#pending = "";
    if (text === "") return;
    try {
      this.#sink?.(text);
    } catch (error) {
      if (!this.#hasComplained) console.error("natter: the log function threw:", error);
      this.#hasComplained = true;
    }
  }
}
