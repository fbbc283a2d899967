/** The load of a soak: scenes played at random, as many at a time as fit, and the witnesses. */
import { writeFileSync } from "node:fs";
import { Failure } from "../../bench/failure.ts";
import { Gone, type Caller } from "./caller.ts";
import { Play, type Stage } from "./play.ts";
import type { Random } from "./random.ts";
import { SCENES, type Entry } from "./scenes.ts";
import { soakTally } from "./tally.ts";
import { Witness } from "./witness.ts";

const WITNESSES = 4;

/** How many scenes are played at a time, and how soon the next one may follow, in milliseconds. */
const SCENES_MAX = 16;
const PAUSE_MS_MAX = 60;

/** A scene that takes longer hangs, in milliseconds. */
const SCENE_MS_MAX = 30_000;

/** How long the last lines may take to arrive, and how often witnesses speak meanwhile, in ms. */
const HUSH_MS_MAX = 10_000;
const SIGN_MS = 500;

const WELCOME = /^Welcome, edition (\d+)\.$/;

export interface CompanyContext {
  readonly port: number;
  readonly welcomeFile: string;
  readonly random: Random;
  readonly reload: () => void;
  /** The names of the scenes that are played. */
  readonly scenes: readonly string[];
}

export class Company implements Stage {
  readonly port: number;
  readonly tally = soakTally();
  readonly witnesses: Witness[] = [];
  /** Ends the soak as soon as something happens that must not. */
  readonly failure = new Failure();
  readonly #context: CompanyContext;
  readonly #random: Random;
  readonly #plays = new Map<Play, Promise<void>>();
  #expected: Caller[] = [];
  #isLargePlayed = false;
  #isLeaving = false;
  #written = 0;
  #confirmed = 0;

  constructor(context: CompanyContext) {
    this.#context = context;
    this.port = context.port;
    this.#random = context.random;
  }

  /** The first welcome. It must be written before the server starts. */
  static writeWelcome(file: string, edition = 0): void {
    writeFileSync(file, `Welcome, edition ${edition}.\n`);
  }

  get edition(): number {
    return this.#confirmed;
  }

  welcomeEdition(text: string): number | undefined {
    const edition = Number(WELCOME.exec(text)?.[1] ?? NaN);
    return edition <= this.#written ? edition : undefined;
  }

