/**
 * What somebody who runs a server looks at: `/metrics` for Prometheus, and `/healthz` for whatever restarts it. It
 * counts events, and reads the chat's figures when it is asked. Nothing of it shows what anybody says or is called.
 */
import type { HttpAddress } from "../options/http-address.ts";
import { Budget } from "../limits/budget.ts";
import { descriptorLimit } from "../limits/descriptors.ts";
import { CONTENT_TYPE, exposition } from "./exposition.ts";
import type { Figures } from "./figures.ts";
import { healthOf } from "./health.ts";
import type { HttpAnswer } from "./http-connection.ts";
import { listenHttp, type HttpListener } from "./http-listener.ts";
import type { LogState } from "./log-state.ts";
import { LoopDelay } from "./loop-delay.ts";
import { METRICS } from "./metrics.ts";
import { readProcessFigures } from "./process-figures.ts";
import { Tally } from "./tally.ts";

/** How often all metrics are read at once, and each second after that: with 10,000 clients it takes a millisecond. */
const READINGS_BURST = 20;
const READINGS_PER_SECOND = 10;

const TEXT = "text/plain; charset=utf-8";

/** The server that is watched. */
interface Watched {
  /** Of the listeners with these URLs. */
  figures(listeners: readonly string[]): Figures;
  /** Whether the servers of its room have lost touch. */
  readonly isAway: boolean;
  /** Code of ours threw. */
  failed(error: unknown): void;
}

export class Monitor {
  readonly tally = new Tally();
  readonly #readLog: () => LogState | undefined;
  readonly #loopDelay = new LoopDelay();
  readonly #readings = new Budget(READINGS_BURST, READINGS_PER_SECOND);
  /** Asked for once, because that takes some time. */
  readonly #descriptorsMax = descriptorLimit();
  #listener: HttpListener | undefined;
  #isStopping = false;

  /** @param readLog what has become of the log */
  constructor(readLog: () => LogState | undefined) {
    this.#readLog = readLog;
  }

  /**
   * Begins to answer.
   *
   * @param urls where the server listens for clients
   * @throws {Error} the system refuses the address, with the system's `code`; `option` is `http`
   */
  listen(address: HttpAddress, watched: Watched, urls: readonly string[]): void {
    try {
      this.#listener = listenHttp(
        address,
        (path) => this.#answer(path, watched, urls),
        (error) => watched.failed(error),
      );
    } catch (error) {
      throw Object.assign(error as Error, { option: "http" });
    }
    this.#loopDelay.start();
  }

  /** Where it answers, once it does. */
  get address(): string | undefined {
    return this.#listener?.address;
  }

  /** From now on the server is not healthy. */
  stopping(): void {
    this.#isStopping = true;
  }

  stop(): void {
    this.#loopDelay.stop();
    this.#listener?.stop();
  }

  #answer(path: string, watched: Watched, urls: readonly string[]): HttpAnswer {
    if (path === "/metrics") return this.#metrics(watched, urls);
    if (path !== "/healthz") {
      return { status: 404, type: TEXT, body: "Only /metrics and /healthz are here.\n" };
    }
    const { isAway } = watched;
    const { status, text } = healthOf({
      isStopping: this.#isStopping,
      isAway,
      log: this.#readLog(),
    });
    return { status, type: TEXT, body: `${text}\n` };
  }

  #metrics(watched: Watched, urls: readonly string[]): HttpAnswer {
    if (this.#readings.waitMs > 0) {
      return { status: 429, type: TEXT, body: "Asked for too often; try again in a second.\n" };
    }
    this.#readings.spend(1);
    const body = exposition(METRICS, {
      figures: watched.figures(urls),
      tally: this.tally,
      loopDelays: this.#loopDelay.delays,
      process: readProcessFigures(),
      descriptorsMax: this.#descriptorsMax,
      log: this.#readLog(),
    });
    return { status: 200, type: CONTENT_TYPE, body };
  }
}
