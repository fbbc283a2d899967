/**
 * Somebody who takes part in a chat, over a socket of its own. That is no `ClientSocket` of the tests',
 * which takes half a microsecond more for each flush.
 */
import { LF } from "../lib/room/chunk.ts";
import { DIALECTS, type Dialect, type DialectName } from "./dialects.ts";
import type { Way } from "./way.ts";

const NONE = new Uint8Array(0);

export interface PersonContext {
  readonly way: Way;
  readonly dialect: DialectName;
  /** The address that it connects from, if that matters. */
  readonly localAddress?: string;
  /** Takes what the room sends, and returns the last part that is not whole yet. */
  readonly hear: (bytes: Uint8Array) => Uint8Array;
  readonly failed: (reason: string) => void;
}

export class Person {
  readonly name: string;
  readonly #context: PersonContext;
  readonly #dialect: Dialect;
  readonly #isPrompted = Promise.withResolvers<void>();
  readonly #isIn = Promise.withResolvers<void>();
  #socket!: Bun.Socket;
  #phase: "connecting" | "prompted" | "joining" | "in" | "leaving" = "connecting";
  /** What has arrived and is not dealt with yet. */
  #rest: Uint8Array = NONE;
  #unsent = "";

  constructor(name: string, context: PersonContext) {
    this.name = name;
    this.#context = context;
    this.#dialect = DIALECTS[context.dialect];
  }

  /** Resolves when the server waits for this person's answer. */
  async connect(): Promise<void> {
    const { way, localAddress } = this.#context;
    // Bun's types do not have the local address, nor all ways in one.
    const from = { ...(localAddress && { localAddress }) } as object;
    this.#socket = await Bun.connect({
      ...from,
      ...(way as { unix: string }),
      socket: {
        data: (_, bytes) => this.#received(bytes),
        drain: () => this.flush(),
        close: () => {
          if (this.#phase !== "leaving") this.#context.failed(`${this.name} was disconnected`);
        },
      },
    });
    this.#send(this.#dialect.greeting?.(this.name) ?? "");
    await this.#isPrompted.promise;
  }

  /** Resolves when this person is in the room, as far as it can tell. */
  join(): Promise<void> {
    this.#phase = "joining";
    this.#send(this.#dialect.answer(this.name));
    this.#received(NONE);
    return this.#isIn.promise;
  }

  /** Says a line as soon as `flush` is called. */
  say(text: string): void {
    this.#unsent += this.#dialect.say(text);
  }

  flush(): void {
    if (this.#unsent === "") return;
    const accepted = this.#socket.write(this.#unsent);
    this.#unsent = this.#unsent.slice(Math.max(0, accepted));
  }

  /** Reads no more. */
  stall(): void {
    this.#socket.pause();
  }

  leave(): void {
    this.#phase = "leaving";
    this.#socket.end();
  }

  #send(text: string): void {
    this.#unsent += text;
    this.flush();
  }

  #received(bytes: Uint8Array): void {
    if (this.#phase === "in") return this.#hear(bytes);
    this.#rest = this.#enter(Buffer.concat([this.#rest, bytes]));
  }

  /** Completes the line that has begun first. So the other lines need no copy. */
  #hear(bytes: Uint8Array): void {
    const { hear } = this.#context;
    const end = this.#rest.length === 0 ? 0 : bytes.indexOf(LF) + 1 || bytes.length;
    if (end > 0) this.#rest = hear(Buffer.concat([this.#rest, bytes.subarray(0, end)]));
    if (end < bytes.length) this.#rest = hear(bytes.subarray(end));
  }

  #enter(bytes: Uint8Array): Uint8Array {
    const received = Buffer.from(bytes).toString("latin1");
    switch (this.#phase) {
      case "connecting": {
        const end = this.#dialect.promptEnd(received);
        if (end === -1) return bytes;
        this.#phase = "prompted";
        this.#isPrompted.resolve();
        return bytes.subarray(end);
      }
      case "joining": {
        const start = this.#dialect.roomStart(received);
        if (start === -1) return bytes;
        this.#phase = "in";
        this.#isIn.resolve();
        return this.#context.hear(bytes.subarray(start));
      }
      default:
        return bytes;
    }
  }
}
