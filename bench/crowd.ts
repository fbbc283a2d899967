/**
 * People who talk, in one of the processes that play them. Every delivery is checked. Each person must hear
 * every line of everybody else, whole and in order, and never its own.
 */
import { clockMs } from "./clock.ts";
import { DIALECTS, type Dialect, type DialectName } from "./dialects.ts";
import { Failure } from "./failure.ts";
import { Latency } from "./latency.ts";
import { NUMBERS_MAX, TALKERS_MAX } from "./message.ts";
import { nameOf, Talker } from "./talker.ts";
import type { Way } from "./way.ts";

export interface CrowdJob {
  /** To the servers that are one room. People are spread over them evenly. */
  readonly ways: readonly Way[];
  readonly dialect: DialectName;
  /** This process plays each `processes`-th person, from `process` on. */
  readonly process: number;
  readonly processes: number;
  readonly people: number;
  /** How many of them talk: the first ones. */
  readonly talkers: number;
  /** The most lines that each talker says. */
  readonly lines: number;
  /**
   * How many lines a talker may be ahead of what it has heard. If there is only one talker, it is ahead of what
   * everyone has heard, and must be in the same process as all the others.
   */
  readonly window: number;
  /** Lines a second of all talkers together, at times that are fixed before; 0 = no fixed times. */
  readonly linesPerSecond: number;
  /** How many more are in the room and never read. */
  readonly stalled: number;
  /** For each line of each talker, when it was said or should have been said. */
  readonly timesFile: string;
}

/** What has been heard so far, in all talks. */
export interface Heard {
  readonly deliveries: number;
  readonly endMs: number;
  readonly counts: readonly number[];
  readonly maxMs: number;
}

const TICK_MS = 1;

/** How often the first person asks to see who is in, in milliseconds. */
const QUESTION = "does everybody hear me?";
const QUESTION_MS = 100;

/** The first person says this to fill the buffers of those who do not read. IRC allows 512 bytes a line. */
const FILLER = "so much is said before ".padEnd(400, ".");
const FILLERS_AT_ONCE = 100;

export class Crowd {
  readonly #job: CrowdJob;
  readonly #servers: number;
  readonly #dialect: Dialect;
  readonly #people: Talker[] = [];
  /** What the server puts before each talker's messages. */
  readonly #prefixes: Uint8Array[] = [];
  #latency = new Latency();
  readonly #saidAtMs: Float64Array;
  readonly #failure = new Failure();
  #isOver = Promise.withResolvers<void>();
  #phase: "joining" | "talking" | "listening" = "joining";
  #said = 0;
  #deliveries = 0;
  /** How many deliveries there must be when all is heard. */
  #expected = NaN;

  constructor(job: CrowdJob) {
    const { lines, talkers } = job;
    if (lines > NUMBERS_MAX || talkers > TALKERS_MAX)
      throw new RangeError("too many lines or talkers");
    this.#job = job;
    this.#servers = job.ways.length;
    this.#dialect = DIALECTS[job.dialect];
    this.#saidAtMs = new Float64Array(Bun.mmap(job.timesFile, { shared: true }).buffer);
  }

