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
  readonly #tasks: Record<Stage, Set<() => void>> = {
    end: new Set(),
    send: new Set(),
    read: new Set(),
  };
  /** The same in order: to find them by name in each turn would take longer. */
  readonly #stages = STAGES.map((stage) => this.#tasks[stage]);
  #isRequested = false;

  /**
   * Runs `task` when the turn ends; or when the next one does, if its stage has begun already. It runs once,
   * however often it was asked for.
   */
  run(stage: Stage, task: () => void): void {
    this.#tasks[stage].add(task);
    if (!this.#isRequested) this.#request();
  }

  #request(): void {
    this.#isRequested = true;
    setImmediate(this.#runAll);
  }

  readonly #runAll = (): void => {
    try {
      for (const tasks of this.#stages) {
        // What is asked for meanwhile is at the end of the set, and left for the next turn.
        let left = tasks.size;
        for (const task of tasks) {
          if (left-- === 0) break;
          tasks.delete(task);
          task();
        }
      }
    } finally {
      this.#isRequested = false;
      // What is left was asked for meanwhile, or comes after one that threw.
      if (this.#stages.some((tasks) => tasks.size > 0)) this.#request();
    }
  };
}
