export const LF = 0x0a;

/** Bytes that end where a line ends (or in a prompt), and that any number of queues may share. */
export class Chunk {
  readonly bytes: Uint8Array;
  /** Its reader has asked for it. */
  readonly isAnswer: boolean;
  #lines: number | undefined;
  #copies: Map<number, Chunk> | undefined;

  /**
   * @param lines how many lines dropping this chunk loses; counted from the bytes if not given. With
   *   0 it is sent as a whole or not at all.
   */
  constructor(bytes: Uint8Array, lines?: number, isAnswer = false) {
    this.bytes = bytes;
    this.isAnswer = isAnswer;
    this.#lines = lines;
  }

  static of(text: string): Chunk {
    return new Chunk(Buffer.from(text));
  }

  static answer(text: string): Chunk {
    return new Chunk(Buffer.from(text), undefined, true);
  }

  /** The same in memory of its own, for one whose bytes are only lent. */
  copy(): Chunk {
    return new Chunk(ownCopy(this.bytes), this.#lines, this.isAnswer);
  }

  get lines(): number {
    return (this.#lines ??= countLines(this.bytes));
  }

  /** Whether the byte at `offset` is the first of a line. */
  isLineStart(offset: number): boolean {
    return this.lines > 0 && this.bytes[offset - 1] === LF;
  }

  /**
   * The line that the byte at `offset` belongs to, and where it starts: this chunk if it is no more
   * than that line, or none at all, or else a copy that everybody who asks for it shares.
   */
  lineAt(offset: number): { readonly line: Chunk; readonly start: number } {
    if (this.lines === 0) return { line: this, start: 0 };
    const start = this.bytes.subarray(0, offset).lastIndexOf(LF) + 1;
    const end = this.bytes.indexOf(LF, offset) + 1 || this.bytes.length;
    if (end - start === this.bytes.length) return { line: this, start };
    this.#copies ??= new Map();
    const line =
      this.#copies.get(start) ?? new Chunk(new Uint8Array(this.bytes.subarray(start, end)));
    this.#copies.set(start, line);
    return { line, start };
  }
}

/**
 * `bytes` from `start` on. A view keeps all that it is a view of alive: less than half is copied,
 * so that nobody holds more than twice the memory that is accounted for.
 */
export function tail(bytes: Uint8Array, start: number): Uint8Array {
  const view = bytes.subarray(start);
  return 2 * view.length < bytes.length ? new Uint8Array(view) : view;
}

/** A copy in memory of its own: exactly as large, and in a Buffer, of which a write costs least. */
export function ownCopy(bytes: Uint8Array): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  copy.set(bytes);
  return copy;
}

/** How many lines end in `bytes`. */
export function countLines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) count++;
  return count;
}
