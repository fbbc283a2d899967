/** The operator's side of a server: `/metrics` and `/healthz`, and the admin socket, as far as they are asked for. */
import type { ChatContext } from "../connection/chat-context.ts";
import type { Figures } from "../operator/figures.ts";
import type { LogState } from "../operator/log-state.ts";
import { Monitor, type Watched } from "../operator/monitor.ts";
import { Readings } from "../operator/readings.ts";
import type { Tally } from "../operator/tally.ts";
import { parseHttpAddress, type HttpAddress } from "../options/http-address.ts";
import type { Settings } from "../options/settings.ts";
import { AdminSocket } from "./admin-socket.ts";
import type { OperatedChat, OperatedServer } from "./operator.ts";

/** What an operator's side needs of a chat. */
interface ObservedChat extends OperatedChat, Omit<Watched, "figures"> {
  readonly context: ChatContext;
  /** Of the listeners with these URLs. */
  figures(listeners: readonly string[]): Figures;
}

export class OperatorSide {
  readonly #httpAddress: HttpAddress | undefined;
  readonly #adminPath: string;
  readonly #readings: Readings | undefined;
  #monitor: Monitor | undefined;
  #adminSocket: AdminSocket | undefined;

  /** @param readLog what has become of the log */
  constructor(
    { http, adminSocket }: Pick<Settings, "http" | "adminSocket">,
    readLog: () => LogState | undefined,
  ) {
    this.#httpAddress = parseHttpAddress(http);
    this.#adminPath = adminSocket;
    const isUsed = this.#httpAddress !== undefined || adminSocket !== "";
    this.#readings = isUsed ? new Readings(readLog) : undefined;
  }

  /** Counts what happens, if anybody may ask. */
  get tally(): Tally | undefined {
    return this.#readings?.tally;
  }

  /** Where `/metrics` and `/healthz` are served, if they are. */
  get httpAddress(): string | undefined {
    return this.#monitor?.address;
  }

  /**
   * Opens all of it, or nothing.
   *
   * @param urls where the server listens for clients
   * @throws {Error} the system refuses an address, with the system's `code`; `option` says which
   */
  open(server: OperatedServer, chat: ObservedChat, urls: readonly string[]): void {
    const readings = this.#readings;
    if (readings === undefined) return;
    readings.start();
    const watched: Watched = {
      get figures() {
        return chat.figures(urls);
      },
      get isAway() {
        return chat.isAway;
      },
      failed: (error) => chat.failed(error),
    };
    try {
      if (this.#httpAddress) this.#monitor = new Monitor(this.#httpAddress, readings, watched);
      if (this.#adminPath === "") return;
      const readSources = () => readings.take(watched.figures);
      const operated = { server, chat, readSources };
      this.#adminSocket = new AdminSocket(this.#adminPath, chat.context, operated);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** The server is about to end: from now on it is not healthy. */
  ending(): void {
    this.#monitor?.ending();
  }

  close(): void {
    this.#readings?.stop();
    this.#monitor?.close();
    this.#adminSocket?.close();
  }
}
