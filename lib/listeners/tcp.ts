/** Plain TCP: each socket that `Bun.listen` accepts becomes a link. */
import type { Door, EditorOffer, Link, LinkEvents } from "../connection/link.ts";
import { formatAddress, isLoopback, limitKeyOf } from "../text/address.ts";
import { PeerReads } from "./peer-reads.ts";
import { limitReceiveBuffer } from "./receive-buffer.ts";

export interface TcpOptions {
  readonly hostname: string;
  readonly port: number;
  readonly keepAliveMs: number;
  /** Whether others may listen on the same port, and get a part of its connections. */
  readonly reusePort?: boolean;
  /** Whether the line editor is there from the beginning: see `Link.editor`. */
  readonly editor?: EditorOffer | undefined;
}

/** A listener that takes connections until it is stopped. */
export interface Listener {
  /** The port that it has taken. */
  readonly port: number;
  /** Takes no new connections. The present ones go on. */
  stop(): void;
}

/** Twice this, in bytes, is what the system keeps of a client's input. */
const RECEIVE_BUFFER_BYTES = 131_072;

type Socket = Bun.Socket<TcpLink | undefined> & {
  /** Its descriptor, which Bun's types do not mention. */
  readonly fd?: number;
};

/**
 * Listens on an address.
 *
 * @throws {Error} the system refuses the address; `code` is `EADDRINUSE`, `EADDRNOTAVAIL` or `EACCES`,
 *   or missing if the host name cannot be resolved
 */
export function listenTcp(options: TcpOptions, door: Door): Listener {
  const { hostname, port, keepAliveMs, editor } = options;
  // Bun takes it, but its types do not mention it.
  const shared: object = { reusePort: options.reusePort ?? false };
  const peerReads = new PeerReads();
  const listener = Bun.listen<TcpLink | undefined>({
    hostname,
    port,
    ...shared,
    allowHalfOpen: true,
    socket: {
      open(socket: Socket) {
        const { remoteAddress } = socket;
        // It has already been reset. Nobody is there, and without an address no limit can be applied.
        if (remoteAddress === undefined) return void socket.terminate();
        socket.data = new TcpLink(socket, remoteAddress, peerReads, editor);
        socket.setKeepAlive(true, keepAliveMs);
        socket.data.enter(door);
      },
      data: ({ data: link }, bytes) => link?.events?.received(bytes),
      end: ({ data: link }) => link?.events?.ended(),
      drain: ({ data: link }) => link?.events?.drained(),
      close: ({ data: link }, error) => link?.closed(error),
      error({ data: link }, error) {
        if (link?.events) link.events.failed(error);
        else door.failed(error);
      },
    },
  });
  limitReceiveBuffer((listener as { fd?: number }).fd ?? -1, RECEIVE_BUFFER_BYTES);
  return { port: listener.port, stop: () => listener.stop() };
}

class TcpLink implements Link {
  readonly #socket: Socket;
  readonly #peerReads: PeerReads;
  readonly label: string;
  readonly limitKey: string;
  readonly isExempt: boolean;
  readonly dialect = "telnet";
  readonly editor: EditorOffer | undefined;
  events: LinkEvents | undefined;
  #isClosed = false;
  #writtenBytes = 0;

  constructor(
    socket: Socket,
    remoteAddress: string,
    peerReads: PeerReads,
    editor: EditorOffer | undefined,
  ) {
    this.editor = editor;
    this.#socket = socket;
    this.#peerReads = peerReads;
    this.label = formatAddress(remoteAddress, socket.remotePort);
    this.limitKey = limitKeyOf(remoteAddress);
    this.isExempt = isLoopback(remoteAddress);
  }

  enter(door: Door): void {
    this.events = door.accept(this);
    // `end` loses nothing that was written, because there is nothing to read yet.
    if (this.events === undefined) this.#socket.end();
    // It may have been closed before `events` was set, so nobody was told.
    else if (this.#isClosed) this.events.closed(undefined);
  }

  closed(error: Error | undefined): void {
    this.#isClosed = true;
    this.events?.closed(error);
  }

  get descriptor(): number {
    return this.#socket.fd ?? 0;
  }

  get readByPeer(): number | undefined {
    return this.#peerReads.of(this.#socket);
  }

  get hasReadAll(): boolean {
    // The end of the stream counts as one byte more.
    return (this.readByPeer ?? 0) > this.#writtenBytes;
  }

  write(bytes: Uint8Array): number {
    const accepted = this.#socket.write(bytes);
    if (accepted > 0) this.#writtenBytes += accepted;
    return accepted;
  }

  shutdown(): void {
    this.#socket.shutdown();
  }

  terminate(): void {
    this.#socket.terminate();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }
}
