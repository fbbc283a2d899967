/**
 * natter's library: `startChatServer`. Bytes flow one way through the other files here:
 *
 *     socket data ─▶ LineDecoder ─▶ Session ─▶ Room ─▶ the turn ─▶ SendQueue ─▶ socket write
 *
 * `Bun.listen` calls the handlers below; each belongs to one Connection, which knows the rest.
 */
import { formatAddress, originOf } from "./address.ts";
import { Admission, REFUSED_MAX } from "./admission.ts";
import { Backpressure } from "./backpressure.ts";
import { Connection, type Peer, type Surroundings } from "./connection.ts";
import { History } from "./history.ts";
import { JoinBudgets } from "./join-budgets.ts";
import { Log, type LogSink } from "./log.ts";
import { fewerClients, GOODBYES } from "./messages.ts";
import { Room } from "./room.ts";
import { resolveOptions, type Settings } from "./settings.ts";
import { TotalLimit } from "./total-limit.ts";
import { Welcome } from "./welcome.ts";

/** A slow reader's queue drops whole turns: so a turn is at most this part of what it may hold. */
const TURNS_PER_QUEUE = 4;

/** Whoever joins is told so little of what was said that it is far from what its queue may hold. */
const HISTORIES_PER_QUEUE = 4;

/** A turn that would outgrow this is flushed before it ends. Larger writes gain nothing. */
const TURN_BYTES_MAX = 262_144;

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

/** A socket of the listener. Who was turned away at the door has no connection. */
type Socket = Bun.Socket<Connection | undefined>;

class Server implements ChatServer {
  readonly hostname: string;
  readonly port: number;
  readonly #log: Log;
  readonly #surroundings: Surroundings;
  readonly #admission: Admission;
  readonly #listener: Bun.TCPSocketListener<Connection | undefined>;
  /** With the origins of those who were let in. */
  readonly #connections = new Map<Connection, string | undefined>();
  readonly #empty = Promise.withResolvers<void>();
  #stopped: Promise<void> | undefined;

  constructor(settings: Settings, sink: LogSink | undefined) {
    const { queueLimitBytes, joinBurst, joinRate, maxClients } = settings;
    this.#log = new Log(sink, settings.quiet);
    this.#surroundings = {
      settings,
      log: this.#log,
      room: new Room(
        Math.min(TURN_BYTES_MAX, queueLimitBytes / TURNS_PER_QUEUE),
        new History(settings.history, queueLimitBytes / HISTORIES_PER_QUEUE),
      ),
      welcome: new Welcome(settings.welcome, settings.welcomeFile, (line) =>
        this.#log.warned(line),
      ),
      backpressure: new Backpressure(queueLimitBytes),
      totalLimit: new TotalLimit(settings.totalQueueLimitBytes),
      joinBudgets: new JoinBudgets(joinBurst, joinRate),
      onEnd: (connection) => this.#ended(connection),
    };
    this.#admission = new Admission(settings);
    this.#listener = Bun.listen<Connection | undefined>({
      hostname: settings.hostname,
      port: settings.port,
      allowHalfOpen: true,
      socket: {
        open: (socket) => this.#open(socket),
        data: (socket, bytes) => socket.data?.received(bytes),
        end: (socket) => socket.data?.ended(),
        drain: (socket) => socket.data?.drained(),
        error: (socket, error) => this.#failed(socket, error),
        close: (socket, error) => socket.data?.closed(error),
      },
    });
    this.hostname = settings.hostname;
    this.port = this.#listener.port;
    const { clientsMax } = this.#admission;
    if (clientsMax < maxClients) this.#log.warned(fewerClients(clientsMax, maxClients));
  }

  get clients(): number {
    return this.#admission.clients;
  }

  reload(): void {
    this.#surroundings.welcome.reload();
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#shutDown();
    return this.#stopped;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #open(socket: Socket): void {
    // Bun's types do not mention the descriptor.
    const peer: Partial<Socket> & { readonly fd?: number } = socket;
    const { remoteAddress, remotePort = 0, fd = 0 } = peer;
    // It has already been reset: nobody is there, and nobody can be held to the limits.
    if (remoteAddress === undefined) return socket.terminate();
    const origin = originOf(remoteAddress);
    const address = formatAddress(remoteAddress, remotePort);
    const client: Peer = { transport: socket, origin, address };
    const refusal = this.#admission.enter(origin, fd);
    if (refusal === undefined) {
      this.#connect(socket, client, origin).start();
    } else if (this.#mayTellInFull(fd)) {
      this.#connect(socket, client, undefined).refuse(refusal);
    } else {
      this.#log.refused(address, refusal);
      socket.write(GOODBYES[refusal]);
      socket.end();
    }
  }

  #failed(socket: Socket, error: Error): void {
    if (socket.data) socket.data.failed(error);
    else this.#log.failed("the door", error);
  }

  /** Whether one that is refused may keep its descriptor until it has read why. */
  #mayTellInFull(descriptor: number): boolean {
    const refused = this.#connections.size - this.#admission.clients;
    return refused < REFUSED_MAX && !this.#admission.isScarce(descriptor);
  }

  #connect(socket: Socket, peer: Peer, admittedFrom: string | undefined): Connection {
    const connection = new Connection(this.#surroundings, peer);
    socket.data = connection;
    socket.setKeepAlive(true, this.#surroundings.settings.keepAliveMs);
    this.#connections.set(connection, admittedFrom);
    return connection;
  }

  #ended(connection: Connection): void {
    const origin = this.#connections.get(connection);
    this.#connections.delete(connection);
    if (origin !== undefined) this.#admission.leave(origin);
    if (this.#stopped && this.#connections.size === 0) this.#empty.resolve();
  }

  async #shutDown(): Promise<void> {
    this.#listener.stop();
    this.#surroundings.room.dissolve();
    for (const connection of this.#connections.keys()) {
      connection.run(() => connection.close("server shutdown"));
    }
    if (this.#connections.size > 0) await this.#empty.promise;
    this.#log.flush();
  }
}
