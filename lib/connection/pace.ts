/** How fast one client may go: the lines that it sends, and those and the joins of its address. */
import type { Address } from "../limits/addresses.ts";
import { Budget } from "../limits/budget.ts";
import { LINE_TOO_LONG, type Decoded } from "./line-decoder.ts";
import type { Settings } from "../options/settings.ts";

/** A line costs one for each part of this size that it has begun. */
const LINE_PRICE_BYTES = 1_024;

export type PaceSettings = Pick<Settings, "lineBurst" | "lineRate" | "lineLimitBytes">;

export class Pace {
  readonly #settings: PaceSettings;
  readonly #address: Address;
  readonly #lines: Budget;
  /** Whether its client is in the chat. Until then a line may be a name. */
  hasJoined = false;
  #isForOthers = false;

  constructor(settings: PaceSettings, address: Address) {
    this.#settings = settings;
    this.#address = address;
    this.#lines = new Budget(settings.lineBurst, settings.lineRate);
  }

  /**
   * How long a line has to wait, in milliseconds; 0 = not at all. One with which somebody may join waits
   * at the prompt until its address may. Telnet's commands are no name.
   */
  delayMs(line: Decoded): number {
    const ownMs = this.#lines.waitMs;
    if (this.hasJoined) return ownMs;
    const joinMs = typeof line === "object" ? 0 : this.#address.joins.waitMs;
    this.#isForOthers = joinMs > ownMs;
    return Math.max(ownMs, joinMs);
  }

  /** Whether the delay last asked for is because others of the same address have joined. */
  get isForOthers(): boolean {
    return this.#isForOthers;
  }

  spend(line: Decoded): void {
    const price = Math.max(1, Math.ceil(this.#bytesOf(line) / LINE_PRICE_BYTES));
    this.#lines.spend(price);
    this.#address.lines.spend(price);
  }

  #bytesOf(line: Decoded): number {
    if (line === LINE_TOO_LONG) return this.#settings.lineLimitBytes + 1;
    if (typeof line === "symbol") return 0;
    return typeof line === "string" ? Buffer.byteLength(line) : line.bytes;
  }
}
