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
import { Chunk, countLines, tail } from "../room/chunk.ts";
import { Deque } from "../room/deque.ts";
import { linesSkipped } from "../text/messages.ts";

/** Small chunks are joined into writes of up to this size. One larger chunk is written as it is. */
const JOIN_BYTES_MAX = 65_536;

/** What it costs to keep a chunk, however small: some objects and a place in the queue. */
export const CHUNK_OVERHEAD_BYTES = 512;

/** No announcement of a gap takes more than this. */
const NOTICE_BYTES_MAX = linesSkipped(Number.MAX_SAFE_INTEGER).length + CHUNK_OVERHEAD_BYTES;

export interface Writer {
  /** One attempt to send. Returns the bytes accepted, 0 if there is no space, -1 if it is closed. */
  write(bytes: Uint8Array): number;
}

/** Is told of lines that were dropped, at the moment when the reader is told too. */
export interface SkipListener {
  onSkipped(count: number): void;
}

export class SendQueue {
  /** Where it writes. Another one must go on where this one is. */
  writer: Writer;
  readonly #listener: SkipListener | undefined;
  #limitBytes: number;
  /** A chunk of which a part is sent, and how much. */
  #started: Chunk | undefined;
  #sentBytes = 0;
  /** Lines dropped behind it that no notice announces yet. */
  #skippedLines = 0;
  readonly #waiting = new Deque<Chunk>();
  #bytes = 0;
  #answerBytes = 0;
  #blocked = false;

  /** @param limitBytes most bytes that are held while the socket accepts nothing */
  constructor(writer: Writer, limitBytes: number, listener?: SkipListener) {
    this.writer = writer;
    this.#listener = listener;
    this.#limitBytes = limitBytes;
  }

  /** How many bytes wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether nothing waits, not even the notice of a gap. This looks at no other object. */
  get isEmpty(): boolean {
    return this.#bytes === 0 && this.#skippedLines === 0;
  }

  /** What waits as the limit counts it: bytes, and the cost of keeping them. */
  get chargedBytes(): number {
    const noticeBytes = this.#skippedLines > 0 ? NOTICE_BYTES_MAX : 0;
    return this.#bytes + this.#waiting.length * CHUNK_OVERHEAD_BYTES + noticeBytes;
  }

  /** How much waits that its reader has asked for, none of which is sent yet, counted in the same way. */
  get answerBytes(): number {
    return this.#answerBytes;
  }

  /** What is held against the will of the socket, counted in the same way. */
  get blockedBytes(): number {
    return this.#blocked ? this.chargedBytes : 0;
  }

  push(chunk: Chunk): void {
    if (chunk.bytes.length === 0) return;
    this.#waiting.push(chunk);
    this.#bytes += chunk.bytes.length;
    if (chunk.isAnswer) this.#answerBytes += chunk.bytes.length + CHUNK_OVERHEAD_BYTES;
    this.#enforceLimit();
  }

