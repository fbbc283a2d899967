/**
 * What one terminal shows: what arrived, and below it the line that is being typed. It stands between the send
 * queue and the link, and writes once for all that it is given: it takes the line away, prints what arrived, and
 * puts the line back.
 *
 * A link may accept a part. Then the display keeps the rest of the one thing that was cut (a line, or what takes
 * the line away or puts it back), so that no escape sequence and no character is ever left half sent. Everything
 * behind it stays with the queue. Of a line that was cut, one byte counts as accepted until the rest is sent: the
 * queue then takes it for started, counts it, and does not drop it.
 */
import { LF, ownCopy } from "../room/chunk.ts";
import { BYTES_PER_UNIT_MAX } from "../room/broadcast.ts";
import { dress, dressFor, type Dressed, type Reader, type Style } from "./dressed.ts";
import { Screen } from "./screen.ts";
import { segment } from "./graphemes.ts";

/** What carries the bytes: a link. */
export interface Port {
  /** One attempt to send. Returns the bytes accepted, 0 if there is no space, -1 if it is closed. */
  write(bytes: Uint8Array): number;
  shutdown(): void;
}

/** The line that is shown below all others. */
export interface ShownLine {
  readonly graphemes: readonly string[];
  readonly cursor: number;
  readonly isEmpty: boolean;
}

/** Bracketed paste (xterm): the terminal marks where a pasted text begins and ends. */
const ASK_FOR_PASTE_MARKS = "\x1b[?2004h";
const NO_PASTE_MARKS = "\x1b[?2004l";

const BELL = "\x07";
const NONE = Buffer.alloc(0);

export class Display {
  readonly #port: Port;
  readonly #line: ShownLine;
  readonly #screen = new Screen();
  /** Whether the bell is rung where others name the reader. */
  ringsForNames = true;
  /** Whether anything but the bytes themselves is written. */
  #isOn = false;
  #isDumb = false;
  #prompt: readonly string[] = [];
  /** What is printed above the line next, and was not sent by the room. */
  #above = "";
  #hasNews = false;
  /** What is left of the one thing that was cut, and how many bytes the queue still has of it. */
  #owed: Uint8Array = NONE;
  #owedSourceBytes = 0;
  #isFinishing = false;

