/**
 * natter's library: `startChatServer`. A listener makes links of sockets, and each link belongs to one
 * connection of the chat. docs/design.md shows the way of a line through the other files.
 */
import { Chat, type ChatOptions } from "./chat.ts";
import type { ChatEvent } from "./events.ts";
import { checkTimeLeft, Drain, DRAIN_MS } from "./operator/drain.ts";
import { changesTo } from "./options/changes.ts";
import { Listeners } from "./listeners/listeners.ts";
import type { LogSink } from "./operator/log.ts";
import { together, type LogState } from "./operator/log-state.ts";
import { Monitor } from "./operator/monitor.ts";
import { safeText } from "./text/safe-text.ts";
import { parseHttpAddress } from "./options/http-address.ts";
import { endpointsOf } from "./options/listen-url.ts";
import { resolveOptions, type Settings } from "./options/settings.ts";

/**
 * What `startChatServer` takes. Everything may be left out; units, defaults, ranges and reasons
 * stand in `OPTIONS` of options.ts and in docs/options.md.
 */
export type ChatServerOptions = { -readonly [Name in keyof Settings]?: Settings[Name] } & {
  /**
   * Receives what the operator sees: whole lines, each ended by LF and free of control
   * characters except tabs in messages, most often once a turn of the event loop. If it
   * throws, the chat goes on, and standard error says so once. Nothing is logged without it.
   */
  log?: LogSink;
  /** Says what has become of that log, for `/metrics` and `/healthz`. These know of `logFile` without it. */
  logState?: () => LogState;
  /**
   * Is told everything that happens in the chat, as it happens; see `ChatEvent`. It must not block. If
   * it throws, the chat goes on, and standard error says so once. It costs nothing where it is not given.
   */
  onEvent?: (event: ChatEvent) => void;
  /**
   * Gives the options anew when `reload` is called without any, for example from a file. What it leaves out has
   * its default. If it throws, nothing changes, and `reload` throws the same.
   */
  readOptions?: () => ReloadOptions;
  /** Stops the server when it is aborted, as `stop` does. */
  signal?: StopSignal;
};

/** What an `AbortSignal` is, as far as the server needs it. */
export interface StopSignal {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void): void;
}

export type { ChatEvent, LeaveReason, Refusal } from "./events.ts";
export type { LogState } from "./operator/log-state.ts";

/** Options that a server can be given while it runs. */
export interface ReloadOptions extends Omit<
  ChatServerOptions,
  "log" | "logState" | "onEvent" | "readOptions" | "signal"
> {}

/** What came of a reload: options by their names. */
export interface Reloaded {
  readonly changed: readonly string[];
  /** These stay as they are until another start. */
  readonly needRestart: readonly string[];
}

/** A running server. `await using` stops it at the end of the block. */
export interface ChatServer extends AsyncDisposable {
  /** The address it listens on, as it was given. */
  readonly hostname: string;
  /** The port it listens on: the one that was taken where 0 was asked for. 0 if there is none. */
  readonly port: number;
  /** Where it listens, one URL for each listener, with the ports that were taken. */
  readonly urls: readonly string[];
  /** Where `/metrics` and `/healthz` are served, if they are: an address and port, or a path. */
  readonly httpAddress: string | undefined;
  /** How many clients are connected, whether or not they have given a name. */
  readonly clients: number;
  /** The names of all who are in the chat, in order of joining. */
  readonly members: readonly string[];
  /** Tells everybody in the chat: `*** Announcement: ` and each line of `text`, made safe to show. */
  announce(text: string): void;
  /**
   * Sends somebody home and says the reason. The others are told that it has left. A name is matched
   * without regard to case and width. Returns whether anybody has it.
   */
  kick(name: string, reason?: string): boolean;
  /**
   * Changes options while people are connected, all or none. They count at once, for everybody. Options that are
   * left out stay as they are. Without an argument `readOptions` is asked for all of them.
   *
   * It also reads the welcome file and the files for TLS again, and opens the log file again, which may have been
   * moved. A welcome or a certificate that cannot be read again stays as it was, and an event says so.
   *
   * @throws {RangeError} an option out of its range
   * @throws {TypeError} an option of the wrong type, or one that does not exist
   * @throws {Error} a file that an option now names cannot be read or written, or `readOptions` throws; in all
   *   cases nothing has changed
   */
  reload(options?: ReloadOptions): Reloaded;
  /**
   * Takes no new connections, and stops when the last client has gone, or in `leftMs` milliseconds, of which
   * everybody is told. Who has given no name is sent home. Further calls change the time.
   *
   * @param leftMs from 0 to 86,400,000, which is a day; 5 minutes without it
   * @throws {RangeError} another number
   */
  drain(leftMs?: number): void;
  /** Resolves when the server has stopped, whatever made it do so. */
  readonly stopped: Promise<void>;
  /**
   * Takes no new connections, tells everyone, delivers what is queued, and resolves when the last
   * client has gone, at the latest after `closeTimeoutMs`. Further calls return the same promise. With
   * `force` every connection ends at once, also if the server is stopping already, and nothing that waits
   * is delivered.
   */
  stop(options?: { readonly force?: boolean }): Promise<void>;
}

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
 *   was for, if any; `option` is `http` if it was for that.
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
  readonly #monitor: Monitor | undefined;
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
    const httpAddress = parseHttpAddress(settings.http);
    this.#monitor = httpAddress && new Monitor(() => together(logState?.(), this.#chat.logState));
    this.#chat = new Chat(settings, { ...options, tally: this.#monitor?.tally });
    let listeners: Listeners | undefined;
    try {
      listeners = new Listeners(endpointsOf(settings, given), settings, this.#chat);
      if (httpAddress !== undefined) {
        this.#monitor?.listen(httpAddress, this.#chat, listeners.urls);
      }
    } catch (error) {
      listeners?.stop();
      // It may already take part in a room of several servers, and would go on with that.
      void this.#chat.close();
      throw error;
    }
    this.#listeners = listeners;
    this.#drain = new Drain({
      tellTimeLeft: (leftMs) => this.#chat.tellTimeLeft(leftMs),
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
    return this.#monitor?.address;
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
        return name === "logFile" && !this.#chat.isLogged;
      });
      const { changed, needRestart } = changes;
      this.#chat.change(changes.settings);
      this.#reloadCertificates();
      this.#given = given;
      emit?.({ type: "reloaded", changed, needRestart });
      return { changed, needRestart };
    } catch (error) {
      emit?.({ type: "reload refused", reason: safeText((error as Error).message) });
      throw error;
    }
  }

  #reloadCertificates(): void {
    const reason = this.#listeners.reload();
    if (reason !== undefined) {
      this.#chat.context.emit?.({ type: "certificate unreadable", reason });
    }
  }

  get members(): string[] {
    return this.#chat.members;
  }

  announce(text: string): void {
    this.#chat.announce(text);
  }

  kick(name: string, reason = ""): boolean {
    return this.#chat.kick(name, reason);
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
    this.#monitor?.stopping();
    this.#listeners.stop();
  }

  async #shutDown(): Promise<void> {
    if (this.#phase === "open") this.#takeNobody();
    this.#phase = "stopping";
    this.#drain.dispose();
    await this.#chat.close();
    this.#monitor?.stop();
  }
}
