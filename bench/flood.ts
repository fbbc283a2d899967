/**
 * Some clients flood a chat, from one address or more, with lines that cost it much time. Meanwhile two pairs
 * talk, one from another address and one from the same. This measures how long the pairs wait to hear each other.
 */
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

/** What it says, followed by the time. */
const SAID = /: at ([\d.]+)$/;

export class Flood {
  readonly #job: FloodJob;
  readonly #failure = new Failure();
  readonly #flooders: Person[];
  readonly #others = new Latency();
  readonly #neighbours = new Latency();
  readonly #speakers: Person[] = [];

  constructor(job: FloodJob) {
    this.#job = job;
    this.#flooders = Array.from({ length: job.people }, (_, at) => {
      const address = `${FLOODED}${FLOODED_FIRST + (at % job.addresses)}`;
      return this.#person(`flood${at}`, address, (bytes) => bytes.subarray(bytes.length));
    });
  }

  async join(): Promise<void> {
    for (const flooder of this.#flooders) await this.#enter(flooder);
    for (const [name, address, latency] of [
      ["other", ELSEWHERE, this.#others],
      ["neighbour", `${FLOODED}${FLOODED_FIRST}`, this.#neighbours],
    ] as const) {
      await this.#enter(this.#person(`${name}2`, address, (bytes) => hear(bytes, name, latency)));
      const speaker = this.#person(`${name}1`, address, (bytes) => bytes.subarray(bytes.length));
      await this.#enter(speaker);
      this.#speakers.push(speaker);
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
      for (const speaker of this.#speakers) {
        speaker.say(`at ${clockMs()}`);
        speaker.flush();
      }
    }
    // Lines that are still on their way have waited for at least this long.
    await this.#failure.or(Bun.sleep(TALK_MS));
    const waits = ({ counts, maxMs }: Latency) => ({ counts: [...counts], maxMs });
    return { others: waits(this.#others), neighbours: waits(this.#neighbours) };
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

/** Counts what the speaker of a pair has said, and returns what is not a whole line yet. */
function hear(bytes: Uint8Array, name: string, latency: Latency): Uint8Array {
  const end = bytes.lastIndexOf(LF) + 1;
  const nowMs = clockMs();
  for (const line of Buffer.from(bytes.subarray(0, end)).toString().split("\n")) {
    const [, atMs] = (line.startsWith(`${name}1`) && SAID.exec(line)) || [];
    if (atMs !== undefined) latency.add(nowMs - Number(atMs));
  }
  return bytes.subarray(end);
}
