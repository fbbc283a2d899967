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
import { dress, dressFor, type Dressed, type Reader, type Style } from "./dressed.ts";
import { findCut } from "./cut.ts";
import { joined, Outlet, type Port } from "./outlet.ts";
import { Screen } from "./screen.ts";
import { segment } from "./graphemes.ts";

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

export class Display {
  /** What is no text is sent by it, between two things that are shown. */
  readonly outlet: Outlet;
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
  /** How many bytes the queue still has of a line of which the rest is owed. */
  #owedSourceBytes = 0;

  constructor(port: Port, line: ShownLine) {
    this.outlet = new Outlet(port);
    this.#line = line;
  }

  /** Whether the terminal shows nothing but letters. */
  get isDumb(): boolean {
    return this.#isDumb;
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
    if (!this.#isDumb) this.outlet.send(Buffer.from(start));
    this.refresh();
  }

  /** From now on the bytes are written as they are, with the cursor where the line began. */
  stop(): void {
    if (!this.#isOn) return;
    const marks = this.#isDumb ? "" : NO_PASTE_MARKS;
    this.outlet.send(Buffer.from(this.#takeBefore() + this.prompt + marks));
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
    if (!this.#isOn || !this.#hasNews || !this.outlet.sendOwed()) return;
    this.outlet.send(Buffer.from(this.#takeBefore() + this.#draw()));
  }

  /**
   * Shows what arrived. Returns how many bytes are dealt with, as a link does.
   *
   * @param reader the one who reads it, if others may name it
   */
  write(bytes: Uint8Array, style: Style, reader: Reader | undefined): number {
    if (!this.outlet.sendOwed()) return 0;
    const known = this.#owedSourceBytes;
    this.#owedSourceBytes = 0;
    const fresh = known === 0 ? bytes : bytes.subarray(known);
    if (fresh.length === 0) return known;
    const accepted = this.#isOn ? this.#show(fresh, style, reader) : this.outlet.try(fresh);
    return accepted < 0 ? accepted : known + accepted;
  }

  /** There may be space again. */
  drained(): void {
    if (this.outlet.sendOwed()) this.redraw();
  }

  /** Ends the sending side, when all is sent. */
  shutdown(): void {
    this.stop();
    this.outlet.shutdown();
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
    const accepted = this.outlet.try(whole);
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
    const startBytes = Buffer.byteLength(before);
    const { end, sourceBytes, lineBytes } = findCut(source, dressed.lines, startBytes, accepted);
    if (accepted >= startBytes + dressed.bytes.length) {
      this.outlet.owe(whole.subarray(accepted));
      return source.length;
    }
    // The line below is drawn when the rest is.
    this.#screen.lost();
    this.#prompt = prompt;
    this.refresh();
    this.outlet.owe(whole.subarray(accepted, Math.max(accepted, end)));
    if (accepted < end && lineBytes > 0) this.#owedSourceBytes = lineBytes - 1;
    return sourceBytes - this.#owedSourceBytes;
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
}
