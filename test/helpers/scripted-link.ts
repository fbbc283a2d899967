import type { Link } from "../../lib/connection/link.ts";
import type { GrammarCheck } from "./grammar.ts";

/**
 * A socket that accepts what its script says: each entry is how many bytes the next write takes
 * (-1: it is closed); when the script is over, every write is taken whole.
 */
export class ScriptedLink implements Link {
  label = "test";
  limitKey = "127.0.0.1";
  isExempt = true;
  listener = "tcp://127.0.0.1:8888";
  dialect: Link["dialect"] = "telnet";
  editor: Link["editor"];
  readonly descriptor = 0;
  readonly readByPeer = undefined;
  hasReadAll = false;
  readonly #writes: Buffer[] = [];
  /** What else happened to it, in order. */
  readonly calls: string[] = [];
  /** Stands in for the socket's `close` handler, which `terminate` runs before it returns. */
  onClose: () => void = () => {};
  /** What is written to it is held against, if it is a client's. */
  grammar: GrammarCheck | undefined;
  #accepts: number[];

  constructor(...accepts: number[]) {
    this.#accepts = accepts;
  }

  /** What each write accepted, as text. */
  get writes(): string[] {
    return this.#writes.map(String);
  }

  get writtenBytes(): number {
    return this.bytes.length;
  }

  /** All that was accepted. */
  get bytes(): Buffer {
    return Buffer.concat(this.#writes);
  }

  get sent(): string {
    return this.bytes.toString();
  }

  /** Appends to the script. */
  accept(...accepts: number[]): void {
    this.#accepts.push(...accepts);
  }

  /** Replaces what is left of the script. */
  script(...accepts: number[]): void {
    this.#accepts = accepts;
  }

  write(bytes: Uint8Array): number {
    const accepted = Math.min(this.#accepts.shift() ?? Infinity, bytes.length);
    const written = Buffer.from(bytes.subarray(0, Math.max(0, accepted)));
    this.#writes.push(written);
    this.grammar?.push(written);
    return accepted;
  }

  shutdown(): void {
    this.calls.push("shutdown");
  }

  terminate(): void {
    this.calls.push("terminate");
    this.onClose();
  }

  keepAlive(delayMs: number): void {
    this.calls.push(`keepAlive ${delayMs}`);
  }

  pause(): void {
    this.calls.push("pause");
  }

  resume(): void {
    this.calls.push("resume");
  }
}
