import type { Link, LinkEvents } from "../../lib/connection/link.ts";
import { formatAddress, isLoopback, limitKeyOf } from "../../lib/text/address.ts";

const NOTHING = new Uint8Array(0);

/** How a client ends a connection. A reset may destroy what the server has not read. */
export type Departure = "half-close" | "close" | "reset" | "reset that loses input";

/** What a simulation is told of a socket. */
export interface SocketWatcher {
  /** The client sent this, unless it had departed. */
  onSend(bytes: Uint8Array): void;
  onDepart(how: Departure): void;
  /** The server wrote: `accepted` is what `write` returned, `bytes` what the system took. */
  onWrite(bytes: Uint8Array, accepted: number, wanted: number): void;
  /** A write has met a reset before it was reported. */
  onErrorTaken(): void;
  onShutdown(): void;
  onTerminate(): void;
  /** The socket is gone; its `close` handler has not run yet. */
  onClose(): void;
}

/**
 * One connection as Bun and the system present it to a server: what arrives waits until the event
 * loop polls; a write is taken as far as there is space; `terminate` and `end` run the `close`
 * handler before they return.
 */
export class SimSocket implements Link {
  /** Who is told what happens to it. */
  data: LinkEvents | undefined;
  readonly label: string;
  readonly limitKey: string;
  readonly isExempt: boolean;
  readonly listener = "tcp://127.0.0.1:8888";
  readonly dialect = "telnet";
  readonly descriptor = 0;
  readonly readByPeer = undefined;
  readonly hasReadAll = false;
  writtenBytes = 0;
  readonly #watcher: SocketWatcher;
  #phase: "open" | "shut down" | "closed" = "open";
  #isPaused = false;
  #inbox: Uint8Array[] = [];
  #departure: Departure | undefined;
  #isEndReported = false;
  /** The client has gone altogether: what it is sent now it answers with a reset. */
  #isUnheard = false;
  /** A write has met the reset, and taken its error: what follows looks like an end of the input. */
  #isErrorTaken = false;
  /** How many more bytes the system takes from the server. */
  #space = Infinity;
  #isDrainDue = false;
  /** The system reports space late: not before it is asked for. */
  isDrainLate = false;
  /** What has arrived since the last poll comes as one chunk. */
  joinsChunks = false;

  constructor(remoteAddress: string, remotePort: number, watcher: SocketWatcher) {
    this.label = formatAddress(remoteAddress, remotePort);
    this.limitKey = limitKeyOf(remoteAddress);
    this.isExempt = isLoopback(remoteAddress);
    this.#watcher = watcher;
  }

  get isClosed(): boolean {
    return this.#phase === "closed";
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  get hasDeparted(): boolean {
    return this.#departure !== undefined;
  }

  /** Whether the client still reads what it is sent. */
  get isReading(): boolean {
    return this.#departure === undefined || this.#departure === "half-close";
  }

  /** Whether the client has gone in a way that may destroy what the server has not read. */
  get losesInput(): boolean {
    return this.#departure === "reset that loses input";
  }

  // What the client does.

  send(bytes: Uint8Array): void {
    if (this.#departure !== undefined || bytes.length === 0) return;
    this.#watcher.onSend(bytes);
    this.#inbox.push(bytes);
  }

  depart(how: Departure): void {
    if (this.#departure !== undefined && this.#departure !== "half-close") return;
    this.#watcher.onDepart(how);
    this.#departure = how;
  }

  /** Closes if the server has shut down. */
  answerShutdown(): void {
    if (this.#phase === "shut down") this.#departure ??= "close";
  }

  /** Reads so many bytes more, and then stops; 0 = stops now. */
  read(bytes: number): void {
    if (bytes === 0 || this.#space === Infinity) this.#space = bytes;
    else this.#space += bytes;
  }

  // What the server does.

  write(bytes: Uint8Array): number {
    if (this.#phase !== "open") return this.#written(bytes, -1);
    if (this.#isAborted) {
      this.#isErrorTaken = true;
      return this.#written(bytes, -1);
    }
    if (this.#departure === "close") {
      this.#isUnheard = true;
      return this.#written(bytes, bytes.length);
    }
    const accepted = Math.min(bytes.length, this.#space);
    this.#space -= accepted;
    if (accepted < bytes.length) this.#isDrainDue = true;
    return this.#written(bytes, accepted, new Uint8Array(bytes.subarray(0, accepted)));
  }

  shutdown(): void {
    if (this.#phase !== "open") return;
    this.#phase = "shut down";
    this.#watcher.onShutdown();
  }

  terminate(): void {
    if (this.#phase === "closed") return;
    this.#watcher.onTerminate();
    this.#close();
  }

  /** Turned away at the door. */
  end(): void {
    this.#close();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
  }

  // What the event loop does.

  /** Whether `poll` would call a handler. */
  get isReady(): boolean {
    if (this.#phase === "closed") return false;
    if (this.#isAborted || this.#mayDrain) return true;
    if (!this.#isReadable) return false;
    if (this.#inbox.length > 0) return true;
    return this.hasDeparted && (this.#phase === "shut down" || !this.#isEndReported);
  }

  /** Calls the handlers for whatever has happened, in the order in which Bun does. */
  poll(): void {
    if (this.#phase === "closed") return;
    if (this.#isAborted) return this.#reset();
    if (this.#mayDrain) this.drain();
    if (this.#isReadable && this.joinsChunks && this.#inbox.length > 0) {
      this.#inbox = [Buffer.concat(this.#inbox)];
    }
    while (this.#isReadable && this.#inbox.length > 0) {
      this.data?.received(this.#inbox.shift() as Uint8Array);
    }
    if (!this.#isReadable || this.#departure === undefined) return;
    if (this.#phase === "shut down") this.#close();
    else if (!this.#isEndReported) {
      this.#isEndReported = true;
      this.data?.ended();
    }
  }

  /** The system says that there is space, whether there is or not. */
  drain(): void {
    if (this.#phase !== "open") return;
    this.#isDrainDue = false;
    this.data?.drained();
  }

  /** Whether the system has got word of a reset. */
  get #isAborted(): boolean {
    return this.#isUnheard || this.#departure?.startsWith("reset") === true;
  }

  get #mayDrain(): boolean {
    const isDue = this.#isDrainDue && this.#phase === "open";
    return isDue && this.#space > 0 && !this.isDrainLate;
  }

  get #isReadable(): boolean {
    return !this.#isPaused && !this.isClosed;
  }

  /** Pausing does not keep Bun from reading what had arrived before a reset. */
  #reset(): void {
    if (this.#departure !== "reset that loses input") {
      for (const bytes of this.#inbox.splice(0)) this.data?.received(bytes);
    }
    if (this.#isErrorTaken) {
      this.#watcher.onErrorTaken();
      this.data?.ended();
    }
    this.#close(this.#isErrorTaken ? undefined : new Error("ECONNRESET"));
  }

  #close(error?: Error): void {
    if (this.#phase === "closed") return;
    this.#phase = "closed";
    this.#inbox = [];
    this.#watcher.onClose();
    this.data?.closed(error);
  }

  #written(wanted: Uint8Array, accepted: number, heard: Uint8Array = NOTHING): number {
    this.#watcher.onWrite(heard, accepted, wanted.length);
    if (accepted > 0) this.writtenBytes += accepted;
    return accepted;
  }
}
