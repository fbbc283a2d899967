/**
 * natter's library: `startChatServer`. Bytes flow one way through the other files here:
 *
 *     socket data ─▶ LineDecoder ─▶ Session ─▶ Room ─▶ the turn ─▶ SendQueue ─▶ socket write
 *
 * `Bun.listen` calls the handlers below; each belongs to one Connection, which knows the rest.
 */
import { formatAddress, originOf } from "./address.ts";
import { Backpressure } from "./backpressure.ts";
import { Connection, type ConnectionContext } from "./connection.ts";
import { JoinBudgets } from "./join-budgets.ts";
import { Log, type LogSink } from "./log.ts";
import { resolveOptions, type Settings } from "./options.ts";
import { Room } from "./room.ts";

/** A slow reader's queue drops whole turns: so a turn is at most this part of what it may hold. */
const TURNS_PER_QUEUE = 4;

/** A turn that would outgrow this is flushed before it ends. Larger writes gain nothing. */
const TURN_BYTES_MAX = 262_144;

/**
 * What `startChatServer` takes. Everything may be left out; units, defaults, ranges and reasons
 * stand in `OPTIONS` of options.ts and in README's table.
 */
export type ChatServerOptions = { -readonly [Name in keyof Settings]?: Settings[Name] } & {
  /**
   * Receives what the operator sees: whole lines, each ended by LF and free of control
   * characters, most often once a turn of the event loop. It must not throw. Nothing is logged
   * without it.
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
 * @throws {Error} the system refuses the address; `code` is `EADDRINUSE`, `EADDRNOTAVAIL` or
 *   `EACCES`, or missing if the host name cannot be resolved
 */
export function startChatServer(options: ChatServerOptions = {}): ChatServer {
  const { log: sink, ...given } = options;
  const settings = resolveOptions(given);
  const log = new Log(sink, settings.quiet);
  const room = new Room(Math.min(TURN_BYTES_MAX, settings.queueLimitBytes / TURNS_PER_QUEUE));
  const backpressure = new Backpressure(settings.queueLimitBytes);
  const joinBudgets = new JoinBudgets(settings.joinBurst, settings.joinRate);
  const shared = {
    room,
    backpressure,
    joinBudgets,
    log,
    settings,
  } satisfies Partial<ConnectionContext>;
  const connections = new Set<Connection>();
  const empty = Promise.withResolvers<void>();
  let stopped: Promise<void> | undefined;

  const listener = Bun.listen<Connection>({
    hostname: settings.hostname,
    port: settings.port,
    allowHalfOpen: true,
    socket: {
      open(socket) {
        // A client that has already reset the connection has no address any more.
        const { remoteAddress = "unknown", remotePort } = socket as Partial<typeof socket>;
        const address = formatAddress(remoteAddress, remotePort ?? 0);
        const onEnd = () => {
          connections.delete(connection);
          if (stopped && connections.size === 0) empty.resolve();
        };
        const origin = originOf(remoteAddress);
        const connection = new Connection({ transport: socket, address, origin, onEnd, ...shared });
        socket.data = connection;
        connections.add(connection);
      },
      data: (socket, bytes) => socket.data.received(bytes),
      end: (socket) => socket.data.ended(),
      drain: (socket) => socket.data.drained(),
      error: (socket, error) => socket.data.failed(error),
      close: (socket, error) => socket.data.closed(error),
    },
  });

  async function shutDown(): Promise<void> {
    listener.stop();
    room.dissolve();
    for (const connection of connections) connection.close("server shutdown");
    if (connections.size > 0) await empty.promise;
    log.flush();
  }

  return {
    hostname: settings.hostname,
    port: listener.port,
    get clients() {
      return connections.size;
    },
    stop() {
      stopped ??= shutDown();
      return stopped;
    },
    [Symbol.asyncDispose]() {
      return this.stop();
    },
  };
}
