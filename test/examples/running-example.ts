import { spyOn } from "bun:test";

interface Listener {
  readonly port: number;
  stop(closesAll?: boolean): void;
}

let imports = 0;

/**
 * An unchanged example that runs inside the test's process, so that a test can stop its clock. What it prints is
 * kept, and what it writes to sockets is counted.
 */
export class RunningExample implements Disposable {
  /** Calls of `write` that had something to send. */
  writes = 0;
  #listener!: Listener;
  #output = "";
  #wake = Promise.withResolvers<void>();
  readonly #restore: (() => void)[] = [];

  /** Imports the file anew, with port 0 as its first argument. */
  static async run(file: string): Promise<RunningExample> {
    const example = new RunningExample();
    const { argv } = process;
    try {
      example.#watch();
      process.argv = [process.execPath, file, "0"];
      await import(`${import.meta.dir}/../../examples/${file}?${++imports}`);
    } catch (error) {
      example[Symbol.dispose]();
      throw error;
    } finally {
      process.argv = argv;
    }
    return example;
  }

  get port(): number {
    return this.#listener.port;
  }

  /** Resolves when the last thing printed is `text`. */
  async saw(text: string): Promise<void> {
    while (!this.#output.endsWith(text)) await this.#wake.promise;
  }

  /** Resolves when a line that was printed matches. */
  async logged(pattern: RegExp): Promise<string> {
    for (;;) {
      const line = this.#output.split("\n").find((text) => pattern.test(text));
      if (line !== undefined) return line;
      await this.#wake.promise;
    }
  }

  #watch(): void {
    const listen = Bun.listen;
    const spies = [
      spyOn(console, "log").mockImplementation((text) => this.#printed(`${text}\n`)),
      spyOn(process.stdout, "write").mockImplementation((text) => {
        this.#printed(String(text));
        return true;
      }),
      spyOn(Bun, "listen").mockImplementation(((options: Bun.TCPSocketListenOptions<unknown>) => {
        const { open } = options.socket;
        const counted = (socket: Bun.Socket<unknown>) => {
          const write = socket.write.bind(socket);
          socket.write = (bytes: Uint8Array) => {
            if (bytes.length > 0) this.writes++;
            return write(bytes);
          };
          return open?.(socket);
        };
        const socket = { ...options.socket, open: counted };
        const listener = listen({ ...options, socket });
        this.#listener = listener;
        return listener;
      }) as typeof Bun.listen),
    ];
    this.#restore.push(...spies.map((spy) => () => spy.mockRestore()));
  }

  #printed(text: string): void {
    this.#output += text;
    const wake = this.#wake;
    this.#wake = Promise.withResolvers<void>();
    wake.resolve();
  }

  [Symbol.dispose](): void {
    this.#listener?.stop(true);
    for (const restore of this.#restore) restore();
  }
}
