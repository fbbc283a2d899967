/** How fast one client may go: the lines that it sends, and its address's joins. */
import { Budget } from "./budget.ts";
import type { JoinBudgets } from "./join-budgets.ts";
import { LINE_TOO_LONG, type Decoded } from "./line-decoder.ts";
import type { Settings } from "./settings.ts";

/** A line costs one for each part of this size that it has begun. */
const LINE_PRICE_BYTES = 1_024;

export class Pace {
  readonly #lines: Budget;
  readonly #joinBudgets: JoinBudgets;
  readonly #origin: string;
  readonly #lineLimitBytes: number;

  constructor(settings: Settings, joinBudgets: JoinBudgets, origin: string) {
    this.#lines = new Budget(settings.lineBurst, settings.lineRate);
    this.#lineLimitBytes = settings.lineLimitBytes;
    this.#joinBudgets = joinBudgets;
    this.#origin = origin;
  }

  /**
   * How long the next line has to wait, in milliseconds; 0 = not at all. Of one who may not join
   * yet no line is read: it waits at the prompt.
   */
  delayMs(isNaming: boolean): number {
    const joinDelayMs = isNaming ? this.#joinBudgets.waitMs(this.#origin) : 0;
    return Math.max(this.#lines.waitMs, joinDelayMs);
  }

  /** Whether others of the same address have joined so lately that this one may have to wait. */
  get isJoinContended(): boolean {
    return !this.#joinBudgets.isFull(this.#origin);
  }

  spendLine(line: Decoded): void {
    this.#lines.spend(Math.max(1, Math.ceil(this.#bytesOf(line) / LINE_PRICE_BYTES)));
  }

  spendJoin(): void {
    this.#joinBudgets.spend(this.#origin);
  }

  #bytesOf(line: Decoded): number {
    if (line === LINE_TOO_LONG) return this.#lineLimitBytes + 1;
    return typeof line === "string" ? Buffer.byteLength(line) : line.bytes;
  }
}
