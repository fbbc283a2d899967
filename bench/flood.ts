/**
 * Some clients flood a chat, from one address or more, with lines that cost it much time. Meanwhile two pairs
 * talk, one from another address and one from the same. This measures how long the pairs wait to hear each other.
 */
import { Deque } from "../lib/room/deque.ts";
import { LF } from "../lib/room/chunk.ts";
import { clockMs } from "./clock.ts";
import type { DialectName } from "./dialects.ts";
import { Failure } from "./failure.ts";
import { Latency } from "./latency.ts";
import { Person } from "./person.ts";
import type { Way } from "./way.ts";

export interface FloodJob {
  readonly way: Way;
  readonly dialect: DialectName;
  /** How many flood, and from how many addresses. */
  readonly people: number;
  readonly addresses: number;
  /** What they say again and again. */
  readonly line: string;
}

/** How long the listeners of both pairs have waited: the counts of a `Latency`, and the longest wait. */
export type Waits = Record<
  "others" | "neighbours",
  { readonly counts: readonly number[]; readonly maxMs: number }
>;

const ELSEWHERE = "127.0.0.1";
const FLOODED = "127.0.0.";
const FLOODED_FIRST = 2;

/** More than is read of one client in any run. */
const LINES = 20_000;

/** How often somebody of a pair says something, in milliseconds. */
const TALK_MS = 10;

/** What one of a pair has heard of the other. */
interface Heard {
  readonly latency: Latency;
  /** When what has not been heard was said, the earliest first. */
  readonly unheard: Deque<number>;
}

interface Pair extends Heard {
  readonly listener: Person;
  readonly speaker: Person;
}

export class Flood {
  readonly #job: FloodJob;
  readonly #failure = new Failure();
  readonly #flooders: Person[];
  readonly #others: Pair;
  readonly #neighbours: Pair;

  constructor(job: FloodJob) {
    this.#job = job;
    this.#flooders = Array.from({ length: job.people }, (_, at) => {
      const address = `${FLOODED}${FLOODED_FIRST + (at % job.addresses)}`;
      return this.#person(`flood${at}`, address, hearNothing);
    });
    this.#others = this.#pair("other", ELSEWHERE);
    this.#neighbours = this.#pair("neighbour", `${FLOODED}${FLOODED_FIRST}`);
  }

  async join(): Promise<void> {
    for (const flooder of this.#flooders) await this.#enter(flooder);
    for (const { listener, speaker } of [this.#others, this.#neighbours]) {
      await this.#enter(listener);
      await this.#enter(speaker);
    }
  }

  async run(seconds: number): Promise<Waits> {
    for (const flooder of this.#flooders) {
      for (let line = 0; line < LINES; line++) flooder.say(this.#job.line);
      flooder.flush();
    }
    const endMs = clockMs() + seconds * 1_000;
    while (clockMs() < endMs) {
      await this.#failure.or(Bun.sleep(TALK_MS));
      speak(this.#others);
      speak(this.#neighbours);
    }
    await this.#failure.or(Bun.sleep(TALK_MS));
    return { others: waitsOf(this.#others), neighbours: waitsOf(this.#neighbours) };
  }

  #pair(name: string, address: string): Pair {
    const latency = new Latency();
    const unheard = new Deque<number>();
    const hears = (bytes: Uint8Array) => hear(bytes, `${name}1`, { latency, unheard });
    return {
      listener: this.#person(`${name}2`, address, hears),
      speaker: this.#person(`${name}1`, address, hearNothing),
      latency,
      unheard,
    };
  }

  #person(name: string, localAddress: string, hears: (bytes: Uint8Array) => Uint8Array): Person {
    const failed = (reason: string) => this.#failure.report(reason);
    return new Person(name, { ...this.#job, localAddress, hear: hears, failed });
  }

  async #enter(person: Person): Promise<void> {
    await this.#failure.or(person.connect());
    await this.#failure.or(person.join());
  }
}

function speak({ speaker, unheard }: Pair): void {
  unheard.push(clockMs());
  speaker.say("hello");
  speaker.flush();
}

/** Counts what `speaker` has said, and returns what is not a whole line yet. */
function hear(bytes: Uint8Array, speaker: string, { latency, unheard }: Heard): Uint8Array {
  const end = bytes.lastIndexOf(LF) + 1;
  const nowMs = clockMs();
  for (const line of Buffer.from(bytes.subarray(0, end)).toString().split("\n")) {
    if (line.startsWith(`${speaker}: `)) latency.add(nowMs - unheard.shift());
  }
  return bytes.subarray(end);
}

function hearNothing(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(bytes.length);
}

/** Lines that are still on their way have waited for at least this long. */
function waitsOf({ latency, unheard }: Pair): Waits["others"] {
  const nowMs = clockMs();
  while (unheard.length > 0) latency.add(nowMs - unheard.shift());
  const { counts, maxMs } = latency;
  return { counts: [...counts], maxMs };
}
