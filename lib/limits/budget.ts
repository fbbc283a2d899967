/**
 * An amount that somebody may spend at once, and that refills at a steady rate: a token bucket. It is kept as
 * one number, the moment at which it will be full again. This is the generic cell rate algorithm of ITU-T
 * recommendation I.371. While something is left, somebody may spend more than that, and then waits longer.
 */
export class Budget {
  /** How long it takes to refill by one; 0 = nothing is ever counted. */
  #intervalMs: number;
  #burst: number;
  #fullAtMs = 0;

  /**
   * @param burst how much there is at most, at least 1
   * @param perSecond how much comes back each second; 0 = no limit
   */
  constructor(burst: number, perSecond: number) {
    this.#intervalMs = perSecond === 0 ? 0 : 1_000 / perSecond;
    this.#burst = burst;
  }

  /** From now on there is so much at most, and so much comes back. What was spent and is not back stays spent. */
  change(burst: number, perSecond: number): void {
    const intervalMs = perSecond === 0 ? 0 : 1_000 / perSecond;
    this.#burst = burst;
    if (intervalMs === this.#intervalMs) return;
    const nowMs = performance.now();
    const missingMs = Math.max(0, this.#fullAtMs - nowMs);
    const spent = this.#intervalMs === 0 ? 0 : missingMs / this.#intervalMs;
    this.#intervalMs = intervalMs;
    this.#fullAtMs = nowMs + spent * intervalMs;
  }

  get isFull(): boolean {
    return this.#fullAtMs <= performance.now();
  }

  /** How long until something may be spent, in milliseconds; 0 = now. */
  get waitMs(): number {
    return this.waitMsFor(1);
  }

  /** How long until there is so much, in milliseconds; 0 = now. */
  waitMsFor(amount: number): number {
    if (this.#intervalMs === 0) return 0;
    const missingMs = this.#fullAtMs - performance.now();
    return Math.max(0, missingMs - (this.#burst - amount) * this.#intervalMs);
  }

  spend(amount: number): void {
    if (this.#intervalMs === 0) return;
    this.#fullAtMs = Math.max(this.#fullAtMs, performance.now()) + amount * this.#intervalMs;
  }

  /** What was spent was not used after all. */
  refund(amount: number): void {
    this.#fullAtMs -= amount * this.#intervalMs;
  }
}
