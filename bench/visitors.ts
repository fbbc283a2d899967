/**
 * People who come, stay without a word, and leave. Every notice is counted. Each person who is in must hear of each
 * one who comes later.
 */
import { LF } from "../lib/room/chunk.ts";
import { clockMs } from "./clock.ts";
import { DIALECTS, type Dialect, type DialectName } from "./dialects.ts";
import { Failure } from "./failure.ts";
import { Person } from "./person.ts";
import type { Way } from "./way.ts";

export interface VisitorsJob {
  /** To the servers that are one room. Visitors are spread over them evenly. */
  readonly ways: readonly Way[];
  readonly dialect: DialectName;
  /** How many come. One more person is there before them. */
  readonly people: number;
  /** How many arrive at a time. When one of them is in, the next one comes. */
  readonly arriving: number;
}

/** The first person says this when all others are in. */
const LAST_WORD = "is that everybody?";

/** How often it says that again if not all may have heard it, in milliseconds. */
const CALL_MS = 100;

/** Names end in a number. */
const NUMBER_DIGITS = 5;
const ZERO = 0x30;

export class Visitors {
  readonly #arriving: number;
  readonly #first: Visitor;
  readonly #others: Visitor[];
  readonly #failure = new Failure();

  constructor(job: VisitorsJob) {
    this.#arriving = job.arriving;
    const failed = (reason: string) => this.#failure.report(reason);
    this.#first = new Visitor(0, job, failed);
    this.#others = Array.from({ length: job.people }, (_, at) => new Visitor(at + 1, job, failed));
  }

  /** The first person comes. It must notice all others. */
  async open(): Promise<void> {
    await this.#each([this.#first], (visitor) => visitor.connect());
    await this.#each([this.#first], (visitor) => visitor.join());
  }

  /** All others connect, and give no name. */
  async connect(): Promise<void> {
    await this.#each(this.#others, (visitor) => visitor.connect());
  }

  /** All who have connected join. */
  async join(): Promise<void> {
    await this.#each(this.#others, (visitor) => visitor.join());
    await this.#allAreNoticed();
  }

  /** All others connect and join, each as fast as it can. Returns how long that takes, in ms. */
  async arrive(): Promise<number> {
    const startMs = clockMs();
    await this.#each(this.#others, async (visitor) => {
      await visitor.connect();
      await visitor.join();
    });
    await this.#allAreNoticed();
    return clockMs() - startMs;
  }

  /** All others leave at once. Returns how long it takes until the first one notices, in milliseconds. */
  async leave(): Promise<number> {
    const startMs = clockMs();
    for (const visitor of this.#others) visitor.leave();
    await this.#failure.or(this.#first.until(() => this.#first.left === this.#others.length));
    return clockMs() - startMs;
  }

  /**
   * The first person says something again and again. Returns how long it takes until all others have heard it, in
   * milliseconds.
   */
  async callAll(): Promise<number> {
    const startMs = clockMs();
    const call = () => this.#first.say(LAST_WORD);
    const timer = setInterval(call, CALL_MS);
    call();
    await this.#hearsLastWord();
    clearInterval(timer);
    return clockMs() - startMs;
  }

  /** Resolves when all others have heard the last word once more than before. */
  async #hearsLastWord(): Promise<void> {
    const hears = (visitor: Visitor) => {
      const before = visitor.lastWords;
      return visitor.until(() => visitor.lastWords > before);
    };
    await this.#failure.or(Promise.all(this.#others.map(hears)));
  }

  /** How many notices that somebody joined or left all others have heard. */
  countNotices(): number {
    return this.#others.reduce((sum, { joined, left }) => sum + joined + left, 0);
  }

  /** Resolves when each visitor has heard of all who came after it. */
  async #allAreNoticed(): Promise<void> {
    const count = this.#others.length;
    await this.#failure.or(this.#first.until(() => this.#first.joined === count));
    this.#first.say(LAST_WORD);
    await this.#hearsLastWord();
    const notices = this.#others.reduce((sum, { joined }) => sum + joined, 0);
    const expected = (count * (count - 1)) / 2;
    if (notices !== expected) throw new Error(`${notices} notices arrived, not ${expected}`);
    this.#checkOrder();
  }

  /** Each must have heard of exactly the visitors that came after it, in their order. */
  #checkOrder(): void {
    const { order } = this.#first;
    order.forEach((visitor, place) => {
      let hash = 0;
      for (let later = place + 1; later < order.length; later++) {
        hash = addToHash(hash, order[later] as number);
      }
      if (this.#others[visitor - 1]?.hash === hash) return;
      throw new Error(`visitor ${visitor} did not hear of all who came after it, in order`);
    });
  }

  /** Makes each visitor do something, not too many of them at a time. */
  async #each(all: readonly Visitor[], act: (visitor: Visitor) => Promise<void>): Promise<void> {
    const left = all.values();
    const actOn = async () => {
      for (const visitor of left) await act(visitor);
    };
    await this.#failure.or(Promise.all(Array.from({ length: this.#arriving }, actOn)));
  }
}

/** One visitor. It counts what it hears. */
class Visitor {
  joined = 0;
  left = 0;
  lastWords = 0;
  /** The numbers of those who joined, if the notice tells. Only the first person keeps this. */
  readonly order: number[] = [];
  /** A hash of the same numbers. */
  hash = 0;
  readonly #isFirst: boolean;
  readonly #dialect: Dialect;
  readonly #person: Person;
  #wake: (() => void) | undefined;

  constructor(index: number, job: VisitorsJob, failed: (reason: string) => void) {
    this.#isFirst = index === 0;
    this.#dialect = DIALECTS[job.dialect];
    const name = `u${String(index).padStart(NUMBER_DIGITS, "0")}`;
    const way = job.ways[index % job.ways.length] as Way;
    const hear = (bytes: Uint8Array) => this.#hear(bytes);
    this.#person = new Person(name, { dialect: job.dialect, way, hear, failed });
  }

  connect(): Promise<void> {
    return this.#person.connect();
  }

  join(): Promise<void> {
    return this.#person.join();
  }

  say(text: string): void {
    this.#person.say(text);
    this.#person.flush();
  }

  leave(): void {
    this.#person.leave();
  }

  /** Resolves when this is true after something was heard. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  #hear(bytes: Uint8Array): Uint8Array {
    const end = bytes.lastIndexOf(LF) + 1;
    const lines = Buffer.from(bytes.buffer, bytes.byteOffset, end);
    forEach(this.#dialect.joined, lines, (at) => this.#hearOfJoin(lines, at));
    forEach(this.#dialect.left, lines, () => this.left++);
    forEach(LAST_WORD, lines, () => this.lastWords++);
    this.#wake?.();
    return bytes.subarray(end);
  }

  #hearOfJoin(lines: Buffer, at: number): void {
    this.joined++;
    const { nameEnd } = this.#dialect;
    if (nameEnd === undefined) return;
    const end = at - nameEnd;
    let number = 0;
    for (let digit = end - NUMBER_DIGITS; digit < end; digit++) {
      number = number * 10 + (lines[digit] as number) - ZERO;
    }
    this.hash = addToHash(this.hash, number);
    if (this.#isFirst) this.order.push(number);
  }
}

/** Does something for each place of `text` in `lines`. */
function forEach(text: string, lines: Buffer, act: (at: number) => void): void {
  for (let at = lines.indexOf(text); at !== -1; at = lines.indexOf(text, at + 1)) act(at);
}

function addToHash(hash: number, value: number): number {
  return (Math.imul(hash, 31) + value) >>> 0;
}
