/**
 * The receiving half of a connection: bytes to lines, at a pace that is fair to the others.
 *
 *     reading ⇄ held ──▶ over
 *
 * Held means that others come first: the lines that arrived wait in the decoder, and the socket is
 * not read. A socket may go while lines that it brought wait here; they are still read.
 */
import type { Backpressure, Sender } from "./backpressure.ts";
import { LineDecoder, type Decoded } from "./line-decoder.ts";

/**
 * The most lines read from one connection in one turn of the event loop, so that nobody waits
 * while a large chunk of short lines is handled.
 */
const LINES_PER_TURN_MAX = 1_000;

/** Who is told what was read. Any call may end in `stop`. */
export interface LineListener {
  onLine(line: Decoded): void;
  /** No line is left for now, or others come first. */
  onPause(isHeld: boolean): void;
  /** No line has waited for a whole turn, after some had to. */
  onCaughtUp(): void;
  /** Every line is read, and no more will come. */
  onEnd(): void;
}

export interface ReadHalfContext {
  readonly transport: { pause(): void; resume(): void };
  readonly backpressure: Backpressure;
  readonly lineLimitBytes: number;
  readonly listener: LineListener;
}

export class ReadHalf implements Sender {
  readonly #context: ReadHalfContext;
  readonly #decoder: LineDecoder;
  #phase: "reading" | "held" | "over" = "reading";
  #isSocketGone = false;

  constructor(context: ReadHalfContext) {
    this.#context = context;
    this.#decoder = new LineDecoder(context.lineLimitBytes);
  }

  get isHeld(): boolean {
    return this.#phase === "held";
  }

  received(bytes: Uint8Array): void {
    if (this.#phase === "over") return;
    this.#decoder.push(bytes);
    this.#readLines();
  }

  /** The other side will send nothing more: a last line needs no LF. */
  ended(): void {
    this.#decoder.end();
    this.#readLines();
  }

  /** The socket is gone: what it brought is read, but for a line without its LF. */
  lost(): void {
    this.#isSocketGone = true;
    this.#readLines();
  }

  /** Goes on where `#readLines` stopped. */
  resume(): void {
    if (this.#phase !== "held") return;
    this.#phase = "reading";
    if (!this.#isSocketGone) this.#context.transport.resume();
    this.#readLines();
    // Only the next turn shows whether that was all.
    if (this.#phase === "reading") setImmediate(() => this.#catchUp());
  }

  /** Reads no more lines: what arrives is discarded. */
  stop(): void {
    if (this.#phase === "held" && !this.#isSocketGone) this.#context.transport.resume();
    this.#phase = "over";
    this.#context.backpressure.removeSender(this);
  }

  #readLines(): void {
    const { backpressure, listener } = this.#context;
    for (let count = 0; this.#phase === "reading"; count++) {
      if (count === LINES_PER_TURN_MAX || !backpressure.mayRead(this)) {
        this.#hold();
        break;
      }
      const line = this.#decoder.next();
      if (line === undefined) {
        if (this.#decoder.ended || this.#isSocketGone) listener.onEnd();
        break;
      }
      listener.onLine(line);
      if (typeof line === "string") backpressure.spend(this, line.length);
    }
    listener.onPause(this.isHeld);
  }

  #hold(): void {
    this.#phase = "held";
    if (!this.#isSocketGone) this.#context.transport.pause();
    this.#context.backpressure.resumeLater(this);
  }

  #catchUp(): void {
    if (this.#phase === "reading") this.#context.listener.onCaughtUp();
  }
}
