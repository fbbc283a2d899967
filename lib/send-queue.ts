/**
 * What one client has yet to be sent.
 *
 * The contract: `push` never blocks and never writes; `flush` writes as much as the socket takes,
 * in order, and keeps the rest for `drain`. The queue holds references to chunks that it shares
 * with the queues of others and never copies more than one write's worth.
 *
 * While the socket takes nothing, the bytes held are bounded: over the limit the oldest lines go,
 * whole lines only and none that has been started, and one line in their place says how many.
 * Dropping from the front leaves every stalled reader with the same newest chunks, so that ten
 * thousand of them cost about as much memory as one, and gives a reader that recovers what is
 * being said now.
 */
import { linesSkipped } from "./messages.ts";

const LF = 0x0a;

/** Small chunks are joined into writes of up to this size. One larger chunk is written as it is. */
const JOIN_BYTES_MAX = 65_536;

/** No announcement of a gap is longer than this. */
const NOTICE_BYTES_MAX = linesSkipped(Number.MAX_SAFE_INTEGER).length;

/** Bytes that end where a line ends (or in a prompt), and that any number of queues may share. */
export class Chunk {
  readonly bytes: Uint8Array;
  #lines: number | undefined;

  /** @param lines how many lines dropping this chunk loses; counted from the bytes if not given */
  constructor(bytes: Uint8Array, lines?: number) {
    this.bytes = bytes;
    this.#lines = lines;
  }

  static of(text: string): Chunk {
    return new Chunk(Buffer.from(text));
  }

  get lines(): number {
    return (this.#lines ??= countLines(this.bytes));
  }
}

export interface Writer {
  /** One attempt to send. Returns the bytes accepted, 0 if there is no space, -1 if it is closed. */
  write(bytes: Uint8Array): number;
}

export class SendQueue {
  readonly #writer: Writer;
  readonly #limitBytes: number;
  readonly #chunks: Chunk[] = [];
  /** How much of the first chunk is sent. */
  #offset = 0;
  #bytes = 0;
  #blocked = false;

  /** @param limitBytes most bytes that are held while the socket accepts nothing */
  constructor(writer: Writer, limitBytes: number) {
    this.#writer = writer;
    this.#limitBytes = limitBytes;
  }

  /** How many bytes wait. */
  get bytes(): number {
    return this.#bytes;
  }

  push(chunk: Chunk): void {
    if (chunk.bytes.length === 0) return;
    this.#chunks.push(chunk);
    this.#bytes += chunk.bytes.length;
    this.#enforceLimit();
  }

  /** Writes until the socket is full or nothing is left. Returns how many bytes it accepted. */
  flush(): number {
    let total = 0;
    while (!this.#blocked && this.#chunks.length > 0) {
      const bytes = this.#nextWrite();
      const accepted = this.#writer.write(bytes);
      if (accepted < 0) {
        this.#clear();
        break;
      }
      total += accepted;
      this.#consume(accepted);
      this.#blocked = accepted < bytes.length;
    }
    this.#enforceLimit();
    return total;
  }

  /** The socket may have space again. Returns how many bytes it accepted, which may be none. */
  drain(): number {
    this.#blocked = false;
    return this.flush();
  }

  #nextWrite(): Uint8Array {
    const parts: Uint8Array[] = [];
    let size = 0;
    for (const { bytes } of this.#chunks) {
      const part = parts.length === 0 ? bytes.subarray(this.#offset) : bytes;
      if (size > 0 && size + part.length > JOIN_BYTES_MAX) break;
      parts.push(part);
      size += part.length;
    }
    const [only] = parts;
    return parts.length === 1 && only ? only : Buffer.concat(parts, size);
  }

  #consume(accepted: number): void {
    this.#bytes -= accepted;
    let end = this.#offset + accepted;
    let sent = 0;
    for (const { bytes } of this.#chunks) {
      if (end < bytes.length) break;
      end -= bytes.length;
      sent++;
    }
    this.#chunks.splice(0, sent);
    this.#offset = end;
  }

  #clear(): void {
    this.#chunks.length = 0;
    this.#offset = 0;
    this.#bytes = 0;
  }

  /** Only what the socket refused counts: what no write has been tried for may yet go at once. */
  #enforceLimit(): void {
    if (!this.#blocked || this.#bytes <= this.#limitBytes) return;
    const kept = this.#limitBytes - NOTICE_BYTES_MAX;
    let skipped = this.#cutToStartedLine();
    const first = this.#offset > 0 ? 1 : 0;
    let last = first;
    for (; last < this.#chunks.length && this.#bytes > kept; last++) {
      const chunk = this.#chunks[last] as Chunk;
      skipped += chunk.lines;
      this.#bytes -= chunk.bytes.length;
    }
    const notice = skipped === 0 ? [] : [new Chunk(Buffer.from(linesSkipped(skipped)), skipped)];
    this.#chunks.splice(first, last - first, ...notice);
    this.#bytes += notice[0]?.bytes.length ?? 0;
  }

  /**
   * Drops from the first chunk what is not part of a line already started, and returns the number
   * of lines lost. The rest of such a line is copied, with one byte before it that is already
   * sent, so that `#offset` stays above 0 and the shared chunk is let go.
   */
  #cutToStartedLine(): number {
    const [first] = this.#chunks;
    if (first === undefined || this.#offset === 0) return 0;
    const { bytes } = first;
    const started = bytes[this.#offset - 1] !== LF;
    const lineEnd = bytes.indexOf(LF, this.#offset) + 1 || bytes.length;
    const end = started ? lineEnd : this.#offset;
    const dropped = bytes.subarray(end);
    this.#bytes -= dropped.length;
    if (started) {
      this.#chunks[0] = new Chunk(new Uint8Array(bytes.subarray(this.#offset - 1, end)));
      this.#offset = 1;
    } else {
      this.#chunks.shift();
      this.#offset = 0;
    }
    return countLines(dropped);
  }
}

function countLines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) count++;
  return count;
}
