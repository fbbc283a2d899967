/**
 * What somebody who runs a server looks at: `/metrics` for Prometheus, and `/healthz` for whatever restarts it.
 * Nothing of it shows what anybody says or is called.
 */
import type { HttpAddress } from "../options/http-address.ts";
import { Budget } from "../limits/budget.ts";
import { CONTENT_TYPE, exposition } from "./exposition.ts";
import type { Figures } from "./figures.ts";
import { healthOf } from "./health.ts";
import type { HttpAnswer } from "./http-connection.ts";
import { listenHttp, type HttpListener } from "./http-listener.ts";
import { METRICS } from "./metrics.ts";
import type { Readings } from "./readings.ts";

/** How often all metrics are read at once, and each second after that: with 10,000 clients it takes a millisecond. */
const READINGS_BURST = 20;
const READINGS_PER_SECOND = 10;

const TEXT = "text/plain; charset=utf-8";

/** The server that is watched. */
export interface Watched {
  readonly figures: Figures;
  /** Whether the servers of its room have lost touch. */
  readonly isAway: boolean;
  /** Code of ours threw. */
  failed(error: unknown): void;
}

export class Monitor {
  readonly #readings: Readings;
  readonly #watched: Watched;
  readonly #listener: HttpListener;
  readonly #budget = new Budget(READINGS_BURST, READINGS_PER_SECOND);
  #isStopping = false;

  /**
   * Answers from now on.
   *
   * @throws {Error} the system refuses the address, with the system's `code`; `option` is `http`
   */
  constructor(address: HttpAddress, readings: Readings, watched: Watched) {
    this.#readings = readings;
    this.#watched = watched;
    try {
      this.#listener = listenHttp(
        address,
        (path) => this.#answer(path),
        (error) => watched.failed(error),
      );
    } catch (error) {
      throw Object.assign(error as Error, { option: "http" });
    }
  }

  /** Where it answers. */
  get address(): string {
    return this.#listener.address;
  }

  /** From now on the server is not healthy. */
  ending(): void {
    this.#isStopping = true;
  }

  close(): void {
    this.#listener.stop();
  }

  #answer(path: string): HttpAnswer {
    if (path === "/metrics") return this.#metrics();
    if (path !== "/healthz") {
      return { status: 404, type: TEXT, body: "Only /metrics and /healthz are here.\n" };
    }
    const { isAway } = this.#watched;
    const { log } = this.#readings;
    const { status, text } = healthOf({ isStopping: this.#isStopping, isAway, log });
    return { status, type: TEXT, body: `${text}\n` };
  }

  #metrics(): HttpAnswer {
    if (this.#budget.waitMs > 0) {
      return { status: 429, type: TEXT, body: "Asked for too often; try again in a second.\n" };
    }
    this.#budget.spend(1);
    const body = exposition(METRICS, this.#readings.take(this.#watched.figures));
    return { status: 200, type: CONTENT_TYPE, body };
  }
}
