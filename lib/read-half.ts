/**
 * The receiving half of a connection: bytes to lines, at a pace that is fair to the others.
 *
 *     reading ⇄ held, delayed ──▶ over
 *
 * Held means that others come first, delayed that this client has sent too much. In both the next
 * line waits and the socket is not read: TCP slows the client down, and nothing is lost. A socket
 * may go while lines that it brought wait here; they are still read, at the same pace.
 */
import type { Backpressure, Sender } from "./backpressure.ts";
import type { Guard } from "./guard.ts";
import { LineDecoder, type Decoded } from "./line-decoder.ts";
import { after, type Timer } from "./timers.ts";

/**
 * The most lines read from one connection in one turn of the event loop, so that nobody waits
 * while a large chunk of short lines is handled.
 */
const LINES_PER_TURN_MAX = 1_000;

export type ReadPhase = "reading" | "held" | "delayed" | "over";

/** Who is told what was read. Any call may end in `stop`. */
export interface LineListener {
  /** How long the next line has to wait because of what was sent before, in milliseconds. */
  readonly delayMs: number;
  onLine(line: Decoded): void;
  /** No line is left for now, or the next one has to wait. */
  onPause(phase: ReadPhase): void;
  /** No line has waited for a whole turn, after some had to. */
  onCaughtUp(): void;
  /** Every line is read, and no more will come. */
  onInputOver(): void;
}

export interface ReadHalfContext {
  readonly backpressure: Backpressure;
  readonly settings: { readonly lineLimitBytes: number };
}

/** What it needs of its socket. */
interface Source {
  pause(): void;
  resume(): void;
}

export class ReadHalf implements Sender {
  readonly #backpressure: Backpressure;
  readonly #source: Source;
  readonly #owner: LineListener & Guard;
  readonly #decoder: LineDecoder;
  #phase: ReadPhase = "reading";
  #isSocketGone = false;
  /** A line that had to wait. */
  #next: Decoded | undefined;
  #timer: Timer | undefined;

  constructor(context: ReadHalfContext, source: Source, owner: LineListener & Guard) {
    this.#backpressure = context.backpressure;
    this.#source = source;
    this.#owner = owner;
    this.#decoder = new LineDecoder(context.settings.lineLimitBytes);
  }

  /** Whether a line waits, which is no fault of the client's. */
  get isWaiting(): boolean {
    return this.#phase === "held" || this.#phase === "delayed";
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
    this.#owner.run(() => this.#resume());
  }

  /** Reads no more lines: what arrives is discarded. */
  stop(): void {
    if (this.isWaiting && !this.#isSocketGone) this.#source.resume();
    this.#phase = "over";
    clearTimeout(this.#timer);
    this.#backpressure.removeSender(this);
  }

  #resume(): void {
    this.#phase = "reading";
    if (!this.#isSocketGone) this.#source.resume();
    this.#readLines();
    // Only the next turn shows whether that was all.
    if (this.#phase === "reading") setImmediate(() => this.#owner.run(() => this.#catchUp()));
  }

  #readLines(): void {
    for (let count = 0; this.#phase === "reading"; count++) {
      this.#next ??= this.#decoder.next();
      const line = this.#next;
      if (line === undefined) {
        if (this.#decoder.ended || this.#isSocketGone) this.#owner.onInputOver();
        break;
      }
      const { delayMs } = this.#owner;
      if (delayMs > 0) {
        this.#wait("delayed");
        this.#timer = after(Math.ceil(delayMs), () => this.resume());
      } else if (count === LINES_PER_TURN_MAX || !this.#backpressure.mayRead(this)) {
        this.#wait("held");
        this.#backpressure.resumeLater(this);
      } else {
        this.#next = undefined;
        this.#owner.onLine(line);
        if (typeof line === "string" && !this.#isOver) this.#backpressure.spend(this, line.length);
      }
    }
    this.#owner.onPause(this.#phase);
  }

  /** The listener may have called `stop`. */
  get #isOver(): boolean {
    return this.#phase === "over";
  }

  #wait(phase: "held" | "delayed"): void {
    this.#phase = phase;
    if (!this.#isSocketGone) this.#source.pause();
  }

  #catchUp(): void {
    if (this.#phase === "reading") this.#owner.onCaughtUp();
  }
}
