/**
 * The receiving half of a connection: bytes to lines, at a pace that is fair to the others.
 *
 *     reading ⇄ backpressured, throttled, replying ──▶ over
 *
 * Backpressured means that others come first; throttled, that this client has sent too much; replying,
 * that it has yet to take what it asked for. In all of them the next line waits and the socket is not read: TCP
 * slows the client down, and nothing is lost. A socket may go while lines that it brought wait here;
 * they are still read, at the same pace.
 */
import type { Backpressure, Sender } from "../limits/backpressure.ts";
import type { ErrorBoundary } from "./error-boundary.ts";
import type { Link } from "./link.ts";
import { LineDecoder, type Decoded } from "./line-decoder.ts";
import type { Slice, Slices, Taker } from "../limits/slices.ts";
import { after, type Timer } from "../limits/timers.ts";

type WaitPhase = "backpressured" | "throttled" | "replying";

export type ReadPhase = "reading" | WaitPhase | "over";

/** Who is told what was read. Any call may end in `stop`. */
export interface LineListener {
  /** How long this line has to wait because of what was sent before, in milliseconds. */
  delayMs(line: Decoded): number;
  /** Whether the client has first to take what it asked for. If so, `answersTaken` is to be called. */
  mustTakeAnswers(): boolean;
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
  readonly slices: Slices;
  readonly settings: { readonly lineLimitBytes: number };
}

export class ReadHalf implements Sender, Taker {
  readonly #context: ReadHalfContext;
  readonly #link: Link;
  readonly #owner: LineListener & ErrorBoundary;
  readonly #decoder: LineDecoder;
  readonly slice: Slice;
  readonly taken = { time: 0, lines: 0 };
  takenAtMs = 0;
  #phase: ReadPhase = "reading";
  #isSourcePaused = false;
  #isSocketGone = false;
  /** What has arrived and is not decoded yet, as that takes time too. */
  #arrived: Uint8Array | undefined;
  /** A line that had to wait. */
  #next: Decoded | undefined;
  #timer: Timer | undefined;

  constructor(
    context: ReadHalfContext,
    slice: Slice,
    link: Link,
    owner: LineListener & ErrorBoundary,
  ) {
    this.#context = context;
    this.slice = slice;
    this.#link = link;
    this.#owner = owner;
    this.#decoder = new LineDecoder(context.settings.lineLimitBytes, link.dialect);
  }

  get pendingBytes(): number {
    return this.#decoder.pendingBytes + (this.#arrived?.length ?? 0);
  }

  /** Whether others keep the client from being read from. */
  get isBackpressured(): boolean {
    return this.#phase === "backpressured";
  }

  /** Whether a line waits, which is no fault of the client's. Telnet's commands are no line. */
  get isLineWaiting(): boolean {
    if (this.#phase !== "backpressured" && this.#phase !== "throttled") return false;
    this.#decode();
    const isLine = this.#next !== undefined && typeof this.#next !== "object";
    return isLine || this.#decoder.hasLine;
  }

  received(bytes: Uint8Array): void {
    if (this.#phase === "over") return;
    this.#context.slices.begin();
    this.#arrived = this.#arrived ? Buffer.concat([this.#arrived, bytes]) : bytes;
    this.#readLines();
  }

  /** The other side will send nothing more: a last line needs no LF. */
  ended(): void {
    this.#context.slices.begin();
    if (this.#arrived !== undefined) this.#decoder.push(this.#arrived);
    this.#arrived = undefined;
    this.#decoder.end();
    this.#readLines();
  }

  /** The socket is gone: what it brought is read, but for a line without its LF. */
  lost(): void {
    this.#isSocketGone = true;
    this.#context.slices.begin();
    this.#readLines();
  }

  /** Goes on where `#readLines` stopped. */
  resume(): void {
    this.#owner.run(() => this.#resume());
  }

  /** The client has taken what it asked for. */
  answersTaken(): void {
    if (this.#phase === "replying") this.#context.backpressure.resumeLater(this);
  }

  /** Reads no more lines: what arrives is discarded. */
  stop(): void {
    this.#phase = "over";
    this.#arrived = undefined;
    clearTimeout(this.#timer);
    this.#context.backpressure.removeSender(this);
    this.#context.slices.remove(this);
    this.#resumeSource();
  }

  #resume(): void {
    this.#phase = "reading";
    if (this.slice.served !== this) this.#context.slices.begin();
    this.#readLines();
    // Only the next turn shows whether that was all.
    if (this.#isReading) setImmediate(() => this.#owner.run(() => this.#catchUp()));
  }

  #readLines(): void {
    while (this.#phase === "reading") {
      this.#next ??= this.#decoder.next();
      const line = this.#next;
      if (line === undefined && this.#arrived === undefined) {
        if (this.#decoder.ended || this.#isSocketGone) this.#owner.onInputOver();
        break;
      }
      if (line !== undefined ? this.#mustWait(line) : this.#mustWaitForSlice()) break;
      if (line === undefined) this.#decode();
      else this.#read(line);
      this.#context.slices.charge(this);
    }
    if (this.#isReading) this.#resumeSource();
    this.#owner.onPause(this.#phase);
  }

  #decode(): void {
    this.#next ??= this.#decoder.next();
    if (this.#next !== undefined || this.#arrived === undefined) return;
    this.#decoder.push(this.#arrived);
    this.#arrived = undefined;
    this.#next = this.#decoder.next();
  }

  #read(line: Decoded): void {
    this.#next = undefined;
    this.#owner.onLine(line);
    const isOver = !this.#isReading;
    if (typeof line === "string" && !isOver) this.#context.backpressure.spend(this, line.length);
  }

  /** The listener may have called `stop`. */
  get #isReading(): boolean {
    return this.#phase === "reading";
  }

  #mustWait(line: Decoded): boolean {
    const { backpressure } = this.#context;
    const delayMs = this.#owner.delayMs(line);
    if (delayMs > 0) {
      this.#wait("throttled");
      this.#timer = after(Math.ceil(delayMs), () => this.resume());
    } else if (this.#owner.mustTakeAnswers()) {
      this.#wait("replying");
    } else if (!backpressure.mayRead(this)) {
      this.#wait("backpressured");
      backpressure.resumeLater(this);
    } else {
      return this.#mustWaitForSlice();
    }
    return true;
  }

  #mustWaitForSlice(): boolean {
    const { slices } = this.#context;
    if (slices.mayRead(this)) return false;
    this.#wait("backpressured");
    slices.wait(this);
    return true;
  }

  #wait(phase: WaitPhase): void {
    this.#phase = phase;
    if (this.#isSocketGone || this.#isSourcePaused) return;
    this.#isSourcePaused = true;
    this.#link.pause();
  }

  #resumeSource(): void {
    if (!this.#isSourcePaused) return;
    this.#isSourcePaused = false;
    if (!this.#isSocketGone) this.#link.resume();
  }

  #catchUp(): void {
    if (this.#isReading) this.#owner.onCaughtUp();
  }
}
