import { expect } from "bun:test";
import type { GrammarCheck } from "./grammar.ts";

/**
 * What a test has received and not yet asked for. Nothing here waits for a clock: each call pulls
 * exactly the bytes that it names and fails at the first that differs, so that whatever came too
 * much, too early or in another order is noticed by the next call.
 */
export class Inbox {
  #received = Buffer.alloc(0);
  #over = false;
  #wake = Promise.withResolvers<void>();

  /** What it is held against, if it is a client's. */
  grammar: GrammarCheck | undefined;

  push(bytes: Uint8Array): void {
    this.grammar?.push(bytes);
    this.#received = Buffer.concat([this.#received, bytes]);
    this.#notify();
  }

  /** Nothing more will come. */
  finish(): void {
    this.#over = true;
    this.#notify();
  }

  /** Pushes what a stream yields, then finishes. */
  async follow(stream: ReadableStream<Uint8Array>): Promise<void> {
    for await (const bytes of stream) this.push(bytes);
    this.finish();
  }

  get bytes(): Buffer {
    return this.#received;
  }

  get unread(): string {
    return this.#received.toString();
  }

  /** Pulls `text`, which must be the next that arrives. */
  async expect(text: string): Promise<void> {
    const wanted = Buffer.from(text);
    while (this.#received.length < wanted.length && !this.#over) {
      if (!wanted.subarray(0, this.#received.length).equals(this.#received)) break;
      await this.#wake.promise;
    }
    const next = this.#received.subarray(0, wanted.length);
    this.#received = this.#received.subarray(next.length);
    if (!next.equals(wanted)) expect(next.toString()).toBe(text);
  }

  /** Pulls `text` and then the end. */
  async expectLast(text: string): Promise<void> {
    expect(await this.rest()).toBe(text);
  }

  /** Pulls everything up to the end. */
  async rest(): Promise<string> {
    while (!this.#over) await this.#wake.promise;
    const text = this.unread;
    this.#received = Buffer.alloc(0);
    return text;
  }

  /** Pulls whatever there is, as soon as there is anything. */
  async first(): Promise<string> {
    while (this.#received.length === 0 && !this.#over) await this.#wake.promise;
    const text = this.unread;
    this.#received = Buffer.alloc(0);
    return text;
  }

  /** Resolves when all that is here and not pulled matches, or nothing more will come. */
  async until(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.unread) && !this.#over) await this.#wake.promise;
  }

  /** Pulls one line, without its LF. */
  async line(): Promise<string> {
    let end: number;
    while ((end = this.#received.indexOf(10)) === -1) {
      if (this.#over) throw new Error(`it ended after ${JSON.stringify(this.unread)}`);
      await this.#wake.promise;
    }
    const line = this.#received.toString("utf8", 0, end);
    this.#received = this.#received.subarray(end + 1);
    return line;
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = Promise.withResolvers<void>();
    wake.resolve();
  }
}
