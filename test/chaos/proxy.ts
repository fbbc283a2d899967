/** Stands between a natter and its Redis, and does to their connections what networks do. */

/** It passes all on, or late; it swallows what comes and answers nothing; or it cuts all connections. */
export type ProxyMode = "pass" | "swallow" | "cut";

interface End {
  other: Bun.Socket<End> | undefined;
  /** What the other one has not taken yet. */
  unsent: Buffer[];
  readonly isRedis: boolean;
  /** What it has sent and is delivered later, also if it has closed meanwhile. */
  held: Buffer[] | undefined;
}

export class Proxy implements Disposable {
  readonly #listener: Bun.TCPSocketListener<End>;
  readonly #ends = new Set<Bun.Socket<End>>();
  readonly #held = new Set<Bun.Socket<End>>();
  #target: number;
  #mode: ProxyMode = "pass";
  #losesReplies = false;
  /** How late everything is, in milliseconds. */
  delayMs = 0;

  /** @param target the port that is passed on to */
  constructor(target: number) {
    this.#target = target;
    this.#listener = Bun.listen<End>({
      hostname: "127.0.0.1",
      port: 0,
      socket: { ...this.#handlers(), open: (socket) => void this.#accepted(socket) },
    });
  }

  get port(): number {
    return this.#listener.port;
  }

  get mode(): ProxyMode {
    return this.#mode;
  }

  set mode(mode: ProxyMode) {
    const wasSwallowing = this.#mode === "swallow";
    this.#mode = mode;
    // What was swallowed would be missing in the middle.
    if (mode === "cut" || wasSwallowing) this.cut();
  }

  /** Whether what Redis answers does not arrive, though it does what it is asked to. */
  set losesReplies(losesReplies: boolean) {
    this.#losesReplies = losesReplies;
    if (!losesReplies) this.cut();
  }

  /** Holds what comes from now on over the connections that there are. New ones are as usual. */
  hold(): void {
    for (const end of this.#ends) {
      if (end.data.isRedis || end.data.other === undefined) continue;
      end.data.held = [];
      this.#held.add(end);
    }
  }

  /** Delivers what is held, and ends its connections. */
  release(): void {
    for (const end of this.#held) {
      const { other, held = [] } = end.data;
      if (other === undefined) continue;
      other.data.unsent.push(...held);
      flush(other);
      other.end();
      end.terminate();
    }
    this.#held.clear();
  }

  /** Passes on to another port from now on, and cuts what went to the one before. */
  set target(port: number) {
    this.#target = port;
    this.cut();
  }

  /** Ends all connections. */
  cut(): void {
    for (const socket of [...this.#ends]) socket.terminate();
  }

  [Symbol.dispose](): void {
    this.#listener.stop(true);
    this.cut();
  }

  #handlers() {
    return {
      data: (socket: Bun.Socket<End>, bytes: Buffer) => this.#pass(socket, Buffer.from(bytes)),
      drain: (socket: Bun.Socket<End>) => flush(socket),
      close: (socket: Bun.Socket<End>) => {
        this.#ends.delete(socket);
        if (!this.#held.has(socket)) socket.data?.other?.terminate();
      },
      error: () => {},
    };
  }

  async #accepted(socket: Bun.Socket<End>): Promise<void> {
    socket.data = { other: undefined, unsent: [], isRedis: false, held: undefined };
    this.#ends.add(socket);
    if (this.#mode === "cut") return void socket.terminate();
    if (this.#mode === "swallow") return;
    try {
      const other = await Bun.connect<End>({
        hostname: "127.0.0.1",
        port: this.#target,
        data: { other: socket, unsent: socket.data.unsent, isRedis: true, held: undefined },
        socket: this.#handlers(),
      });
      if (!this.#ends.has(socket)) return void other.terminate();
      this.#ends.add(other);
      socket.data.unsent = [];
      socket.data.other = other;
      flush(other);
    } catch {
      socket.terminate();
    }
  }

  #pass(socket: Bun.Socket<End>, bytes: Buffer): void {
    if (this.#mode !== "pass" || (this.#losesReplies && socket.data.isRedis)) return;
    if (socket.data.held !== undefined) return void socket.data.held.push(bytes);
    const deliver = () => {
      const { other, unsent } = socket.data;
      // Until the other side is connected, its data waits here, and is then its own.
      (other?.data.unsent ?? unsent).push(bytes);
      if (other !== undefined) flush(other);
    };
    if (this.delayMs > 0) setTimeout(deliver, this.delayMs);
    else deliver();
  }
}

/** Writes what waits for this end. */
function flush(socket: Bun.Socket<End>): void {
  const { unsent } = socket.data;
  while (unsent.length > 0) {
    const bytes = unsent[0] as Buffer;
    const accepted = Math.max(0, socket.write(bytes));
    if (accepted < bytes.length) {
      unsent[0] = bytes.subarray(accepted);
      return;
    }
    unsent.shift();
  }
}
