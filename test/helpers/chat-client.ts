import { GrammarCheck } from "./grammar.ts";
import { Inbox } from "./inbox.ts";

/** A client for tests, over a real socket. */
export class ChatClient implements Disposable {
  readonly #inbox = new Inbox();
  #socket!: Bun.Socket;
  #unsent = Buffer.alloc(0);
  #halfClose = false;

  /** The address and port of this end, as the server sees it. */
  address = "";

  /** @param isHeldToGrammar the server's words are not those of docs/protocol.md if not */
  static async connect(
    port: number,
    hostname = "127.0.0.1",
    isHeldToGrammar = true,
  ): Promise<ChatClient> {
    const client = new ChatClient();
    if (isHeldToGrammar) client.#inbox.grammar = new GrammarCheck();
    client.#socket = await Bun.connect({
      hostname,
      port,
      allowHalfOpen: true,
      socket: {
        data: (_, bytes) => client.#inbox.push(bytes),
        drain: () => client.#write(),
        end: (socket) => {
          client.#inbox.finish();
          socket.end();
        },
        close: () => client.#inbox.finish(),
        error: () => client.#inbox.finish(),
      },
    });
    client.address = `127.0.0.1:${client.#socket.localPort}`;
    return client;
  }

  /** Connects and answers the prompt. The server may read the name only a moment later. */
  static async join(port: number, name: string): Promise<ChatClient> {
    const client = await ChatClient.connect(port);
    await client.expect("Enter your name: ");
    return client.send(`${name}\n`);
  }

  send(data: string | Uint8Array): this {
    this.#unsent = Buffer.concat([this.#unsent, Buffer.from(data as string)]);
    this.#write();
    return this;
  }

  /** Ends the sending side once all is sent, and goes on reading: what `nc -N` does. */
  halfClose(): void {
    this.#halfClose = true;
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

  /** All that arrived and was not pulled, one character a byte. */
  get received(): string {
    return this.#inbox.bytes.toString("latin1");
  }

  get unread(): string {
    return this.#inbox.unread;
  }

  expect(text: string): Promise<void> {
    return this.#inbox.expect(text);
  }

  expectLast(text: string): Promise<void> {
    return this.#inbox.expectLast(text);
  }

  until(pattern: RegExp): Promise<void> {
    return this.#inbox.until(pattern);
  }

  /** Pulls whatever arrives first. */
  first(): Promise<string> {
    return this.#inbox.first();
  }

  rest(): Promise<string> {
    return this.#inbox.rest();
  }

  line(): Promise<string> {
    return this.#inbox.line();
  }

  /** Resolves when the server has read all that was sent: it complains of a line that is too long. */
  async wasRead(): Promise<void> {
    this.send(`${"x".repeat(65_537)}\n`);
    await this.expect("*** Line too long (limit 65536 bytes); not sent.\n");
  }

  [Symbol.dispose](): void {
    this.#socket.terminate();
  }

  #write(): void {
    const accepted = this.#unsent.length === 0 ? 0 : this.#socket.write(this.#unsent);
    this.#unsent = this.#unsent.subarray(Math.max(0, accepted));
    if (this.#halfClose && this.#unsent.length === 0) this.#socket.shutdown();
  }
}