  #shift(): Chunk {
    const chunk = this.#waiting.shift();
    if (chunk.isAnswer) this.#answerBytes -= chunk.bytes.length + CHUNK_OVERHEAD_BYTES;
    return chunk;
  }

  /**
   * `push` and `flush` in one: where nothing waits, one write and no more.
   *
   * @param isLent whether the chunk's bytes are the caller's again afterwards: then what has to wait is
   *   copied
   */
  send(chunk: Chunk, isLent = false): number {
    if (this.#blocked || !this.isEmpty) {
      this.push(isLent ? chunk.copy() : chunk);
      return this.flush();
    }
    const { length } = chunk.bytes;
    const accepted = length === 0 ? 0 : this.writer.write(chunk.bytes);
    if (accepted === length || accepted < 0) return accepted;
    this.push(isLent ? chunk.copy() : chunk);
    this.#consume(accepted);
    this.#blocked = true;
    this.#enforceLimit();
    return accepted;
  }

  /** Takes a last chunk. From here on nothing that waits is dropped unless `cutTo` says so. */
  pushLast(chunk: Chunk): void {
    this.#limitBytes = Infinity;
    this.push(chunk);
  }

  /** Changes how many bytes are held, unless a last chunk waits. */
  limitTo(bytes: number): void {
    if (this.#limitBytes === Infinity) return;
    this.#limitBytes = bytes;
    this.#enforceLimit();
  }

  /**
   * Writes until the socket is full or nothing is left. Returns how many bytes it accepted, or -1 if
   * it is closed.
   */
  flush(): number {
    let total = 0;
    while (!this.#blocked && !this.isEmpty) {
      this.#announceGap();
      const bytes = this.#nextWrite();
      const accepted = this.writer.write(bytes);
      if (accepted < 0) {
        this.clear();
        return -1;
      }
      total += accepted;
      this.#consume(accepted);
      this.#blocked = accepted < bytes.length;
    }
    this.#enforceLimit();
    return total;
  }

  /** The socket may have space again. Returns what `flush` does. */
  drain(): number {
    this.#blocked = false;
    return this.flush();
  }

  /** Drops the oldest lines until no more than this many bytes are held, or only a started line. */
  cutTo(bytes: number): void {
    if (this.chargedBytes <= bytes) return;
    this.#cutToStartedLine();
    while (this.#waiting.length > 0 && this.chargedBytes > bytes) {
      const chunk = this.#shift();
      this.#bytes -= chunk.bytes.length;
      this.#skippedLines += chunk.lines;
    }
  }

  /** Only what the socket refused counts: what no write has been tried for may yet go at once. */
  #enforceLimit(): void {
    if (this.blockedBytes > this.#limitBytes) this.cutTo(this.#limitBytes);
  }

  /** Keeps of a chunk in flight the line in flight, and lets go of the others. */
  #cutToStartedLine(): void {
    if (this.#started === undefined) return;
    const { bytes } = this.#started;
    const sentBytes = this.#sentBytes;
    const isBetweenLines = this.#started.isLineStart(sentBytes);
    const kept = isBetweenLines ? undefined : this.#started.lineAt(sentBytes);
    const dropped = bytes.subarray(kept ? kept.start + kept.line.bytes.length : sentBytes);
    this.#bytes -= dropped.length;
    this.#skippedLines += countLines(dropped);
    this.#started = kept?.line;
    this.#sentBytes = kept ? sentBytes - kept.start : 0;
  }

  #announceGap(): void {
    if (this.#skippedLines === 0) return;
    const bytes = Buffer.from(linesSkipped(this.#skippedLines));
    this.#waiting.unshift(new Chunk(bytes, this.#skippedLines));
    this.#bytes += bytes.length;
    this.#listener?.onSkipped(this.#skippedLines);
    this.#skippedLines = 0;
  }

  #nextWrite(): Uint8Array {
    const unsent = this.#started?.bytes.subarray(this.#sentBytes);
    const parts = unsent ? [unsent] : [];
    let size = unsent?.length ?? 0;
    for (let index = 0; index < this.#waiting.length; index++) {
      const { bytes } = this.#waiting.at(index);
      if (size > 0 && size + bytes.length > JOIN_BYTES_MAX) break;
      size += bytes.length;
      parts.push(bytes);
    }
    const [only] = parts;
    return parts.length === 1 && only ? only : Buffer.concat(parts);
  }

  #consume(acceptedBytes: number): void {
    this.#bytes -= acceptedBytes;
    let sentBytes = this.#sentBytes + acceptedBytes;
    let chunk = this.#started;
    while (sentBytes > 0) {
      chunk ??= this.#shift();
      if (sentBytes < chunk.bytes.length) break;
      sentBytes -= chunk.bytes.length;
      chunk = undefined;
    }
    this.#started = chunk;
    this.#sentBytes = sentBytes;
    if (chunk !== undefined && sentBytes > 1) this.#letGoOfSent(chunk, sentBytes);
  }

  /** Keeps one byte that is sent, which tells whether a line has been started. */
  #letGoOfSent(chunk: Chunk, sentBytes: number): void {
    const rest = tail(chunk.bytes, sentBytes - 1);
    if (rest.buffer === chunk.bytes.buffer) return;
    this.#started = new Chunk(rest, chunk.lines === 0 ? 0 : undefined);
    this.#sentBytes = 1;
  }

  /** Forgets everything. */
  clear(): void {
    this.#started = undefined;
    this.#sentBytes = 0;
    this.#skippedLines = 0;
    this.#waiting.clear();
    this.#bytes = 0;
    this.#answerBytes = 0;
    this.#blocked = false;
  }
}
