/**
 * What is put off until a turn of the event loop ends, since the code that asks for it must not run again
 * before it has returned. All of it runs here, in this order.
 */

/**
 * First connections end. Then everybody is sent what the turn brought. Then those lines are read that
 * had to wait: what they say is sent when the next turn ends.
 */
const STAGES = ["end", "send", "read"] as const;

export type Stage = (typeof STAGES)[number];

export class TurnEnd {
  readonly #tasks: Record<Stage, (() => void)[]> = { end: [], send: [], read: [] };
  #isRequested = false;

  /** Runs `task` when the turn ends; or when the next one does, if its stage has begun already. */
  run(stage: Stage, task: () => void): void {
    this.#tasks[stage].push(task);
    if (!this.#isRequested) this.#request();
  }

  #request(): void {
    this.#isRequested = true;
    setImmediate(this.#runAll);
  }

  readonly #runAll = (): void => {
    try {
      for (const stage of STAGES) {
        const tasks = this.#tasks[stage];
        for (let count = tasks.length; count > 0; count--) tasks.shift()?.();
      }
    } finally {
      this.#isRequested = false;
      // What is left was asked for meanwhile, or comes after one that threw.
      if (STAGES.some((stage) => this.#tasks[stage].length > 0)) this.#request();
    }
  };
}
