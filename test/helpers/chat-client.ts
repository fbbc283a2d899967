import { ClientSocket, type Target } from "./client-socket.ts";
import { GrammarCheck } from "./grammar.ts";
import { Inbox } from "./inbox.ts";

/** A client for tests, over a real socket. What it is sent is pulled, as from an inbox. */
export class ChatClient extends ClientSocket {
  readonly #inbox = new Inbox();

  /** @param isHeldToGrammar the server's words are not those of docs/protocol.md if not */
  static async connect(
    target: Target,
    hostname = "127.0.0.1",
    isHeldToGrammar = true,
  ): Promise<ChatClient> {
    const client = new ChatClient();
    if (isHeldToGrammar) client.#inbox.grammar = new GrammarCheck();
    return await client.open(target, hostname);
  }

  /** Connects and answers the prompt. The server may read the name only a moment later. */
  static async join(target: Target, name: string): Promise<ChatClient> {
    const client = await ChatClient.connect(target);
    await client.expect("Enter your name: ");
    return client.send(`${name}\n`);
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

  protected onData(bytes: Uint8Array): void {
    this.#inbox.push(bytes);
  }

  protected onEnd(): void {
    this.#inbox.finish();
  }
}
