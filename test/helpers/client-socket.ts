/**
 * The client's end of a TCP connection: all that it is given to send goes out as the server takes it.
 * What arrives is for those who extend it.
 */
/** Where a server is: a port of this machine, a port that speaks TLS, or a unix socket. */
export type Target =
  number | { readonly tls: number; readonly options?: Bun.TLSOptions } | { readonly unix: string };

export abstract class ClientSocket implements Disposable {
  #socket!: Bun.Socket;
  #unsent: Uint8Array = Buffer.alloc(0);
  #onSent: (() => void) | undefined;
  #isEnding = false;
  #isClosed = false;

  /** Whether it keeps its side open when the server has closed the other. */
  lingers = false;

  /** The address and port of this end, as a server on this machine sees it. */
  address = "";

  /** @param from which of this machine's addresses it comes from */
  protected async open(target: Target, hostname = "127.0.0.1", from?: string): Promise<this> {
    // Bun has `localAddress`, but not in its types.
    const local: object = from === undefined ? {} : { localAddress: from };
    this.#socket = await Bun.connect({
      ...local,
      ...(placeOf(target, hostname) as { unix: string }),
      allowHalfOpen: true,
      socket: {
        data: (_, bytes) => this.onData(bytes),
        drain: () => this.#write(),
        end: (socket) => {
          this.onEnd();
          if (!this.lingers) socket.end();
        },
        close: () => {
          this.#isClosed = true;
          this.onEnd();
        },
        error: () => {},
      },
    });
    this.address = `${from ?? "127.0.0.1"}:${this.#socket.localPort}`;
    return this;
  }

  protected abstract onData(bytes: Uint8Array): void;

  /** Nothing more will come. Called again when the connection is closed. */
  protected abstract onEnd(): void;

  /** Whether both sides have closed, or one has reset. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  get unsentBytes(): number {
    return this.#unsent.length;
  }

  send(data: string | Uint8Array): this {
    const bytes = typeof data === "string" ? Buffer.from(data) : data;
    this.#unsent = this.#unsent.length === 0 ? bytes : Buffer.concat([this.#unsent, bytes]);
    this.#write();
    return this;
  }

  /** Resolves when the system has taken all that was given to send. */
  async sent(): Promise<void> {
    while (this.#unsent.length > 0) await new Promise<void>((resolve) => (this.#onSent = resolve));
  }

  /** Ends the sending side once all is sent, and goes on reading: what `nc -N` does. */
  halfClose(): void {
    this.#isEnding = true;
    this.#write();
  }

  /** Closes the connection in both directions. */
  close(): void {
    this.#socket.end();
  }

  reset(): void {
    this.#socket.terminate();
  }

  /** Stops reading, so that what the server sends piles up. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  [Symbol.dispose](): void {
    this.reset();
  }

  #write(): void {
    const accepted = this.#unsent.length === 0 ? 0 : this.#socket.write(this.#unsent);
    this.#unsent = this.#unsent.subarray(Math.max(0, accepted));
    if (this.#unsent.length > 0) return;
    this.#onSent?.();
    if (this.#isEnding) this.#socket.shutdown();
  }
}

function placeOf(target: Target, hostname: string): object {
  if (typeof target === "number") return { hostname, port: target };
  if ("unix" in target) return target;
  return { hostname, port: target.tls, tls: { rejectUnauthorized: false, ...target.options } };
}
