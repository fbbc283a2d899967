/**
 * natter's library: `startChatServer`. A listener makes links of sockets, and each link belongs to one
 * connection of the chat. docs/design.md shows the way of a line through the other files.
 */
import { OperatorSide } from "./admin/operator-side.ts";
import { Chat, type ChatOptions } from "./chat.ts";
import type {
  ChatServer,
  ChatServerOptions,
  LogState,
  Reloaded,
  ReloadOptions,
} from "./chat-server.ts";
import { checkTimeLeft, Drain, DRAIN_MS } from "./operator/drain.ts";
import { changesTo } from "./options/changes.ts";
import { Listeners } from "./listeners/listeners.ts";
import { together } from "./operator/log-state.ts";
import { safeText } from "./text/safe-text.ts";
import { endpointsOf } from "./options/listen-url.ts";
import { resolveOptions } from "./options/settings.ts";

export type * from "./chat-server.ts";

/**
 * Starts a chat server. Any number can run in one process; they share nothing.
 *
 * @throws {RangeError} an option out of its range
 * @throws {TypeError} an option of the wrong type, or one that does not exist
 * @throws {Error} the welcome file or the cluster file cannot be read, or the log file cannot be written,
 *   with the system's `code`
 * @throws {Error} the files for TLS cannot be used; `code` is `ERR_CERTIFICATE`
 * @throws {Error} the system refuses the address; `code` is `EADDRINUSE`, `EADDRNOTAVAIL` or
 *   `EACCES`, or missing if the host name cannot be resolved. `url` is the one of `listen` that it
 *   was for, if any; `option` is `http` or `adminSocket` if it was for that.
 */
export function startChatServer(options: ChatServerOptions = {}): ChatServer {
  const { log, logState, onEvent, readOptions, signal, ...given } = options;
  const server = new Server(given, { readOptions, logState }, { log, onEvent });
  if (signal?.aborted) void server.stop();
  else signal?.addEventListener("abort", () => void server.stop());
  return server;
}

/** What the server asks when it needs to know. */
interface Sources {
  readonly readOptions: (() => ReloadOptions) | undefined;
  readonly logState: (() => LogState) | undefined;
}

class Server implements ChatServer {
  readonly hostname: string;
  readonly #chat: Chat;
  readonly #listeners: Listeners;
  readonly #operatorSide: OperatorSide;
  readonly #readOptions: (() => ReloadOptions) | undefined;
  /** The options as they were given: what follows others follows them also when these change. */
  #given: ReloadOptions;
  readonly #end = Promise.withResolvers<void>();
  readonly #drain: Drain;
  #phase: "open" | "draining" | "stopping" = "open";

  constructor(given: ReloadOptions, { readOptions, logState }: Sources, options: ChatOptions) {
    const settings = resolveOptions(given);
    this.#given = given;
    this.#readOptions = readOptions;
    this.#operatorSide = new OperatorSide(settings, () =>
      together(logState?.(), this.#chat.log?.state),
    );
    this.#chat = new Chat(settings, { ...options, tally: this.#operatorSide.tally });
    let listeners: Listeners | undefined;
    try {
      listeners = new Listeners(endpointsOf(settings, given), settings, this.#chat);
      this.#operatorSide.open(this, this.#chat, listeners.urls);
    } catch (error) {
      listeners?.stop();
      // It may already take part in a room of several servers, and would go on with that.
      void this.#chat.close();
      throw error;
    }
    this.#listeners = listeners;
    this.#drain = new Drain({
      tellTimeLeft: (leftMs) => this.#chat.operations.tellTimeLeft(leftMs),
      stop: () => this.stop(),
    });
    this.hostname = settings.hostname;
    this.#chat.warnOfFewerClients();
  }

  get port(): number {
    return this.#listeners.port;
  }

  get urls(): string[] {
    return this.#listeners.urls;
  }

  get httpAddress(): string | undefined {
    return this.#operatorSide.httpAddress;
  }

  get clients(): number {
    return this.#chat.clients;
  }

  reload(options?: ReloadOptions): Reloaded {
    const { emit, settings } = this.#chat.context;
    try {
      const given = options
        ? { ...this.#given, ...options }
        : (this.#readOptions?.() ?? this.#given);
      const changes = changesTo(resolveOptions(given), settings, (name) => {
        return name === "logFile" && this.#chat.log === undefined;
      });
      const { changed, needRestart } = changes;
      const welcome = this.#chat.change(changes.settings);
      const certificate = this.#reloadCertificates();
      this.#given = given;
      emit?.({ type: "reloaded", changed, needRestart });
      return { changed, needRestart, unreadable: { welcome, certificate } };
    } catch (error) {
      emit?.({ type: "reload refused", reason: safeText((error as Error).message) });
      throw error;
    }
  }

  #reloadCertificates(): string | undefined {
    const reason = this.#listeners.reload();
    if (reason !== undefined) {
      this.#chat.context.emit?.({ type: "certificate unreadable", reason });
    }
    return reason;
  }

  get members(): string[] {
    return this.#chat.operations.members;
  }

  announce(text: string): void {
    this.#chat.operations.announce(text);
  }

  kick(name: string, reason = ""): boolean {
    return this.#chat.operations.kick(name, reason);
  }

  get stopped(): Promise<void> {
    return this.#end.promise;
  }

  drain(leftMs = DRAIN_MS): void {
    checkTimeLeft(leftMs);
    if (this.#phase === "stopping") return;
    const isFirst = this.#phase === "open";
    this.#phase = "draining";
    if (isFirst) {
      this.#takeNobody();
      void this.#chat.drain().then(() => this.stop());
    }
    this.#drain.endIn(leftMs);
  }

  stop({ force = false } = {}): Promise<void> {
    if (this.#phase !== "stopping") this.#end.resolve(this.#shutDown());
    if (force) this.#chat.abort();
    return this.stopped;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** Until the end, everybody who asks hears that it stops. */
  #takeNobody(): void {
    this.#operatorSide.ending();
    this.#listeners.stop();
  }

  async #shutDown(): Promise<void> {
    if (this.#phase === "open") this.#takeNobody();
    this.#phase = "stopping";
    this.#drain.dispose();
    await this.#chat.close();
    this.#operatorSide.close();
  }
}
