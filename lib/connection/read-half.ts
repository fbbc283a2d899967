/**
 * The receiving half of a connection: bytes to lines, at a pace that is fair to the others.
 *
 *     reading ⇄ throttled, replying, claiming, backpressured
 *        └──────────────┴──▶ over
 *
 * Throttled means that this client has sent too much; replying, that it has yet to take what it asked
 * for; claiming, that it is not known yet whether it has the name that it gave; backpressured, that
 * others come first. In all of them the next line waits and the socket is not read: TCP slows the client
 * down, and nothing is lost. A socket may go while lines that it brought wait here; they are still read,
 * at the same pace.
 */
import { Arrivals, type Keyboard } from "./arrivals.ts";
import type { Address } from "../limits/addresses.ts";
import type { Backpressure, Sender } from "../limits/backpressure.ts";
import type { Owner } from "./owner.ts";
import type { Link } from "./link.ts";
import type { Decoded } from "./line-decoder.ts";
import { Pace, type PaceSettings } from "./pace.ts";
import type { Slice, Slices, Taker } from "../limits/slices.ts";
import type { TelnetFilter } from "./telnet.ts";
import { after, type Timer } from "../limits/timers.ts";
import type { Traffic } from "./traffic.ts";

type WaitPhase = "throttled" | "replying" | "claiming" | "backpressured";

export interface ReadHalfContext {
  readonly backpressure: Backpressure;
  readonly slices: Slices;
  readonly traffic: Traffic;
  readonly settings: PaceSettings;
}

export class ReadHalf implements Sender, Taker {
  readonly #context: ReadHalfContext;
  readonly #link: Link;
  readonly pace: Pace;
  readonly #owner: Owner;
  readonly #arrivals: Arrivals;
  readonly slice: Slice;
  readonly taken = { time: 0, lines: 0 };
  takenAtMs = 0;
  #phase: "reading" | WaitPhase | "over" = "reading";
  #isSourcePaused = false;
  #isSocketGone = false;
  /** A line that had to wait. */
  #next: Decoded | undefined;
  /** The line that its owner deals with. */
  #current: Decoded | undefined;
  #delayMs = 0;
  #timer: Timer | undefined;

  /** @param address what is counted for the address that `link` comes from */
  constructor(context: ReadHalfContext, link: Link, address: Address, owner: Owner) {
    this.#context = context;
    this.slice = address.slice;
    this.#link = link;
    this.pace = new Pace(context.settings, address);
    this.#owner = owner;
    this.#arrivals = new Arrivals(context.settings.lineLimitBytes, link.dialect);
  }

  get phase(): "reading" | WaitPhase | "over" {
    return this.#phase;
  }

  /** How long a throttled client has to wait, in milliseconds. */
  get delayMs(): number {
    return this.#delayMs;
  }

  get pendingBytes(): number {
    return this.#arrivals.pendingBytes;
  }

  get nextBytes(): number {
    return typeof this.#next === "string" ? this.#next.length : 0;
  }

