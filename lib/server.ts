/**
 * natter's library: `startChatServer`. Bytes flow one way through the other files here:
 *
 *     socket data ─▶ LineDecoder ─▶ Session ─▶ Room ─▶ the turn ─▶ SendQueue ─▶ socket write
 *
 * `Bun.listen` calls the handlers below; each belongs to one Connection, which knows the rest.
 */
import { Chat } from "./chat.ts";
import type { Connection } from "./connection.ts";
import type { LogSink } from "./log.ts";
import { resolveOptions, type Settings } from "./settings.ts";

/**
 * What `startChatServer` takes. Everything may be left out; units, defaults, ranges and reasons
 * stand in `OPTIONS` of options.ts and in README's table.
 */
export type ChatServerOptions = { -readonly [Name in keyof Settings]?: Settings[Name] } & {
  /**
   * Receives what the operator sees: whole lines, each ended by LF and free of control
   * characters but for tabs in messages, most often once a turn of the event loop. If it
   * throws, the chat goes on, and standard error says so once. Nothing is logged without it.
   */
  log?: LogSink;
};

/** A running server. `await using` stops it at the end of the block. */
export interface ChatServer extends AsyncDisposable {
  /** The address it listens on, as it was given. */
  readonly hostname: string;
  /** The port it listens on: the one that was taken where 0 was asked for. */
  readonly port: number;
  /** How many clients are connected, whether or not they have given a name. */
  readonly clients: number;
  /** Reads the welcome file again. It is also looked at when somebody connects. */
  reload(): void;
  /**
   * Takes no new connections, tells everyone, delivers what is queued, and resolves when the last
   * client has gone, at the latest after `closeTimeoutMs`. Further calls return the same promise.
   */
  stop(): Promise<void>;
}

/**
 * Starts a chat server. Any number can run in one process; they share nothing.
 *
 * @throws {RangeError} an option out of its range
 * @throws {TypeError} an option of the wrong type, or one that does not exist
 * @throws {Error} the welcome file cannot be read, with the system's `code`
 * @throws {Error} the system refuses the address; `code` is `EADDRINUSE`, `EADDRNOTAVAIL` or
 *   `EACCES`, or missing if the host name cannot be resolved
 */
export function startChatServer(options: ChatServerOptions = {}): ChatServer {
  const { log, ...given } = options;
  return new Server(resolveOptions(given), log);
}

class Server implements ChatServer {
  readonly hostname: string;
  readonly port: number;
  readonly #chat: Chat;
  readonly #listener: Bun.TCPSocketListener<Connection | undefined>;
  #stopped: Promise<void> | undefined;

  constructor(settings: Settings, sink: LogSink | undefined) {
    const chat = new Chat(settings, sink);
    this.#chat = chat;
    this.#listener = Bun.listen<Connection | undefined>({
      hostname: settings.hostname,
      port: settings.port,
      allowHalfOpen: true,
      socket: {
        open: (socket) => chat.open(socket),
        data: (socket, bytes) => socket.data?.received(bytes),
        end: (socket) => socket.data?.ended(),
        drain: (socket) => socket.data?.drained(),
        error: (socket, error) => chat.failed(socket, error),
        close: (socket, error) => socket.data?.closed(error),
      },
    });
    this.hostname = settings.hostname;
    this.port = this.#listener.port;
    chat.warnOfFewerClients();
  }

  get clients(): number {
    return this.#chat.clients;
  }

  reload(): void {
    this.#chat.surroundings.welcome.reload();
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#shutDown();
    return this.#stopped;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #shutDown(): Promise<void> {
    this.#listener.stop();
    return this.#chat.close();
  }
}