  constructor(port: Port, line: ShownLine) {
    this.#port = port;
    this.#line = line;
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  /** Whether the terminal shows nothing but letters. */
  get isDumb(): boolean {
    return this.#isDumb;
  }

  /** How many bytes have yet to be sent before anything else is. */
  get owedBytes(): number {
    return this.#owed.length;
  }

  /** What the line begins with, which nobody has typed. */
  get prompt(): string {
    return this.#prompt.join("");
  }

  /** @param prompt is on the screen already */
  start(prompt: string, terminal: string): void {
    this.#isOn = true;
    this.#isDumb = terminal === "dumb";
    this.#screen.become(terminal);
    this.#prompt = segment(prompt);
    this.#screen.found(this.#prompt);
    // Whatever else is in the cursor's row: the terminal may not have shown that a line was ended.
    const start = prompt === "" ? `${ASK_FOR_PASTE_MARKS}\r\x1b[J` : ASK_FOR_PASTE_MARKS;
    if (!this.#isDumb) this.command(Buffer.from(start));
    this.refresh();
  }

  /** From now on the bytes are written as they are, with the cursor where the line began. */
  stop(): void {
    if (!this.#isOn) return;
    const marks = this.#isDumb ? "" : NO_PASTE_MARKS;
    this.command(Buffer.from(this.#takeBefore() + this.prompt + marks));
    this.#isOn = false;
  }

  /** The window has a size, 0 = not known. Returns whether that is another one than before. */
  resize(columns: number, rows: number): boolean {
    const isNews = this.#screen.resize(columns, rows);
    if (isNews) this.refresh();
    return isNews;
  }

  /** The line has changed: it is drawn anew with what arrives, or else by `redraw`. */
  refresh(): void {
    this.#hasNews = true;
  }

  ring(): void {
    if (!this.#above.includes(BELL)) this.#above += BELL;
    this.refresh();
  }

  /** The line is done, and the next one has no prompt. What was typed after a prompt stays on the screen. */
  commit(text: string): void {
    if (this.#prompt.length > 0) this.#above += `${this.prompt}${text}\r\n`;
    this.#prompt = [];
    this.refresh();
  }

  /** Empties the window. */
  clear(): void {
    this.#above = this.#screen.clear() + this.#above;
    this.refresh();
  }

  /** Draws the line anew if it has changed. */
  redraw(): void {
    if (!this.#isOn || !this.#hasNews || !this.#sendOwed()) return;
    this.#send(Buffer.from(this.#takeBefore() + this.#draw()));
  }

  /** Sends what is no text, between two things that are shown. */
  command(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (this.#sendOwed()) this.#send(bytes);
    else this.#owed = Buffer.concat([this.#owed, bytes]);
  }

  /**
   * Shows what arrived. Returns how many bytes are dealt with, as a link does.
   *
   * @param reader the one who reads it, if others may name it
   */
  write(bytes: Uint8Array, style: Style, reader: Reader | undefined): number {
    if (!this.#sendOwed()) return 0;
    const known = this.#owedSourceBytes;
    this.#owedSourceBytes = 0;
    const fresh = known === 0 ? bytes : bytes.subarray(known);
    if (fresh.length === 0) return known;
    const accepted = this.#isOn ? this.#show(fresh, style, reader) : this.#port.write(fresh);
    return accepted < 0 ? accepted : known + accepted;
  }

  /** There may be space again. */
  drained(): void {
    if (!this.#sendOwed()) return;
    if (this.#isFinishing) this.#port.shutdown();
    else this.redraw();
  }

  /** Ends the sending side, when all is sent. */
  shutdown(): void {
    this.stop();
    this.#isFinishing = true;
    if (this.owedBytes === 0) this.#port.shutdown();
  }

  #show(bytes: Uint8Array, style: Style, reader: Reader | undefined): number {
    const dressed = reader ? dressFor(reader, bytes, style) : dress(bytes, style);
    if (dressed.isReaderNamed && this.ringsForNames) this.ring();
    const before = this.#takeBefore();
    const prompt = this.#prompt;
    if (dressed.rest !== "") this.#prompt = segment(this.prompt + dressed.rest);
    const after = this.#draw();
    // Most are like this: nothing is being typed.
    const isBare = before === "" && after === "";
    const whole = isBare ? dressed.bytes : joined(before, dressed.bytes, after);
    const accepted = this.#port.write(whole);
    if (accepted === whole.length) return bytes.length;
    if (accepted < 0) return accepted;
    return this.#keepRest(bytes, dressed, before, whole, accepted, prompt);
  }

  /** The link has accepted a part. Returns how many bytes of the source are dealt with. */
  #keepRest(
    source: Uint8Array,
    dressed: Dressed,
    before: string,
    whole: Uint8Array,
    accepted: number,
    prompt: readonly string[],
  ): number {
    let end = Buffer.byteLength(before);
    let sourceBytes = 0;
    let lineBytes = 0;
    for (const line of dressed.lines) {
      if (accepted <= end) break;
      end += Buffer.byteLength(line);
      lineBytes = source.indexOf(LF, sourceBytes) + 1 - sourceBytes;
      sourceBytes += lineBytes;
    }
    const isAllShown = end === Buffer.byteLength(before) + dressed.bytes.length;
    if (isAllShown && accepted >= end) {
      this.#owed = ownCopy(whole.subarray(accepted));
      return source.length;
    }
    // The line below is drawn when the rest is.
    this.#screen.lost();
    this.#prompt = prompt;
    this.refresh();
    this.#owed = ownCopy(whole.subarray(accepted, Math.max(accepted, end)));
    if (this.#owed.length > 0 && lineBytes > 0) {
      this.#owedSourceBytes = lineBytes - 1;
      return sourceBytes - this.#owedSourceBytes;
    }
    return sourceBytes;
  }

  /** What takes the line away, and what is printed above it next. */
  #takeBefore(): string {
    const before = this.#screen.erase() + this.#above;
    this.#above = "";
    return before;
  }

  #draw(): string {
    this.#hasNews = false;
    if (this.#line.isEmpty && this.#prompt.length === 0) return "";
    const { graphemes, cursor } = this.#line;
    const cells = this.#prompt.length === 0 ? graphemes : [...this.#prompt, ...graphemes];
    return this.#screen.draw(cells, this.#prompt.length + cursor);
  }

  #send(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const accepted = this.#port.write(bytes);
    // One that is closed takes nothing more: its queue finds that out, or has.
    if (accepted >= 0 && accepted < bytes.length) this.#owed = ownCopy(bytes.subarray(accepted));
  }

  /** Returns whether nothing is owed any more. */
  #sendOwed(): boolean {
    if (this.#owed.length === 0) return true;
    const owed = this.#owed;
    this.#owed = NONE;
    this.#send(owed);
    return this.#owed.length === 0;
  }
}

/** Where one write after the other is put together: in a busy room there are many, and large ones. */
let scratch = Buffer.alloc(0);

/** The three parts, lent until it is called again. */
function joined(before: string, bytes: Uint8Array, after: string): Buffer {
  const sizeMax = (before.length + after.length) * BYTES_PER_UNIT_MAX + bytes.length;
  if (scratch.length < sizeMax) scratch = Buffer.allocUnsafeSlow(2 * sizeMax);
  let size = scratch.write(before);
  scratch.set(bytes, size);
  size += bytes.length;
  size += scratch.write(after, size);
  return scratch.subarray(0, size);
}
