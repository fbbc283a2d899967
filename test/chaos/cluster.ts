/** What a chaos run is done to: a Redis, some natters, and their people. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { Random } from "../soak/random.ts";
import { Natter } from "./natter.ts";
import { describe } from "./check.ts";
import { Person } from "./person.ts";
import { Redis } from "./redis.ts";

export const ROOT = `${import.meta.dir}/../..`;

/** How long anything may take that must happen in the end, in milliseconds, and how often one looks. */
const DEADLINE_MS = 20_000;
const LOOK_MS = 20;

/** How often people say something while one waits for lines to flow, in milliseconds. */
const PROBE_MS = 300;

export class Cluster implements AsyncDisposable {
  readonly random: Random;
  readonly program: string;
  redis!: Redis;
  natters: Natter[] = [];
  /** All who were here since the last check. */
  people: Person[] = [];
  /** Names that several people want. */
  readonly contested = new Set<string>();
  /** The most memory that a natter had, in MiB. */
  residentMibMax = 0;
  #started = 0;
  #lastNumber = 0;
  #otherBuild: string | undefined;
  readonly #onDispose: AsyncDisposable[] = [];

  private constructor(seed: number, program: string) {
    this.random = new Random(seed);
    this.program = program;
  }

  static async start(seed: number, program: string): Promise<Cluster> {
    const cluster = new Cluster(seed, program);
    cluster.redis = await Redis.start({ program });
    return cluster;
  }

  /** Those that run, and are not about to end. */
  get running(): Natter[] {
    return this.natters.filter(({ isGone }) => !isGone);
  }

  /** Those who are in the chat. */
  get here(): Person[] {
    return this.people.filter(({ phase }) => phase === "here");
  }

  peopleOf(natter: Natter): Person[] {
    return this.here.filter((person) => person.natter === natter);
  }

  newName(): string {
    return `P${this.newNumber()}`;
  }

  newNumber(): number {
    return ++this.#lastNumber;
  }

  async startNatter(folder = ROOT): Promise<Natter> {
    const label = `natter ${++this.#started}`;
    const natter = await Natter.start(label, this.redis.port, folder);
    this.natters.push(natter);
    return natter;
  }

  async join(natter: Natter, name = this.newName()): Promise<Person> {
    const person = await Person.join(natter, name, this.contested);
    this.people.push(person);
    return person;
  }

  /** Has so many natters run, each with so many people, who are all in the chat. */
  async fill(natters: number, peopleEach: number): Promise<void> {
    for (const natter of this.running.slice(natters)) natter.signal("SIGTERM");
    while (this.running.length < natters) await this.startNatter();
    for (const natter of this.running) {
      const present = this.people.filter(
        ({ natter: own, phase }) => own === natter && phase !== "gone",
      );
      for (const person of present.slice(peopleEach)) person.leave();
      for (let count = present.length; count < peopleEach; count++) await this.join(natter);
    }
    await this.until("everybody is in the chat", () => this.people.every(isSettled));
  }

  /** Waits until each hears each, and returns how long that took, in milliseconds. */
  async flow(): Promise<number> {
    const startMs = performance.now();
    const numbers = new Map(this.people.map((person) => [person, person.lastNumber]));
    let nextMs = startMs;
    await this.until("new lines reach everybody", () => {
      if (performance.now() >= nextMs) {
        nextMs += PROBE_MS;
        for (const person of this.here) person.say();
      }
      const present = this.here.filter((person) => numbers.has(person));
      const isInTouch = present.every(({ screen }) => !screen.isOutOfTouch);
      return isInTouch && eachHearsEach(present, (author) => (numbers.get(author) ?? 0) + 1);
    });
    return performance.now() - startMs;
  }

  /** Waits until everybody has heard the last lines of all. */
  async quiet(): Promise<void> {
    await this.until("everybody has a name", () => this.people.every(isSettled));
    for (const person of this.here) person.say();
    await this.until("the last lines reach everybody", () => {
      return eachHearsEach(this.here, ({ lastNumber }) => lastNumber);
    });
    for (const natter of this.natters.filter(({ isGone }) => isGone)) {
      await natter.program.exited;
      await natter[Symbol.asyncDispose]();
    }
    this.natters = this.running;
    for (const { residentMib } of this.natters) {
      this.residentMibMax = Math.max(this.residentMibMax, residentMib);
    }
  }

