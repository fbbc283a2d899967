import { LOOPBACK } from "./address.ts";
import { Budget } from "./budget.ts";

/**
 * What each address may spend on joining, so that reconnecting in a loop cannot fill everyone's
 * screen. A budget outlives its connections, but not longer than it takes to be full again.
 */
export class JoinBudgets {
  readonly #burst: number;
  readonly #perSecond: number;
  /** By origin, the one that was spent from last at the end. */
  readonly #budgets = new Map<string, Budget>();

  /**
   * @param burst how many joins there are at most, at least 1
   * @param perSecond how many come back each second; 0 = no limit
   */
  constructor(burst: number, perSecond: number) {
    this.#burst = burst;
    this.#perSecond = perSecond;
  }

  /** How many addresses have a budget that is not full. A few more may be counted. */
  get size(): number {
    return this.#budgets.size;
  }

  /** How long until somebody from `origin` may join, in milliseconds; 0 = now. */
  waitMs(origin: string): number {
    return this.#budgets.get(origin)?.waitMs ?? 0;
  }

  /** Whether nobody from `origin` has joined lately. */
  isFull(origin: string): boolean {
    return this.#budgets.get(origin)?.isFull ?? true;
  }

  /** Somebody from `origin` joins. */
  spend(origin: string): void {
    if (origin === LOOPBACK || this.#perSecond === 0) return;
    const budget = this.#budgets.get(origin) ?? new Budget(this.#burst, this.#perSecond);
    this.#budgets.delete(origin);
    this.#forgetFull();
    budget.spend(1);
    this.#budgets.set(origin, budget);
  }

  /** Whoever spent longest ago has had most time to refill. */
  #forgetFull(): void {
    for (const [origin, budget] of this.#budgets) {
      if (!budget.isFull) break;
      this.#budgets.delete(origin);
    }
  }
}
