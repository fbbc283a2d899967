/** What all metrics are read from. It counts what happens, and puts the rest together when somebody asks. */
import { descriptorLimit } from "../limits/descriptors.ts";
import type { Figures } from "./figures.ts";
import type { LogState } from "./log-state.ts";
import { LoopDelay } from "./loop-delay.ts";
import type { Sources } from "./metric.ts";
import { readProcessFigures } from "./process-figures.ts";
import { Tally } from "./tally.ts";

export class Readings {
  readonly tally = new Tally();
  readonly #readLog: () => LogState | undefined;
  readonly #loopDelay = new LoopDelay();
  /** Asked for once, because that takes some time. */
  readonly #descriptorsMax = descriptorLimit();

  /** @param readLog what has become of the log */
  constructor(readLog: () => LogState | undefined) {
    this.#readLog = readLog;
  }

  start(): void {
    this.#loopDelay.start();
  }

  stop(): void {
    this.#loopDelay.stop();
  }

  get log(): LogState | undefined {
    return this.#readLog();
  }

  /** All of it, as it is now. */
  take(figures: Figures): Sources {
    return {
      figures,
      tally: this.tally,
      loopDelays: this.#loopDelay.delays,
      process: readProcessFigures(),
      descriptorsMax: this.#descriptorsMax,
      log: this.log,
    };
  }
}