  async join(): Promise<void> {
    const { people, stalled, process, processes } = this.#job;
    for (let index = process; index < people + stalled; index += processes) {
      const person = new Talker(index, this.#job, this);
      this.#people.push(person);
      await this.#failure.or(person.join());
    }
  }

  /** Makes the first person ask whether everybody hears it, until they talk. */
  ask(): void {
    if (this.#phase !== "joining") return;
    this.#people[0]?.say(QUESTION);
    setTimeout(() => this.ask(), QUESTION_MS);
  }

  /** Resolves when everybody is in the room, and those who do not read have stopped. */
  async isIn(): Promise<void> {
    const others = this.#people.filter(({ index }) => index > 0);
    await this.#failure.or(Promise.all(others.map((person) => person.hears(QUESTION))));
    for (const person of others) if (person.index >= this.#job.people) person.stall();
  }

  /** Says this many bytes, at the pace of those who read. */
  async fill(bytes: number): Promise<void> {
    const [first, ...others] = this.#people.filter(({ index }) => index < this.#job.people);
    const rounds = bytes / FILLERS_AT_ONCE / FILLER.length;
    for (let round = 0; round < rounds; round++) {
      for (let count = 0; count < FILLERS_AT_ONCE; count++) first?.say(FILLER);
      const question = `${QUESTION} ${round}.`;
      const answers = others.map((person) => person.hears(question));
      first?.say(question);
      await this.#failure.or(Promise.all(answers));
    }
  }

  /** Talks for this long. Returns how many lines have been said so far, in all talks. */
  async talk({ startMs, seconds }: { startMs: number; seconds: number }): Promise<number> {
    this.#phase = "talking";
    this.#isOver = Promise.withResolvers();
    const isSilent = new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
    if (this.#job.linesPerSecond > 0) this.#talkAtTimes(startMs, this.#said);
    else for (const person of this.#people) this.#talkOn(person);
    await this.#failure.or(isSilent);
    this.#phase = "listening";
    return this.#said;
  }

  /** Resolves when all that was said is heard; `lines` is how much all processes have said so far. */
  async hearOut(lines: number): Promise<Heard> {
    const listeners = this.#people.filter(({ index }) => index < this.#job.people).length;
    this.#expected = lines * listeners - this.#said;
    this.#endIfAllIsHeard();
    await this.#failure.or(this.#isOver.promise);
    const { counts, maxMs } = this.#latency;
    return { deliveries: this.#deliveries, endMs: clockMs(), counts: [...counts], maxMs };
  }

  /** Latencies are those of what is heard from now on. */
  forgetLatencies(): void {
    this.#latency = new Latency();
  }

  /**
   * Somebody who is on this server has heard a line. If there are several servers, the latencies are of lines from
   * another one.
   */
  heard(talker: number, number: number, nowMs: number, server: number): void {
    this.#deliveries++;
    if (this.#servers > 1 && talker % this.#servers === server) return;
    this.#latency.add(nowMs - (this.#saidAtMs[talker * this.#job.lines + number] as number));
  }

  /** `person` has dealt with all that arrived together. */
  caughtUp(person: Talker): void {
    if (this.#phase === "listening") return this.#endIfAllIsHeard();
    if (this.#phase === "joining" || this.#job.linesPerSecond > 0) return;
    this.#talkOn(this.#job.talkers > 1 ? person : (this.#people[0] as Talker));
  }

  /** Whether what stands before a message of this talker's is what the server puts there. */
  isPrefix(talker: number, bytes: Uint8Array, start: number, end: number): boolean {
    const known = this.#prefixes[talker];
    if (known !== undefined) {
      if (known.length !== end - start) return false;
      for (let at = 0; at < known.length; at++) if (known[at] !== bytes[start + at]) return false;
      return true;
    }
    const prefix = Buffer.from(bytes.subarray(start, end));
    this.#prefixes[talker] = prefix;
    return this.#dialect.prefix(nameOf(talker)).test(prefix.toString());
  }

  /** Whether a line that is no message is a notice, or one of those that are not counted. */
  isExpected(line: string): boolean {
    const { joined, left } = this.#dialect;
    return [joined, left, QUESTION, FILLER, ...(this.#dialect.others ?? [])].some((text) =>
      line.includes(text),
    );
  }

  failed(reason: string): void {
    this.#failure.report(reason);
  }

  #endIfAllIsHeard(): void {
    if (this.#deliveries === this.#expected) this.#isOver.resolve();
  }

  #talkOn(person: Talker): void {
    const { people, talkers, lines, window } = this.#job;
    if (person.index >= talkers || this.#phase !== "talking") return;
    const rounds = talkers > 1 ? person.heard / (talkers - 1) : this.#deliveries / (people - 1);
    const mayHaveSaid = Math.min(lines, Math.floor(rounds) + window);
    if (person.said < mayHaveSaid) this.#say(person, mayHaveSaid - person.said, clockMs());
  }

  #say(person: Talker, lines: number, atMs: number): void {
    for (let line = 0; line < lines; line++) {
      this.#saidAtMs[person.index * this.#job.lines + person.said] = atMs;
      person.sayNext();
    }
    this.#said += lines;
    person.flush();
  }

  /**
   * Each line has its time, whether or not the lines before it have arrived: an open loop. All talkers speak in
   * turn. This process says the lines of its own talkers.
   */
  #talkAtTimes(startMs: number, saidBefore: number): void {
    if (this.#phase !== "talking") return;
    const { talkers, linesPerSecond, process, processes } = this.#job;
    const due = ((clockMs() - startMs) / 1_000) * linesPerSecond;
    const ours = this.#people.filter(({ index }) => index < talkers);
    for (;;) {
      const turn = (this.#said - saidBefore) * processes + process;
      const person = ours[this.#said % ours.length] as Talker;
      if (turn >= due || person.said === this.#job.lines) break;
      this.#say(person, 1, startMs + (turn / linesPerSecond) * 1_000);
    }
    setTimeout(() => this.#talkAtTimes(startMs, saidBefore), TICK_MS);
  }
}