  /** Waits until this is so of how many are here, according to each natter. */
  async untilCounts(isSo: (count: number) => boolean): Promise<void> {
    let askers: Person[] = [];
    let nextMs = 0;
    const what = "so many are here";
    await this.until(
      what,
      () => {
        if (performance.now() >= nextMs) {
          nextMs = performance.now() + PROBE_MS;
          askers = this.running.flatMap((natter) => this.peopleOf(natter).at(0) ?? []);
          for (const asker of askers) asker.send("/who\n");
        }
        return askers.every(({ screen }) => isSo(screen.whoCount));
      },
      3 * DEADLINE_MS,
    );
  }

  /** Returns what is wrong with who is here according to each natter. */
  async compareWho(): Promise<string[]> {
    const askers = this.running.flatMap((natter) => this.peopleOf(natter).at(0) ?? []);
    for (const asker of askers) {
      asker.screen.who = undefined;
      asker.send("/who\n");
    }
    await this.until("/who is answered", () => askers.every(({ screen }) => screen.who));
    const names = this.here.map(({ name }) => name);
    const faults = names.filter((name, at) => names.indexOf(name) !== at);
    const violations = faults.map((name) => `two people are called ${name}`);
    const lists = askers.map((asker) => [asker, asker.screen.who?.join(" ") ?? ""] as const);
    const [first, ...rest] = lists;
    for (const [asker, list] of rest) {
      if (list !== first?.[1]) {
        violations.push(
          `/who differs: ${describe(asker)}: ${list}; ${describe(first?.[0])}: ${first?.[1]}`,
        );
      }
    }
    const expected = names.toSorted().join(" ");
    const listed = first?.[1].split(" ").toSorted().join(" ");
    if (names.length <= 100 && listed !== expected) {
      violations.push(`/who lists ${listed}, and here are ${expected}`);
    }
    return violations;
  }

  async until(what: string, isSo: () => boolean, deadlineMs = DEADLINE_MS): Promise<void> {
    const endMs = performance.now() + deadlineMs;
    while (!isSo()) {
      if (performance.now() > endMs) throw new Error(`it did not come about that ${what}`);
      await Bun.sleep(LOOK_MS);
    }
  }

  /** Everybody uses another Redis from now on; the one before is ended at the end. */
  useRedis(redis: Redis): void {
    this.#onDispose.push(this.redis);
    this.redis = redis;
    for (const { proxy } of this.natters) proxy.target = redis.port;
  }

  /** A folder with the same program under another version. */
  get otherBuild(): string {
    if (this.#otherBuild === undefined) {
      this.#otherBuild = mkdtempSync(`${tmpdir()}/natter-build-`);
      for (const part of ["lib", "index.ts"]) {
        cpSync(`${ROOT}/${part}`, `${this.#otherBuild}/${part}`, { recursive: true });
      }
      const about = { name: "natter", version: "0.1.999", type: "module" };
      writeFileSync(`${this.#otherBuild}/package.json`, JSON.stringify(about));
    }
    return this.#otherBuild;
  }

  /** Forgets what has been checked, and those who have gone. */
  forget(): void {
    this.people = this.people.filter(({ phase }) => phase !== "gone");
    for (const person of this.people) person.forget();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const person of this.people) person.reset();
    for (const part of [...this.natters, this.redis, ...this.#onDispose]) {
      await part[Symbol.asyncDispose]();
    }
    if (this.#otherBuild !== undefined) rmSync(this.#otherBuild, { recursive: true });
  }
}

const isSettled = ({ phase }: Person): boolean => phase !== "naming";

function eachHearsEach(people: readonly Person[], numberOf: (author: Person) => number): boolean {
  return people.every((author) => {
    const number = numberOf(author);
    return people.every((person) => {
      return person === author || person.screen.lastNumber(author.id) >= number;
    });
  });
}
