/**
 * Bytes to lines. A chunk of a TCP stream is not a line: it can hold half of one, or ten, or end
 * in the middle of a UTF-8 character. The decoder keeps what is unfinished and hands out lines one
 * at a time, when they are asked for, so that the caller can stop between two lines.
 *
 * A line ends in LF, CR LF or, from Telnet clients, CR NUL. Each line is decoded as a whole, and
 * what is not UTF-8 becomes U+FFFD. Telnet's commands are not part of any line.
 *
 * A line over the limit is reported once, as soon as that is known. What follows of it is
 * discarded as it arrives, and its LF then ends an empty line. No more than the limit, and a CR, is
 * ever held, and the time taken is linear.
 */
import type { LEAVE } from "../editor/editor.ts";
import { LF } from "../room/chunk.ts";
import type { Link } from "./link.ts";
import { TelnetFilter, type TelnetCommands } from "./telnet.ts";

/** In place of a line: one over the limit has begun. */
export const LINE_TOO_LONG = Symbol("line too long");

const NONE = new Uint8Array(0);
const CR = 0x0d;
const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** A line, the beginning of one over the limit, Telnet's commands, or a key that means to leave. */
export type Decoded = string | typeof LINE_TOO_LONG | TelnetCommands | typeof LEAVE;

export class LineDecoder {
  #limitBytes: number;
  /** Takes out Telnet's commands, where there may be some. */
  readonly telnet: TelnetFilter | undefined;
  /** The bytes that arrived last, and how many of them are dealt with. */
  #chunk: Uint8Array = NONE;
  #position = 0;
  /** The beginning of a line whose LF has not arrived: the first `#partialBytes` bytes. */
  #partial = NONE;
  #partialBytes = 0;
  #discarding = false;
  #ended = false;

  /**
   * @param limitBytes longest line, in bytes without its end
   * @param dialect whether there may be commands of Telnet's among the bytes
   */
  constructor(limitBytes: number, dialect: Link["dialect"] = "telnet") {
    this.#limitBytes = limitBytes;
    this.telnet = dialect === "telnet" ? new TelnetFilter() : undefined;
  }

  /** Changes the longest line. It counts for what is not handed out yet. */
  limitTo(bytes: number): void {
    this.#limitBytes = bytes;
  }

  /** Takes over the bytes that arrived; the caller must not change them afterwards. */
  push(bytes: Uint8Array): void {
    this.pushData(this.telnet?.filter(bytes) ?? bytes);
  }

  /** The same for bytes without Telnet's commands. */
  pushData(data: Uint8Array): void {
    // Nearly always nothing is left. A view that holds nothing would cost more than the question.
    if (this.pendingBytes === 0) this.#chunk = data;
    else this.#chunk = Buffer.concat([this.#chunk.subarray(this.#position), data]);
    this.#position = 0;
  }

  /** Takes out the beginning of a line whose LF has not arrived. */
  takePartial(): Uint8Array {
    const start = Math.max(this.#position, this.#chunk.lastIndexOf(LF) + 1);
    const begun = this.#chunk.subarray(start);
    const isOnlyPartial = start === this.#position;
    const held = isOnlyPartial ? this.#partial.subarray(0, this.#partialBytes) : NONE;
    this.#chunk = this.#chunk.subarray(this.#position, start);
    this.#position = 0;
    if (isOnlyPartial) this.#release();
    return Buffer.concat([held, begun]);
  }

  /** No more bytes will come: what is left without its LF now counts as a line. */
  end(): void {
    this.#ended = true;
  }

  /** Whether `end` was called: when `next` then returns `undefined`, that was all. */
  get ended(): boolean {
    return this.#ended;
  }

  /** How many bytes have arrived and are not dealt with. */
  get pendingBytes(): number {
    return this.#chunk.length - this.#position;
  }

  /** Whether a whole line has arrived, also behind Telnet's commands. */
  get hasLine(): boolean {
    return this.#chunk.indexOf(LF, this.#position) !== -1;
  }

  /** The next line without its end, or `undefined` until more bytes arrive. */
  next(): Decoded | undefined {
    const commands = this.telnet?.takeCommands();
    if (commands !== undefined) return commands;
    while (this.#position < this.#chunk.length) {
      const start = this.#position;
      const newline = this.#chunk.indexOf(LF, start);
      const end = newline === -1 ? this.#chunk.length : newline;

      if (!this.#discarding && this.#isTooLong(start, end)) {
        this.#discarding = true;
        this.#position = end;
        this.#release();
        return LINE_TOO_LONG;
      }
      this.#position = newline === -1 ? end : end + 1;
      if (newline === -1) {
        if (!this.#discarding) this.#hold(this.#chunk.subarray(start));
      } else if (this.#discarding) {
        this.#discarding = false;
        return "";
      } else {
        return this.#finish(this.#chunk.subarray(start, end));
      }
    }
    this.#chunk = NONE;
    this.#position = 0;
    return this.#ended && this.#partialBytes > 0 ? this.#finish(NONE) : undefined;
  }

  /** Whether what is held and the chunk from `start` to `end` are too long for one line. */
  #isTooLong(start: number, end: number): boolean {
    const length = this.#partialBytes + end - start;
    if (length <= this.#limitBytes) return false;
    const last = end > start ? this.#chunk[end - 1] : this.#partial[this.#partialBytes - 1];
    // A CR may be the beginning of the line's end.
    return last !== CR || length > this.#limitBytes + 1;
  }

  #hold(bytes: Uint8Array): void {
    const size = this.#partialBytes + bytes.length;
    if (size > this.#partial.length) {
      const grown = new Uint8Array(
        Math.min(this.#limitBytes + 1, Math.max(size, 2 * this.#partial.length)),
      );
      grown.set(this.#partial.subarray(0, this.#partialBytes));
      this.#partial = grown;
    }
    this.#partial.set(bytes, this.#partialBytes);
    this.#partialBytes = size;
  }

  #finish(tail: Uint8Array): string {
    if (this.#partialBytes === 0) return decode(tail);
    this.#hold(tail);
    const line = decode(this.#partial.subarray(0, this.#partialBytes));
    this.#release();
    return line;
  }

  #release(): void {
    this.#partial = NONE;
    this.#partialBytes = 0;
  }
}

function decode(line: Uint8Array): string {
  return UTF8.decode(line.at(-1) === CR ? line.subarray(0, -1) : line);
}