  /** Whether a line waits, which is no fault of the client's. Telnet's commands are no line. */
  get isLineWaiting(): boolean {
    if (this.#phase !== "backpressured" && this.#phase !== "throttled") return false;
    this.#decode();
    const isLine = this.#next !== undefined && typeof this.#next !== "object";
    return isLine || this.#arrivals.hasLine;
  }

  /** Whether a name may have been given that is not read or answered yet, because others came first. */
  get isNameWaiting(): boolean {
    if (this.#phase === "claiming") return true;
    const othersComeFirst = this.#phase === "backpressured" || this.pace.isForOthers;
    return othersComeFirst && this.isLineWaiting;
  }

  /** What takes out Telnet's commands, where there may be some. */
  get telnet(): TelnetFilter | undefined {
    return this.#arrivals.telnet;
  }

  /** From here on what arrives is keys. */
  beginKeys(keyboard: Keyboard): void {
    this.#arrivals.beginKeys(keyboard);
  }

  /** From here on it is lines again. A line may be begun already. */
  endKeys(begun: string): void {
    this.#arrivals.endKeys(begun);
  }

  received(bytes: Uint8Array): void {
    this.#begin();
    // It is being reset, and Bun would go on until it has handed over everything.
    if (!this.#arrivals.push(bytes)) this.#link.terminate();
  }

  /** The other side will send nothing more: a last line needs no LF. */
  ended(): void {
    this.#begin();
    this.#arrivals.end();
  }

  /** The socket is gone. What it brought is read, except a last line without its LF. */
  lost(): void {
    this.#begin();
    this.#isSocketGone = true;
  }

  /**
   * The next line, or undefined. Then `phase` says why: nothing waits, the next line has to wait, or every line is
   * read and no more will come.
   */
  next(): Decoded | undefined {
    this.#settle();
    while (this.#phase === "reading") {
      const line = (this.#next ??= this.#arrivals.next());
      if (line !== undefined) {
        if (this.#mustWait(line)) break;
        this.#next = undefined;
        this.#current = line;
        this.pace.spend(line);
        return line;
      }
      if (this.#arrivals.isDecoded) {
        if (this.#arrivals.isOver || this.#isSocketGone) this.#phase = "over";
        this.#resumeSource();
        break;
      }
      if (this.#mustWaitForSlice()) break;
      this.#decode();
      this.#context.slices.charge(this);
    }
    return undefined;
  }

  /** Reads no line until `resume`. */
  wait(phase: WaitPhase): void {
    if (this.#phase === "over") return;
    this.#phase = phase;
    this.#pauseSource();
  }

  /** The settings have changed. A client that has sent too much may have to wait for less, or for longer. */
  adapt(): void {
    this.pace.adapt();
    this.#arrivals.limitTo(this.#context.settings.lineLimitBytes);
    if (this.#phase !== "throttled") return;
    clearTimeout(this.#timer);
    this.resume();
  }

  /** What the next line had to wait for has come. */
  resume(): void {
    this.#begin();
    if (this.#phase !== "over") this.#phase = "reading";
    this.#owner.run(() => this.#owner.wake());
  }

  /** Reads no more lines. */
  stop(): void {
    this.#phase = "over";
    this.#arrivals.clear();
    clearTimeout(this.#timer);
    this.#context.backpressure.removeSender(this);
    this.#context.slices.remove(this);
    this.#resumeSource();
  }

  /** What was done before was not done for this client. */
  #begin(): void {
    if (this.slice.served !== this) this.#context.slices.begin();
  }

  /** The line before is dealt with, and is paid for. */
  #settle(): void {
    const line = this.#current;
    if (line === undefined) return;
    this.#current = undefined;
    const { backpressure, slices } = this.#context;
    // With its last line somebody holds up nobody.
    if (typeof line === "string" && this.#phase !== "over") backpressure.spend(this, line.length);
    slices.charge(this);
  }

  /** Goes one step on to the next line. */
  #decode(): void {
    this.#next ??= this.#arrivals.next();
    if (this.#next !== undefined || this.#arrivals.isDecoded) return;
    this.#arrivals.decode();
    this.#next = this.#arrivals.next();
  }

  #mustWait(line: Decoded): boolean {
    const { backpressure, traffic } = this.#context;
    this.#delayMs = this.pace.delayMs(line);
    if (this.#delayMs > 0) {
      this.wait("throttled");
      traffic.throttledMs += this.#delayMs;
      this.#timer = after(Math.ceil(this.#delayMs), () => this.resume());
    } else if (!backpressure.mayRead(this)) {
      this.wait("backpressured");
      backpressure.resumeLater(this);
    } else {
      return this.#mustWaitForSlice();
    }
    return true;
  }

  #mustWaitForSlice(): boolean {
    const { slices } = this.#context;
    if (slices.mayRead(this)) return false;
    this.wait("backpressured");
    slices.wait(this);
    return true;
  }

  #pauseSource(): void {
    if (this.#isSocketGone || this.#isSourcePaused) return;
    this.#isSourcePaused = true;
    this.#link.pause();
  }

  #resumeSource(): void {
    if (!this.#isSourcePaused) return;
    this.#isSourcePaused = false;
    if (!this.#isSocketGone) this.#link.resume();
  }
}
