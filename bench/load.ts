/**
 * One process that plays many people in a chat. The benchmark starts it with a `Job`; it says when
 * everyone is in, measures on the word, and reports. Every delivery is checked: each receiver must
 * get every talker's lines, whole and in order, and never its own.
 */
import { DIALECTS } from "./dialects.ts";
import { Latency, type Percentiles } from "./latency.ts";

export interface Job {
  readonly port: number;
  readonly dialect: keyof typeof DIALECTS;
  readonly people: number;
  /** The first so many of them talk. */
  readonly talkers: number;
  /** How long they talk. What they have said by then is still waited for. */
  readonly seconds: number;
  /** The most lines that each talker says. */
  readonly lines: number;
  /** How many lines a talker may be ahead of what it, or if it talks alone everyone, has heard. */
  readonly window: number;
  /** Lines a second of all talkers together, at times that are fixed beforehand; 0 = no such times. */
  readonly linesPerSecond: number;
  /** So many more are in the room and never read. */
  readonly stalled: number;
}

export interface Outcome {
  readonly deliveries: number;
  readonly wallMs: number;
  readonly latency: Percentiles;
}

export type Report =
  | { readonly kind: "ready" }
  | { readonly kind: "done"; readonly outcome: Outcome }
  | { readonly kind: "failed"; readonly reason: string };

/** A message is `$`, its talker in 4 digits, its number in 6, and padding. */
const MARK = 36;
const TALKER_DIGITS = 4;
const NUMBER_DIGITS = 6;
const PADDING = ` ${"what somebody might say in a chat, more or less".padEnd(52, ".")}`;
const MESSAGE_BYTES = 1 + TALKER_DIGITS + NUMBER_DIGITS + PADDING.length;

const ZERO = 48;
const LF = 10;
const CR = 13;

const TICK_MS = 1;
const SETTLE_MS = 500;

class Crowd {
  readonly #job: Job;
  readonly #people: Person[] = [];
  readonly #latency = new Latency();
  /** When each line was said, or should have been: by talker, then by number. */
  readonly #saidAtMs: Float64Array;
  readonly #over = Promise.withResolvers<void>();
  #phase: "joining" | "talking" | "listening" = "joining";
  #said = 0;
  #deliveries = 0;

  constructor(job: Job) {
    this.#job = job;
    this.#saidAtMs = new Float64Array(job.talkers * job.lines);
  }

