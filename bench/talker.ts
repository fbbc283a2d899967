/** One of a crowd. It says its lines, and checks the lines that it hears from the others. */
import { LF } from "../lib/room/chunk.ts";
import { clockMs } from "./clock.ts";
import type { Crowd, CrowdJob } from "./crowd.ts";
import {
  isMessageEnd,
  isPadded,
  MARK,
  MESSAGE_BYTES,
  numberAt,
  talkerAt,
  writeMessage,
} from "./message.ts";
import { Person } from "./person.ts";
import type { Way } from "./way.ts";

/** One of this many messages is checked byte by byte. A power of two. */
const CHECKED_WHOLE = 8;

/** How many characters are shown of a line that should not be there. */
const SHOWN_MAX = 40;

export class Talker {
  readonly index: number;
  said = 0;
  heard = 0;
  readonly #crowd: Crowd;
  /** The number of its server. */
  readonly #server: number;
  readonly #person: Person;
  #hasHeard = Promise.withResolvers<void>();
  /** The text that it waits for before it answers. */
  #question: string | undefined;
  /** The number that each talker will say next. */
  readonly #nextNumbers: Uint32Array;
  /** How far a line's mark was from its start the last time. */
  #markAt = 0;

  constructor(index: number, job: CrowdJob, crowd: Crowd) {
    this.index = index;
    this.#crowd = crowd;
    this.#server = index % job.ways.length;
    this.#nextNumbers = new Uint32Array(job.talkers);
    this.#person = new Person(nameOf(index), {
      dialect: job.dialect,
      way: job.ways[this.#server] as Way,
      hear: (bytes) => this.#hear(bytes),
      failed: (reason) => crowd.failed(reason),
    });
  }

  /** Resolves when it is in the room, as far as it can tell. */
  async join(): Promise<void> {
    await this.#person.connect();
    await this.#person.join();
  }

  /** Resolves when somebody has said this. */
  hears(question: string): Promise<void> {
    this.#question = question;
    this.#hasHeard = Promise.withResolvers();
    return this.#hasHeard.promise;
  }

  /** Says something that is not counted. */
  say(text: string): void {
    this.#person.say(text);
    this.#person.flush();
  }

  sayNext(): void {
    this.#person.say(writeMessage(this.index, this.said++));
  }

  flush(): void {
    this.#person.flush();
  }

  stall(): void {
    this.#person.stall();
  }

  /** Checks the whole lines in `bytes`, and returns the rest. */
  #hear(bytes: Uint8Array): Uint8Array {
    const nowMs = clockMs();
    let start = 0;
    while ((start = this.#hearAlike(bytes, start, nowMs)) < bytes.length) {
      const at = this.#findMark(bytes, start);
      const end = bytes.indexOf(LF, at === -1 ? start : at + MESSAGE_BYTES) + 1;
      if (end === 0) break;
      if (at === -1) this.#hearOther(bytes, start, end);
      else this.#hearMessage(bytes, start, at, end, nowMs);
      start = end;
    }
    this.#crowd.caughtUp(this);
    return bytes.subarray(start);
  }

  /**
   * Goes through messages that differ from the last one only in talker and number. Nearly all messages do. Returns
   * where the first other line begins.
   */
  #hearAlike(bytes: Uint8Array, start: number, nowMs: number): number {
    const markAt = this.#markAt;
    const nextNumbers = this.#nextNumbers;
    let at = start + markAt;
    for (; at + MESSAGE_BYTES < bytes.length; at += markAt + MESSAGE_BYTES + 1) {
      if (bytes[at] !== MARK || bytes[at + MESSAGE_BYTES] !== LF) break;
      const talker = talkerAt(bytes, at);
      const number = numberAt(bytes, at);
      if (nextNumbers[talker] !== number || talker === this.index) break;
      if (number % CHECKED_WHOLE === 0) break;
      nextNumbers[talker] = number + 1;
      this.heard++;
      this.#crowd.heard(talker, number, nowMs, this.#server);
    }
    return at - markAt;
  }

  /** Where the mark of the line at `start` is, or -1 if that line is no message. */
  #findMark(bytes: Uint8Array, start: number): number {
    if (bytes[start + this.#markAt] === MARK) return start + this.#markAt;
    const at = bytes.indexOf(MARK, start);
    const end = bytes.indexOf(LF, start);
    if (at === -1 || (end !== -1 && end < at)) return -1;
    this.#markAt = at - start;
    return at;
  }

  #hearMessage(bytes: Uint8Array, start: number, at: number, end: number, nowMs: number): void {
    const talker = talkerAt(bytes, at);
    const number = numberAt(bytes, at);
    if (this.#nextNumbers[talker] !== number || talker === this.index)
      return this.#complain(`heard ${number} of ${talker}, not ${this.#nextNumbers[talker]}`);
    const isWhole =
      isMessageEnd(bytes, at + MESSAGE_BYTES, end) &&
      isPadded(bytes, at) &&
      this.#crowd.isPrefix(talker, bytes, start, at);
    if (!isWhole) return this.#complain(`heard a broken line of ${talker}`);
    this.#nextNumbers[talker] = number + 1;
    this.heard++;
    this.#crowd.heard(talker, number, nowMs, this.#server);
  }

  #hearOther(bytes: Uint8Array, start: number, end: number): void {
    const line = Buffer.from(bytes.subarray(start, end)).toString();
    if (!this.#crowd.isExpected(line))
      this.#complain(`heard ${JSON.stringify(line.slice(0, SHOWN_MAX))}`);
    else if (this.#question !== undefined && line.includes(this.#question))
      this.#hasHeard.resolve();
  }

  #complain(what: string): void {
    this.#crowd.failed(`${this.#person.name} ${what}`);
  }
}

export function nameOf(index: number): string {
  return `u${String(index).padStart(4, "0")}`;
}
