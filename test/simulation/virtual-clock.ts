/**
 * Time and the event loop of a simulation. While it is installed, timers, `setImmediate` and
 * `performance.now` of this process are its own: nothing happens unless the simulation says so, and
 * everything happens in the same order each time.
 */

interface Due {
  atMs: number;
  /** Of two timers that are due at the same time the one that was set first comes first. */
  order: number;
  readonly delayMs: number;
  readonly repeats: boolean;
  readonly action: () => void;
}

const FAKED = [
  "setTimeout",
  "clearTimeout",
  "setInterval",
  "clearInterval",
  "setImmediate",
] as const;

export class VirtualClock {
  nowMs = 0;
  readonly #timers = new Set<VirtualTimer>();
  #immediates: (() => void)[] = [];
  #order = 0;
  readonly #afterEach: () => void;

  /** @param afterEach is called after each timer and immediate, as microtasks are */
  constructor(afterEach: () => void = () => {}) {
    this.#afterEach = afterEach;
  }

  get timers(): number {
    return this.#timers.size;
  }

  get immediates(): number {
    return this.#immediates.length;
  }

  /** From here on everything sees this clock, until what is returned is disposed of. */
  install({ hasRealImmediates = false } = {}): Disposable {
    const names = FAKED.filter((name) => name !== "setImmediate" || !hasRealImmediates);
    const real = names.map((name) => [name, globalThis[name]] as const);
    const fakes = this.#fakes();
    const realNow = performance.now;
    for (const name of names) Object.assign(globalThis, { [name]: fakes[name] });
    performance.now = () => this.nowMs;
    return {
      [Symbol.dispose]() {
        Object.assign(globalThis, Object.fromEntries(real));
        performance.now = realNow;
      },
    };
  }

  /** What the event loop does after it has polled the sockets: what was due before, and no more. */
  turn(): void {
    const immediates = this.#immediates;
    this.#immediates = [];
    for (const immediate of immediates) {
      immediate();
      this.#afterEach();
    }
    const due = [...this.#timers].filter((timer) => timer.due.atMs <= this.nowMs);
    for (const timer of due.toSorted(byTime)) this.#fire(timer);
  }

  /** When the next timer is due; Infinity if none runs. */
  get nextMs(): number {
    return Math.min(...Array.from(this.#timers, ({ due }) => due.atMs));
  }

  /** From now on `timer` runs, anew if it did already. One that was cleared never does again. */
  start(timer: VirtualTimer): void {
    if (timer.isCleared) return;
    timer.due.atMs = this.nowMs + timer.due.delayMs;
    timer.due.order = this.#order++;
    this.#timers.add(timer);
  }

  #fire(timer: VirtualTimer): void {
    if (!this.#timers.delete(timer)) return;
    if (timer.due.repeats) this.start(timer);
    timer.due.action();
    this.#afterEach();
  }

  #fakes(): Record<(typeof FAKED)[number], unknown> {
    const set =
      (repeats: boolean) =>
      (action: (...args: unknown[]) => void, delayMs = 0, ...args: unknown[]) => {
        const due = { atMs: 0, order: 0, delayMs, repeats, action: () => action(...args) };
        const timer = new VirtualTimer(this, due);
        this.start(timer);
        return timer;
      };
    const clear = (timer: VirtualTimer | undefined) => {
      if (timer === undefined) return;
      timer.isCleared = true;
      this.#timers.delete(timer);
    };
    return {
      setTimeout: set(false),
      setInterval: set(true),
      clearTimeout: clear,
      clearInterval: clear,
      setImmediate: (action: () => void) => void this.#immediates.push(action),
    };
  }
}

/** What `setTimeout` returns, as far as natter knows it. */
class VirtualTimer {
  readonly #clock: VirtualClock;
  readonly due: Due;
  isCleared = false;

  constructor(clock: VirtualClock, due: Due) {
    this.#clock = clock;
    this.due = due;
  }

  refresh(): this {
    this.#clock.start(this);
    return this;
  }
}

function byTime({ due: one }: VirtualTimer, { due: other }: VirtualTimer): number {
  return one.atMs - other.atMs || one.order - other.order;
}