  async join(): Promise<void> {
    const { people, stalled } = this.#job;
    for (let index = 0; index < people + stalled; index++) {
      const person = new Person(index, this.#job, this);
      this.#people.push(person);
      await person.join();
      if (index >= people) person.stall();
    }
    // Not every server says when somebody is in.
    await Bun.sleep(SETTLE_MS);
  }

  async talk(): Promise<Outcome> {
    const startMs = performance.now();
    this.#phase = "talking";
    setTimeout(() => this.#fallSilent(), this.#job.seconds * 1_000);
    if (this.#job.linesPerSecond > 0) this.#talkAtTimes(startMs);
    else for (const person of this.#people.slice(0, this.#job.talkers)) this.#talkOn(person);
    await this.#over.promise;
    const wallMs = performance.now() - startMs;
    return { deliveries: this.#deliveries, wallMs, latency: this.#latency.percentiles() };
  }

  /** `person` has heard a line, which must be the next of its talker. */
  heard(talker: number, number: number, nowMs: number): void {
    this.#latency.add(nowMs - (this.#saidAtMs[talker * this.#job.lines + number] as number));
    this.#deliveries++;
  }

  /** `person` has dealt with all that arrived together. */
  caughtUp(person: Person): void {
    if (this.#phase === "listening") return this.#endIfAllIsHeard();
    if (this.#phase === "joining" || this.#job.linesPerSecond > 0) return;
    if (this.#job.talkers > 1) this.#talkOn(person);
    else this.#talkOn(this.#people[0] as Person);
  }

  #fallSilent(): void {
    this.#phase = "listening";
    this.#endIfAllIsHeard();
  }

  #endIfAllIsHeard(): void {
    if (this.#deliveries === this.#said * (this.#job.people - 1)) this.#over.resolve();
  }

  failed(reason: string): void {
    this.#over.reject(new Error(reason));
  }

  #talkOn(person: Person): void {
    const { people, talkers, lines, window } = this.#job;
    if (person.index >= talkers || this.#phase !== "talking") return;
    const rounds =
      talkers > 1 ? person.heard / (talkers - 1) : Math.floor(this.#deliveries / (people - 1));
    const said = Math.min(lines, Math.floor(rounds) + window);
    const nowMs = performance.now();
    while (person.said < said) {
      this.#saidAtMs[person.index * lines + person.said] = nowMs;
      this.#said++;
      person.say();
    }
    person.flush();
  }

  /** Each line has its time, whether or not the ones before have arrived: an open loop. */
  #talkAtTimes(startMs: number): void {
    if (this.#phase !== "talking") return;
    const { talkers, lines, linesPerSecond } = this.#job;
    const due = ((performance.now() - startMs) / 1_000) * linesPerSecond;
    for (; this.#said < Math.min(due, talkers * lines); this.#said++) {
      const person = this.#people[this.#said % talkers] as Person;
      const dueMs = startMs + (this.#said / linesPerSecond) * 1_000;
      this.#saidAtMs[person.index * lines + person.said] = dueMs;
      person.say();
      person.flush();
    }
    setTimeout(() => this.#talkAtTimes(startMs), TICK_MS);
  }
}

class Person {
  readonly index: number;
  said = 0;
  heard = 0;
  readonly #job: Job;
  readonly #crowd: Crowd;
  readonly #name: string;
  readonly #isIn = Promise.withResolvers<void>();
  readonly #nextNumbers: Uint32Array;
  #socket!: Bun.Socket;
  #phase: "joining" | "in" = "joining";
  /** What arrived and is not dealt with: the beginning of a message, or of a prompt. */
  #rest: Uint8Array = new Uint8Array(0);
  #unsent = "";

  constructor(index: number, job: Job, crowd: Crowd) {
    this.index = index;
    this.#job = job;
    this.#crowd = crowd;
    this.#name = `u${String(index).padStart(TALKER_DIGITS, "0")}`;
    this.#nextNumbers = new Uint32Array(job.talkers);
  }

  /** Resolves when it is in, as far as it can tell. */
  async join(): Promise<void> {
    this.#socket = await Bun.connect({
      hostname: "127.0.0.1",
      port: this.#job.port,
      socket: {
        data: (_, bytes) => this.#received(bytes),
        drain: () => this.flush(),
        close: () => this.#crowd.failed(`${this.#name} was disconnected`),
      },
    });
    this.#unsent = DIALECTS[this.#job.dialect].greeting?.(this.#name) ?? "";
    this.flush();
    await this.#isIn.promise;
  }

  stall(): void {
    this.#socket.pause();
  }

  say(): void {
    const talker = String(this.index).padStart(TALKER_DIGITS, "0");
    const number = String(this.said++).padStart(NUMBER_DIGITS, "0");
    this.#unsent += DIALECTS[this.#job.dialect].say(`$${talker}${number}${PADDING}`);
  }

  flush(): void {
    if (this.#unsent === "") return;
    this.#unsent = this.#unsent.slice(Math.max(0, this.#socket.write(this.#unsent)));
  }

  #received(bytes: Uint8Array): void {
    const all = this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : bytes;
    this.#rest = this.#phase === "joining" ? this.#join(all) : this.#listen(all);
  }

  #join(bytes: Uint8Array): Uint8Array {
    const { joins, answer } = DIALECTS[this.#job.dialect].join(
      Buffer.from(bytes).toString(),
      this.#name,
    );
    this.#unsent += answer;
    this.flush();
    if (!joins) return answer === "" ? bytes : new Uint8Array(0);
    this.#phase = "in";
    this.#isIn.resolve();
    return new Uint8Array(0);
  }

  /** Checks what is whole of `bytes`, and returns the rest. */
  #listen(bytes: Uint8Array): Uint8Array {
    const nowMs = performance.now();
    let at = bytes.indexOf(MARK);
    while (at !== -1 && at + MESSAGE_BYTES < bytes.length) {
      const talker = digits(bytes, at + 1, TALKER_DIGITS);
      const number = digits(bytes, at + 1 + TALKER_DIGITS, NUMBER_DIGITS);
      const end = bytes[at + MESSAGE_BYTES];
      if (talker === this.index) return this.#complain("heard itself");
      if (end !== LF && end !== CR) return this.#complain(`heard a broken line of ${talker}`);
      if (this.#nextNumbers[talker] !== number) {
        return this.#complain(`heard ${number} of ${talker}, not ${this.#nextNumbers[talker]}`);
      }
      this.#nextNumbers[talker] = number + 1;
      this.heard++;
      this.#crowd.heard(talker, number, nowMs);
      at = bytes.indexOf(MARK, at + MESSAGE_BYTES);
    }
    this.#crowd.caughtUp(this);
    return at === -1 ? new Uint8Array(0) : bytes.subarray(at);
  }

  #complain(what: string): Uint8Array {
    this.#crowd.failed(`${this.#name} ${what}`);
    return new Uint8Array(0);
  }
}

function digits(bytes: Uint8Array, from: number, count: number): number {
  let value = 0;
  for (let at = from; at < from + count; at++) value = value * 10 + (bytes[at] as number) - ZERO;
  return value;
}

function report(message: Report): void {
  process.send?.(message);
}

if (import.meta.main) {
  const crowd = new Crowd(JSON.parse(Bun.argv[2] ?? "") as Job);
  try {
    await crowd.join();
    const go = new Promise((resolve) => process.once("message", resolve));
    report({ kind: "ready" });
    await go;
    report({ kind: "done", outcome: await crowd.talk() });
  } catch (error) {
    report({ kind: "failed", reason: (error as Error).message });
  }
}
