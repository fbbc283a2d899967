/** One of a crowd: says its lines, and checks what it hears of the others'. */
import { clockMs } from "./clock.ts";
import type { Crowd, CrowdJob } from "./crowd.ts";
import {
  endsAt,
  isPadded,
  MARK,
  MESSAGE_BYTES,
  numberAt,
  talkerAt,
  writeMessage,
} from "./message.ts";
import { Person } from "./person.ts";

/** What the first of all says to see who is in. It has no mark. */
const QUESTION = "does everybody hear me?";

/** Of every so manieth message the padding is checked too. A power of two. */
const PADDING_CHECKED = 8;

const NONE = new Uint8Array(0);
const LF = 0x0a;

export class Talker {
  readonly index: number;
  said = 0;
  heard = 0;
  readonly #crowd: Crowd;
  readonly #person: Person;
  readonly #isIn = Promise.withResolvers<void>();
  /** Of each talker the number that comes next. */
  readonly #nextNumbers: Uint32Array;
  #phase: "joining" | "in" = "joining";
  /** How far one mark was from the next the last time. */
  #stride = MESSAGE_BYTES;

  constructor(index: number, job: CrowdJob, crowd: Crowd) {
    this.index = index;
    this.#crowd = crowd;
    this.#nextNumbers = new Uint32Array(job.talkers);
    this.#person = new Person(`u${String(index).padStart(4, "0")}`, {
      ...job,
      hear: (bytes) => (this.#phase === "in" ? this.#hear(bytes) : this.#awaitQuestion(bytes)),
      failed: (reason) => crowd.failed(reason),
    });
    if (index === 0) this.#phase = "in";
  }

  /** Resolves when this person has heard the first one ask. */
  get isIn(): Promise<void> {
    return this.#isIn.promise;
  }

  get writes(): number {
    return this.#person.writes;
  }

  /** Resolves when it is in the room, as far as it can tell. */
  async join(): Promise<void> {
    await this.#person.connect();
    await this.#person.join();
  }

  ask(): void {
    this.#person.say(QUESTION);
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

  #awaitQuestion(bytes: Uint8Array): Uint8Array {
    if (!Buffer.from(bytes).includes(QUESTION)) return bytes.subarray(bytes.lastIndexOf(LF) + 1);
    this.#phase = "in";
    this.#isIn.resolve();
    return NONE;
  }

  /** Checks what is whole of `bytes`, and returns the rest. */
  #hear(bytes: Uint8Array): Uint8Array {
    const nowMs = clockMs();
    let at = bytes.indexOf(MARK);
    while (at !== -1 && at + MESSAGE_BYTES < bytes.length) {
      const talker = talkerAt(bytes, at);
      const number = numberAt(bytes, at);
      if (this.#nextNumbers[talker] !== number || talker === this.index)
        return this.#complain(`heard ${number} of ${talker}, not ${this.#nextNumbers[talker]}`);
      if (
        !endsAt(bytes, at + MESSAGE_BYTES) ||
        (number % PADDING_CHECKED === 0 && !isPadded(bytes, at))
      )
        return this.#complain(`heard a broken line of ${talker}`);
      this.#nextNumbers[talker] = number + 1;
      this.heard++;
      this.#crowd.heard(talker, number, nowMs);
      at = this.#nextMark(bytes, at);
    }
    this.#crowd.caughtUp(this);
    return at === -1 ? NONE : bytes.subarray(at);
  }

  /** Where the mark after the one at `at` is: most often as far as the last time. */
  #nextMark(bytes: Uint8Array, at: number): number {
    if (bytes[at + this.#stride] === MARK) return at + this.#stride;
    const next = bytes.indexOf(MARK, at + MESSAGE_BYTES);
    if (next !== -1) this.#stride = next - at;
    return next;
  }

  #complain(what: string): Uint8Array {
    this.#crowd.failed(`${this.#person.name} ${what}`);
    return NONE;
  }
}
