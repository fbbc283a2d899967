/**
 * The promise of a SendQueue, in lines. Text that was begun goes out whole. The limit removes the oldest text that was
 * not begun, in whole lines, and a notice takes their place.
 */
import { CHUNK_OVERHEAD_BYTES } from "../../lib/connection/send-queue.ts";

const notice = (count: number) =>
  `*** ${count} ${count === 1 ? "line" : "lines"} skipped: your connection is too slow ***\n`;

const NOTICE_BYTES_MAX = notice(Number.MAX_SAFE_INTEGER).length + CHUNK_OVERHEAD_BYTES;

/** Lines that came together, each with its LF; or a prompt; or a notice. All of it is ASCII. */
interface Entry {
  readonly text: string;
  readonly lines: number;
}

const linesIn = (text: string) => text.split("\n").length - 1;

export class SendQueueModel {
  /** The rest of an entry that was begun, and whether the rest begins in the middle of a line. */
  #begun = "";
  #isInLine = false;
  #waiting: Entry[] = [];
  #skipped = 0;
  #refused = false;
  limitBytes: number;

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  get bytes(): number {
    return this.#begun.length + this.#waiting.reduce((sum, { text }) => sum + text.length, 0);
  }

  get chargedBytes(): number {
    const overheadBytes = this.#waiting.length * CHUNK_OVERHEAD_BYTES;
    return this.bytes + overheadBytes + (this.#skipped > 0 ? NOTICE_BYTES_MAX : 0);
  }

  /** How many bytes are held because the socket takes no more. */
  get blockedBytes(): number {
    return this.#refused ? this.chargedBytes : 0;
  }

  /** The most that may be held above any limit: the line in flight, and the notice of a gap. */
  get uncuttableBytes(): number {
    return this.#lineInFlight().length + NOTICE_BYTES_MAX;
  }

  push(text: string): void {
    if (text !== "") this.#waiting.push({ text, lines: linesIn(text) });
    this.#enforce();
  }

  drained(): void {
    this.#refused = false;
  }

  /** A write of `bytes` is tried. They must be the next ones, and `accepted` of them go out. */
  write(bytes: string, accepted: number): void {
    if (this.#refused) throw new Error("a write without a drain");
    if (this.#skipped > 0) {
      this.#waiting.unshift({ text: notice(this.#skipped), lines: this.#skipped });
      this.#skipped = 0;
    }
    const all = this.#begun + this.#waiting.map(({ text }) => text).join("");
    if (bytes === "" || !all.startsWith(bytes)) throw new Error(`${bytes} before ${all}`);
    this.#take(Math.max(0, accepted));
    this.#refused = accepted < bytes.length;
    if (accepted < 0) this.clear();
    // Not at once, because the limit is for what a call leaves.
  }

  /** A call of a method of the queue is over. */
  settle(): void {
    if (!this.#refused && this.chargedBytes > 0) throw new Error("something waits for nothing");
    this.#enforce();
  }

  cutTo(bytes: number): void {
    if (this.chargedBytes <= bytes) return;
    const kept = this.#lineInFlight();
    this.#skipped += linesIn(this.#begun) - linesIn(kept);
    this.#begun = kept;
    while (this.#waiting.length > 0 && this.chargedBytes > bytes) {
      this.#skipped += this.#waiting.shift()?.lines ?? 0;
    }
  }

  clear(): void {
    this.#begun = "";
    this.#waiting = [];
    this.#skipped = 0;
    this.#refused = false;
  }

  #enforce(): void {
    if (this.blockedBytes > this.limitBytes) this.cutTo(this.limitBytes);
  }

  #lineInFlight(): string {
    return this.#isInLine ? (/^[^\n]*\n?/.exec(this.#begun)?.[0] ?? "") : "";
  }

  #take(count: number): void {
    for (let left = count; left > 0;) {
      if (this.#begun === "") this.#begun = this.#waiting.shift()?.text ?? "";
      const taken = this.#begun.slice(0, left);
      this.#begun = this.#begun.slice(left);
      this.#isInLine = this.#begun !== "" && !taken.endsWith("\n");
      left -= taken.length;
    }
  }
}
