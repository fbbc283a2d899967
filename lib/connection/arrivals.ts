/**
 * What has arrived from a client: bytes, of which lines are made step by step. To decode takes time too, so
 * a large chunk is not decoded at once. Where each key is sent, a keyboard makes the lines.
 */
import type { LEAVE } from "../editor/editor.ts";
import { LineDecoder, type Decoded } from "./line-decoder.ts";
import type { Link } from "./link.ts";
import type { TelnetCommands, TelnetFilter } from "./telnet.ts";
import { Deque } from "../room/deque.ts";

/** So much is decoded in one step, in bytes. */
const STEP_BYTES = 65_536;

/** The same for keys, each of which takes longer. */
const KEYS_BYTES = 128;

/**
 * So many bytes wait at most, and what came with the last of them. A paused socket brings no more, except
 * when it is reset: then Bun hands over all that the system holds.
 */
const ARRIVED_BYTES_MAX = 1_048_576;

/** Makes lines of keys. */
export interface Keyboard {
  /** What has arrived and is not dealt with. */
  readonly pending: string;
  /** Takes bytes that arrived, and Telnet's commands that were between them. */
  push(bytes: Uint8Array, commands?: TelnetCommands): void;
  /** Does what keys do, up to the next line; `undefined` if there is none. */
  next(): string | typeof LEAVE | undefined;
}

export class Arrivals {
  readonly #decoder: LineDecoder;
  readonly #pieces = new Deque<Uint8Array>();
  #bytes = 0;
  #hasEnded = false;
  #isCutOff = false;
  #keyboard: Keyboard | undefined;

  constructor(lineLimitBytes: number, dialect: Link["dialect"]) {
    this.#decoder = new LineDecoder(lineLimitBytes, dialect);
  }

  /** Changes the longest line. */
  limitTo(lineLimitBytes: number): void {
    this.#decoder.limitTo(lineLimitBytes);
  }

  /** How many bytes have arrived and are not dealt with. */
  get pendingBytes(): number {
    const keysBytes = this.#keyboard?.pending.length ?? 0;
    return this.#decoder.pendingBytes + this.#bytes + keysBytes;
  }

  /** Whether a whole line has been decoded, also behind Telnet's commands. */
  get hasLine(): boolean {
    return this.#decoder.hasLine || /[\r\n]/.test(this.#keyboard?.pending ?? "");
  }

  /** Whether nothing is left to be decoded. */
  get isDecoded(): boolean {
    return this.#pieces.length === 0 && this.#hasEnded === this.#decoder.ended;
  }

  /** Whether nothing more will come. What follows a part that is missing is not the beginning of a line. */
  get isOver(): boolean {
    return this.#decoder.ended || this.#isCutOff;
  }

  /** Takes over the bytes, or returns false if too many wait already. Then it takes no more at all. */
  push(bytes: Uint8Array): boolean {
    if (this.#bytes > ARRIVED_BYTES_MAX) this.#isCutOff = true;
    if (this.#isCutOff) return false;
    const isAtOnce =
      this.#keyboard === undefined &&
      bytes.length <= STEP_BYTES &&
      this.pendingBytes === 0 &&
      !this.#hasEnded;
    if (isAtOnce) {
      this.#decoder.push(bytes);
      return true;
    }
    this.#bytes += bytes.length;
    for (let start = 0; start < bytes.length; start += STEP_BYTES) {
      this.#pieces.push(bytes.subarray(start, start + STEP_BYTES));
    }
    return true;
  }

  /** No more bytes will come: a last line needs no LF. */
  end(): void {
    this.#hasEnded = !this.#isCutOff;
  }

  /** The next line of what is decoded. */
  next(): Decoded | undefined {
    return this.#decoder.next() ?? this.#keyboard?.next();
  }

  /** What takes out Telnet's commands, where there may be some. */
  get telnet(): TelnetFilter | undefined {
    return this.#decoder.telnet;
  }

  /** From here on the bytes are keys: also those of a line that was begun. */
  beginKeys(keyboard: Keyboard): void {
    this.#keyboard = keyboard;
    keyboard.push(this.#decoder.takePartial());
  }

  /** From here on they are lines again. A line may be begun already. */
  endKeys(begun: string): void {
    this.#decoder.pushData(Buffer.from(begun));
    this.#keyboard = undefined;
  }

  /** Decodes one step more. */
  decode(): void {
    if (this.#keyboard && this.#pieces.length > 0) this.#decodeKeys(this.#keyboard);
    else if (this.#pieces.length > 0) this.#decoder.push(this.#takeStep());
    else if (this.#hasEnded) this.#decoder.end();
  }

  /** Forgets what is not decoded. */
  clear(): void {
    this.#pieces.clear();
    this.#bytes = 0;
  }

  #decodeKeys(keyboard: Keyboard): void {
    const piece = this.#pieces.shift();
    if (piece.length > KEYS_BYTES) this.#pieces.unshift(piece.subarray(KEYS_BYTES));
    const keys = piece.subarray(0, KEYS_BYTES);
    this.#bytes -= keys.length;
    const { telnet } = this.#decoder;
    keyboard.push(telnet?.filter(keys) ?? keys, telnet?.takeCommands());
  }

  #takeStep(): Uint8Array {
    const first = this.#pieces.shift();
    const parts = [first];
    let size = first.length;
    while (this.#pieces.length > 0 && size + this.#pieces.at(0).length <= STEP_BYTES) {
      size += this.#pieces.at(0).length;
      parts.push(this.#pieces.shift());
    }
    this.#bytes -= size;
    return parts.length === 1 ? first : Buffer.concat(parts);
  }
}
