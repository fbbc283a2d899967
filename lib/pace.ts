/** How fast one client may go: the lines that it sends, and its address's joins. */
import { Budget } from "./budget.ts";
import type { JoinBudgets } from "./join-budgets.ts";
import { LINE_TOO_LONG, type Decoded } from "./line-decoder.ts";
import type { Settings } from "./settings.ts";

/** A line costs one for each part of this size that it has begun. */
const LINE_PRICE_BYTES = 1_024;

export interface PaceContext {
  readonly settings: Pick<Settings, "lineBurst" | "lineRate" | "lineLimitBytes">;
  readonly joinBudgets: JoinBudgets;
}

export class Pace {
  readonly #context: PaceContext;
  readonly #origin: string;
  readonly #lines: Budget;

  /** @param origin what the limits for one address count it under */
  constructor(context: PaceContext, origin: string) {
    this.#context = context;
    this.#origin = origin;
    this.#lines = new Budget(context.settings.lineBurst, context.settings.lineRate);
  }

  /**
   * How long the next line has to wait, in milliseconds; 0 = not at all. Of one who may not join
   * yet no line is read: it waits at the prompt.
   */
  delayMs(isNaming: boolean): number {
    const joinDelayMs = isNaming ? this.#context.joinBudgets.waitMs(this.#origin) : 0;
    return Math.max(this.#lines.waitMs, joinDelayMs);
  }

  /** Whether others of the same address have joined so lately that this one may have to wait. */
  get isJoinContended(): boolean {
    return !this.#context.joinBudgets.isFull(this.#origin);
  }

  spendLine(line: Decoded): void {
    this.#lines.spend(Math.max(1, Math.ceil(this.#bytesOf(line) / LINE_PRICE_BYTES)));
  }

  spendJoin(): void {
    this.#context.joinBudgets.spend(this.#origin);
  }

  /** A change of name shows on all screens, as a join does: it is paid for as one, if there is budget. */
  spendRename(): boolean {
    if (this.#context.joinBudgets.waitMs(this.#origin) > 0) return false;
    this.spendJoin();
    return true;
  }

  #bytesOf(line: Decoded): number {
    if (line === LINE_TOO_LONG) return this.#context.settings.lineLimitBytes + 1;
    return typeof line === "string" ? Buffer.byteLength(line) : line.bytes;
  }
}
