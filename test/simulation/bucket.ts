/** A token bucket in its plainest form, to hold the server's budgets against. */
export class Bucket {
  readonly #burst: number;
  readonly #perSecond: number;
  #tokens: number;
  #atMs = 0;

  constructor(burst: number, perSecond: number) {
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#tokens = burst;
  }

  /** Whether `price` could be paid at `nowMs`, when at least one token must be there. */
  pay(price: number, nowMs: number): boolean {
    if (!this.has(1, nowMs)) return false;
    this.#tokens -= price;
    return true;
  }

  /** Whether so many tokens are there at `nowMs`. */
  has(tokens: number, nowMs: number): boolean {
    if (this.#perSecond === 0) return true;
    const refilled = this.#tokens + ((nowMs - this.#atMs) / 1_000) * this.#perSecond;
    this.#tokens = Math.min(this.#burst, refilled);
    this.#atMs = nowMs;
    const ROUNDING = 1e-6;
    return this.#tokens >= tokens - ROUNDING;
  }
}
