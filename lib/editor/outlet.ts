/**
 * The way to the link for what must not be left half sent: an escape sequence, a line. What the link does not take of
 * it is kept here and goes before anything else.
 */
import { BYTES_PER_UNIT_MAX } from "../room/broadcast.ts";
import { ownCopy } from "../room/chunk.ts";

/** What carries the bytes: a link. */
export interface Port {
  /** One attempt to send. Returns the bytes accepted, 0 if there is no space, -1 if it is closed. */
  write(bytes: Uint8Array): number;
  shutdown(): void;
}

const NONE = Buffer.alloc(0);

export class Outlet {
  readonly #port: Port;
  #owed: Uint8Array = NONE;
  #isFinishing = false;

  constructor(port: Port) {
    this.#port = port;
  }

  /** How many bytes have yet to be sent before anything else is. */
  get owedBytes(): number {
    return this.#owed.length;
  }

  /** One attempt to send what nobody keeps here. Nothing may be owed. */
  try(bytes: Uint8Array): number {
    return this.#port.write(bytes);
  }

  /** These bytes, of which the caller keeps nothing, go before anything else. */
  owe(bytes: Uint8Array): void {
    this.#owed = ownCopy(bytes);
  }

  /** Sends, after what is owed. */
  send(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (!this.sendOwed()) {
      this.#owed = Buffer.concat([this.#owed, bytes]);
      return;
    }
    const accepted = this.#port.write(bytes);
    // One that is closed takes nothing more: its queue finds that out, or has.
    if (accepted >= 0 && accepted < bytes.length) this.owe(bytes.subarray(accepted));
  }

  /** Returns whether nothing is owed any more. */
  sendOwed(): boolean {
    if (this.#owed.length === 0) return true;
    const owed = this.#owed;
    this.#owed = NONE;
    this.send(owed);
    if (this.#owed.length > 0) return false;
    if (this.#isFinishing) this.#port.shutdown();
    return true;
  }

  /** Ends the sending side, when all is sent. */
  shutdown(): void {
    this.#isFinishing = true;
    if (this.#owed.length === 0) this.#port.shutdown();
  }
}

/** Where one write after the other is put together: in a busy room there are many, and large ones. */
let scratch = Buffer.alloc(0);

/** The three parts, lent until it is called again. */
export function joined(before: string, bytes: Uint8Array, after: string): Buffer {
  const sizeMax = (before.length + after.length) * BYTES_PER_UNIT_MAX + bytes.length;
  if (scratch.length < sizeMax) scratch = Buffer.allocUnsafeSlow(2 * sizeMax);
  let size = scratch.write(before);
  scratch.set(bytes, size);
  size += bytes.length;
  size += scratch.write(after, size);
  return scratch.subarray(0, size);
}