  async changeWelcome(): Promise<number> {
    const edition = ++this.#written;
    Company.writeWelcome(this.#context.welcomeFile, edition);
    this.#context.reload();
    return edition;
  }

  confirmWelcome(edition: number): void {
    this.#confirmed = edition;
  }

  fail(what: string): void {
    this.failure.report(what);
  }

  expectHeard(caller: Caller): void {
    this.#expected.push(caller);
  }

  async join(): Promise<void> {
    for (let index = 1; index <= WITNESSES; index++) {
      const witness = await Witness.join(`Witness${index}`, this, this.#random.fork());
      this.witnesses.push(witness);
      void witness.caller.over.then(() => {
        if (this.#isLeaving) return;
        this.fail(`${witness.name} was disconnected after "${witness.caller.lastLine}"`);
      });
    }
  }

  /** The witnesses speak until `hush`. */
  talk(): void {
    for (const witness of this.witnesses) void witness.talk();
  }

  /** Plays each scene once, in any order, to the end. Begins no more when `isOver`. */
  async rehearse(isOver: () => boolean): Promise<void> {
    for (const name of this.#random.shuffled(this.#context.scenes)) {
      if (isOver()) break;
      const entry = SCENES[name] as Entry;
      while (!this.#hasPlaceFor(entry)) await Promise.race(this.#plays.values());
      this.#play(name, entry);
      await Bun.sleep(this.#random.between(0, PAUSE_MS_MAX));
    }
    await Promise.all(this.#plays.values());
  }

  /** Plays scenes at random until `isOver`. */
  async perform(isOver: () => boolean): Promise<void> {
    const names = this.#context.scenes.flatMap((name) =>
      Array.from({ length: (SCENES[name] as Entry).weight }, () => name),
    );
    while (!isOver()) {
      const name = this.#random.pick(names);
      const entry = SCENES[name] as Entry;
      if (this.#hasPlaceFor(entry)) this.#play(name, entry);
      await Bun.sleep(this.#random.between(0, PAUSE_MS_MAX));
    }
  }

  /** Gives the scenes this long to end, and then breaks off the others. */
  async clearStage(graceMs: number): Promise<void> {
    await Promise.race([Promise.all(this.#plays.values()), Bun.sleep(graceMs)]);
    for (const play of this.#plays.keys()) play.end();
    await Promise.all(this.#plays.values());
  }

  /**
   * Resolves when the witnesses are silent and have heard everything. Then they may speak again. If that takes
   * long, they speak before, so that they are not idle. Later lines also show which ones are lost.
   */
  async hush(): Promise<void> {
    for (const witness of this.witnesses) witness.hush();
    const startedMs = performance.now();
    for (let round = 1; !this.#isAllHeard; await Bun.sleep(1)) {
      const waitedMs = performance.now() - startedMs;
      if (waitedMs > HUSH_MS_MAX) return this.fail("what was said last has not been heard by all");
      if (waitedMs < round * SIGN_MS) continue;
      for (const witness of this.witnesses) witness.say();
      round++;
    }
  }

  /** All must have heard the same of those who have gone. Nothing is kept of these after this. */
  compareNotes(): void {
    const [first, ...others] = this.witnesses;
    const strangers = ({ caller }: Witness) => {
      const isWitness = (id: number) => this.witnesses.some((each) => each.caller.id === id);
      return [...caller.hearing.counts].filter(([id]) => !isWitness(id)).sort(([a], [b]) => a - b);
    };
    const heard = strangers(first as Witness);
    for (const other of others) {
      if (Bun.deepEquals(strangers(other), heard)) continue;
      this.fail(`${other.name} has heard ${strangers(other)}, but ${first?.name} ${heard}`);
    }
    for (const { caller } of this.witnesses) {
      for (const [author] of heard) caller.hearing.forget(author);
    }
    this.#expected = [];
  }

  /** The server is about to tell everyone that it stops. */
  leave(): void {
    this.#isLeaving = true;
  }

  /** Ends all connections. */
  end(): void {
    this.#isLeaving = true;
    for (const play of this.#plays.keys()) play.end();
    for (const { caller } of this.witnesses) caller.reset();
  }

  get #isAllHeard(): boolean {
    const speakers = [...this.witnesses.map(({ caller }) => caller), ...this.#expected];
    return this.witnesses.every((witness) => speakers.every((each) => witness.hasHeard(each)));
  }

  #hasPlaceFor({ isLarge = false }: Entry): boolean {
    return this.#plays.size < SCENES_MAX && !(isLarge && this.#isLargePlayed);
  }

  #play(name: string, entry: Entry): void {
    const play = new Play(this, this.#random.fork());
    if (entry.isLarge) this.#isLargePlayed = true;
    const done = this.#perform(name, entry, play).finally(() => {
      if (entry.isLarge) this.#isLargePlayed = false;
      this.#plays.delete(play);
    });
    this.#plays.set(play, done);
  }

  async #perform(name: string, { scene }: Entry, play: Play): Promise<void> {
    const hang = () => this.fail(`the scene ${name} hangs: ${play.people.join("; ")}`);
    const limit = setTimeout(hang, SCENE_MS_MAX);
    try {
      await scene(play);
    } catch (error) {
      if (play.isOver || (error instanceof Gone && error.isExplained)) {
        this.tally.add("scene cut short");
      } else this.fail(`in the scene ${name}: ${(error as Error).message}`);
    } finally {
      clearTimeout(limit);
      play.end();
    }
  }
}
