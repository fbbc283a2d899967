/**
 * Everybody who is connected to one chat, whatever listener they came through: who is let in, what
 * their connections share, and the end of it all.
 */
import { formatAddress } from "./address.ts";
import { Addresses, type Address } from "./addresses.ts";
import { Admission, REFUSED_MAX } from "./admission.ts";
import { Backpressure } from "./backpressure.ts";
import { Connection, type Peer, type Surroundings, type Transport } from "./connection.ts";
import { History } from "./history.ts";
import { Log, type LogSink } from "./log.ts";
import { fewerClients, GOODBYES } from "./messages.ts";
import { PeerReads } from "./peer-reads.ts";
import { Room } from "./room.ts";
import type { Settings } from "./settings.ts";
import { Slices } from "./slices.ts";
import { TotalLimit } from "./total-limit.ts";
import { Welcome } from "./welcome.ts";

/** A slow reader's queue drops whole turns: so a turn is at most this part of what it may hold. */
const TURNS_PER_QUEUE = 4;

/** Whoever joins is told so little of what was said that it is far from what its queue may hold. */
const HISTORIES_PER_QUEUE = 4;

/** A turn that would outgrow this is flushed before it ends. Larger writes gain nothing. */
const TURN_BYTES_MAX = 262_144;

/** What a chat needs of a socket that a listener has accepted. `Bun.Socket` has it. */
export interface Accepted extends Transport {
  /** Its connection, which its events are for. Who was turned away at the door has none. */
  data: Connection | undefined;
  /** Undefined if it has already been reset. */
  readonly remoteAddress: string | undefined;
  readonly remotePort: number;
  /** Its descriptor, which Bun's types do not mention. */
  readonly fd?: number;
  setKeepAlive(enable: boolean, initialDelayMs: number): unknown;
  /** Closes it without waiting for anything. Runs the `close` handler before it returns. */
  end(): unknown;
}

export class Chat {
  readonly surroundings: Surroundings;
  readonly #admission: Admission;
  readonly #addresses: Addresses;
  /** With the addresses of those who were let in. */
  readonly #connections = new Map<Connection, Address | undefined>();
  readonly #empty = Promise.withResolvers<void>();
  #isClosing = false;

  /**
   * @throws {Error} the welcome file cannot be read, with the system's `code`
   * @throws {Error} so few files may be open that nobody could get in; `code` is `EMFILE`
   */
  constructor(settings: Settings, sink: LogSink | undefined) {
    const { history, queueLimitBytes, welcome, welcomeFile } = settings;
    const log = new Log(sink, settings.quiet);
    this.surroundings = {
      settings,
      log,
      room: new Room(
        Math.min(TURN_BYTES_MAX, queueLimitBytes / TURNS_PER_QUEUE),
        new History(history, queueLimitBytes / HISTORIES_PER_QUEUE),
      ),
      welcome: new Welcome(welcome, welcomeFile, (line) => log.warned(line)),
      slices: new Slices(),
      backpressure: new Backpressure(queueLimitBytes),
      totalLimit: new TotalLimit(settings.totalQueueLimitBytes),
      peerReads: new PeerReads(),
      onEnd: (connection) => this.#ended(connection),
    };
    this.#addresses = new Addresses(settings);
    this.#admission = new Admission(settings);
  }

  /** How many clients were let in and are connected, whether or not they have given a name. */
  get clients(): number {
    return this.#admission.clients;
  }

  /** Tells the operator if fewer clients can be let in than was asked for. */
  warnOfFewerClients(): void {
    const { log, settings } = this.surroundings;
    const { clientsMax } = this.#admission;
    if (clientsMax < settings.maxClients) {
      log.warned(fewerClients(clientsMax, settings.maxClients));
    }
  }

  /** A listener has accepted `socket`, which is either let in or told why not. */
  open(socket: Accepted): void {
    const { remoteAddress, remotePort, fd = 0 } = socket;
    // It has already been reset: nobody is there, and nobody can be held to the limits.
    if (remoteAddress === undefined) return socket.terminate();
    const address = this.#addresses.of(remoteAddress);
    const label = formatAddress(remoteAddress, remotePort);
    const peer: Peer = { transport: socket, label, address };
    const refusal = this.#admission.enter(address, fd);
    if (refusal === undefined) {
      this.#connect(socket, peer, address).start();
    } else if (this.#mayTellInFull(fd)) {
      this.#connect(socket, peer, undefined).refuse(refusal);
    } else {
      this.surroundings.log.refused(label, refusal);
      socket.write(Buffer.from(GOODBYES[refusal]));
      socket.end();
    }
  }

  /** One of the socket's handlers threw. */
  failed(socket: Accepted, error: Error): void {
    if (socket.data) socket.data.failed(error);
    else this.surroundings.log.failed("the door", error);
  }

  /** Tells everyone, delivers what is queued, and resolves when the last client has gone. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.surroundings.room.dissolve();
    for (const connection of this.#connections.keys()) {
      connection.run(() => connection.close("server shutdown"));
    }
    if (this.#connections.size > 0) await this.#empty.promise;
    this.surroundings.log.flush();
  }

  /** Whether one that is refused may keep its descriptor until it has read why. */
  #mayTellInFull(descriptor: number): boolean {
    const refused = this.#connections.size - this.#admission.clients;
    return refused < REFUSED_MAX && !this.#admission.isScarce(descriptor);
  }

  #connect(socket: Accepted, peer: Peer, admittedFrom: Address | undefined): Connection {
    const connection = new Connection(this.surroundings, peer);
    socket.data = connection;
    socket.setKeepAlive(true, this.surroundings.settings.keepAliveMs);
    this.#connections.set(connection, admittedFrom);
    return connection;
  }

  #ended(connection: Connection): void {
    const address = this.#connections.get(connection);
    this.#connections.delete(connection);
    if (address !== undefined) this.#admission.leave(address);
    if (this.#isClosing && this.#connections.size === 0) this.#empty.resolve();
  }
}
