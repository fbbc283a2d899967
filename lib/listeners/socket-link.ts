/** A link over a socket of Bun's, and what all listeners on such sockets share. */
import type { Caller, Door, EditorOffer, Link, LinkEvents } from "../connection/link.ts";
import type { Refusal } from "../events.ts";
import type { PeerReads } from "./peer-reads.ts";

/** What is told what happens to a socket. It is the socket's `data`. */
export interface SocketOwner {
  readonly events: LinkEvents | undefined;
  closed(error: Error | undefined): void;
}

export type Socket = Bun.Socket<SocketOwner | undefined> & {
  /** Its descriptor, which Bun's types do not mention. */
  readonly fd?: number;
};

/** The handlers of sockets whose owner is their `data`. */
export function handlersOf(door: Door) {
  return {
    data: ({ data: owner }: Socket, bytes: Buffer) => owner?.events?.received(bytes),
    end: ({ data: owner }: Socket) => owner?.events?.ended(),
    drain: ({ data: owner }: Socket) => owner?.events?.drained(),
    close: ({ data: owner }: Socket, error?: Error) => owner?.closed(error),
    error({ data: owner }: Socket, error: Error) {
      if (owner?.events) owner.events.failed(error);
      else door.failed(error);
    },
  };
}

/** Finds out how much the program at the other end has read. */
export type ReadsOf = Pick<PeerReads, "of">;

interface Nature {
  /** Whether the program at the other end is the client, and reads the very bytes that are written here. */
  readonly isDirect: boolean;
  readonly certificate: string | undefined;
  readonly editor: EditorOffer | undefined;
  /** The URL of the listener. */
  readonly listener: string;
}

export class SocketLink implements Link, SocketOwner {
  readonly #socket: Socket;
  readonly #peerReads: ReadsOf;
  readonly #isDirect: boolean;
  readonly #isUnix: boolean;
  readonly label: string;
  readonly limitKey: string;
  readonly isExempt: boolean;
  readonly certificate: string | undefined;
  readonly editor: EditorOffer | undefined;
  readonly listener: string;
  readonly dialect = "telnet";
  events: LinkEvents | undefined;
  #isClosed = false;
  /** Whether nothing more is written. */
  #isShut = false;
  writtenBytes = 0;

  constructor(socket: Socket, caller: Caller, peerReads: ReadsOf, nature: Nature) {
    this.#socket = socket;
    this.#peerReads = peerReads;
    this.label = caller.label;
    this.limitKey = caller.limitKey;
    this.isExempt = caller.isExempt;
    this.#isDirect = nature.isDirect;
    // Only a unix socket has no address at this end.
    this.#isUnix = socket.localAddress === undefined;
    this.certificate = nature.certificate;
    this.editor = nature.editor;
    this.listener = nature.listener;
  }

  /** Hands itself in, from now on as the owner of its socket. */
  enter(door: Door): void {
    this.#socket.data = this;
    this.#begin(door.accept(this));
  }

  /** The same for one who is not let in. */
  refuse(door: Door, reason: Refusal): void {
    this.#socket.data = this;
    this.#begin(door.refuse(this, reason));
  }

  #begin(events: LinkEvents | undefined): void {
    this.events = events;
    if (events === undefined) this.#endAtOnce();
    // It may have been closed before `events` was set, so nobody was told.
    else if (this.#isClosed) events.closed(undefined);
  }

  /**
   * `end` loses nothing that was written, because there is nothing to read yet. But inside TLS it would wait for
   * the other side, for ever.
   */
  #endAtOnce(): void {
    if (this.#isDirect) this.#socket.end();
    else this.#socket.terminate();
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
    if (!this.#isDirect) return false;
    // What a unix socket has accepted is the other program's already, and a reset does not take it away.
    if (this.#isUnix) return this.#isShut;
    // The end of the stream counts as one byte more.
    return (this.readByPeer ?? 0) > this.writtenBytes;
  }

  write(bytes: Uint8Array): number {
    const accepted = this.#socket.write(bytes);
    if (accepted > 0) this.writtenBytes += accepted;
    return accepted;
  }

  shutdown(): void {
    this.#isShut = true;
    this.#socket.shutdown();
  }

  terminate(): void {
    this.#socket.terminate();
  }

  /** A unix socket takes no notice of it. */
  keepAlive(delayMs: number): void {
    this.#socket.setKeepAlive(true, delayMs);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }
}
