import type { Transport } from "../lib/connection.ts";

/**
 * A socket that accepts what its script says: each entry is how many bytes the next write takes
 * (-1: it is closed); when the script is over, every write is taken whole.
 */
export class ScriptedTransport implements Transport {
  readonly #writes: Buffer[] = [];
  /** What else happened to it, in order. */
  readonly calls: string[] = [];
  /** Stands in for the socket's `close` handler, which `terminate` runs before it returns. */
  onClose: () => void = () => {};
  #accepts: number[];

  constructor(...accepts: number[]) {
    this.#accepts = accepts;
  }

  /** What each write accepted, as text. */
  get writes(): string[] {
    return this.#writes.map(String);
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
    this.#writes.push(Buffer.from(bytes.subarray(0, Math.max(0, accepted))));
    return accepted;
  }

  shutdown(): void {
    this.calls.push("shutdown");
  }

  terminate(): void {
    this.calls.push("terminate");
    this.onClose();
  }

  pause(): void {
    this.calls.push("pause");
  }

  resume(): void {
    this.calls.push("resume");
  }
}
