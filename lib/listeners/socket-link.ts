/** A link over a socket of Bun's, and what all listeners on such sockets share. */
import type { Caller, Door, Link, LinkEvents } from "../connection/link.ts";
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

/** How much the program at the other end has read, as `PeerReads` knows it; or nothing is known. */
export type ReadsOf = Pick<PeerReads, "of">;

/** Where the program at the other end is on another machine, or reads what is in another form. */
export const UNKNOWN_READS: ReadsOf = { of: () => undefined };

export class SocketLink implements Link, SocketOwner {
  readonly #socket: Socket;
  readonly #peerReads: ReadsOf;
  readonly label: string;
  readonly limitKey: string;
  readonly isExempt: boolean;
  readonly dialect = "telnet";
  events: LinkEvents | undefined;
  #isClosed = false;
  #writtenBytes = 0;

  constructor(socket: Socket, caller: Caller, peerReads: ReadsOf) {
    this.#socket = socket;
    this.#peerReads = peerReads;
    this.label = caller.label;
    this.limitKey = caller.limitKey;
    this.isExempt = caller.isExempt;
  }

  /** Hands itself in, from now on as the owner of its socket. */
  enter(door: Door): void {
    this.#socket.data = this;
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
