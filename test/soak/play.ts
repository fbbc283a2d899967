/** One performance of a scene: its people, who end with it, and what they share with other scenes. */
import { Caller, Gone, type ChatContext } from "./caller.ts";
import type { Random } from "./random.ts";
import type { Kind, SoakTally } from "./tally.ts";
import type { Witness } from "./witness.ts";

/** The limits for one address do not apply to this machine. Only the first address counts as this machine. */
export const HERE = "127.0.0.1";
const ELSEWHERE = ["127.0.0.2", "127.0.0.3", "127.0.0.4"] as const;

/** Names in several scripts. A number makes each unique. */
const NAMES = ["Ann", "bob-", "Ĉar_", "Жанна", "名前", "Zoë.", "Δημ", "x"];

/** How often a condition is checked, in milliseconds. */
const LOOK_MS = 5;

export interface Stage extends ChatContext {
  readonly tally: SoakTally;
  readonly witnesses: readonly Witness[];
  /** When all is quiet, everything that this caller has said must have been heard. */
  expectHeard(caller: Caller): void;
  /** Replaces the welcome by another one, and tells the server. Returns its edition. */
  changeWelcome(): Promise<number>;
  /** Reports that this edition of the welcome is in use. */
  confirmWelcome(edition: number): void;
}

export class Play {
  static #lastName = 0;
  readonly stage: Stage;
  readonly random: Random;
  readonly #callers: Caller[] = [];
  readonly #abandoned = Promise.withResolvers<never>();
  #isOver = false;

  constructor(stage: Stage, random: Random) {
    this.stage = stage;
    this.random = random;
    this.#abandoned.promise.catch(() => {});
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** The state of its people, to find out why it hangs. */
  get people(): string[] {
    const { witnesses } = this.stage;
    return this.#callers.map((caller) => {
      const heard = witnesses.map(({ caller: witness }) => witness.hearing.count(caller.id));
      return `${caller.describe()}, heard ${heard}`;
    });
  }

  count(kind: Kind, times = 1): void {
    this.stage.tally.add(kind, times);
  }

  /** A name that nobody has. */
  name(): string {
    return `${this.random.pick(NAMES)}${++Play.#lastName}`;
  }

  /** Connects, without waiting for what the server says. */
  async dial(address?: string): Promise<Caller> {
    const from = address ?? (this.random.chance(0.5) ? HERE : this.random.pick(ELSEWHERE));
    const caller = await Caller.connect(this.stage, from);
    this.#callers.push(caller);
    if (this.#isOver) caller.reset();
    this.count("connected");
    return caller;
  }

  /** Connects, and is asked for a name. */
  async call(address?: string): Promise<Caller> {
    const caller = await this.dial(address);
    await caller.hears("prompt");
    return caller;
  }

  /** Connects and joins. */
  async join(address?: string): Promise<Caller> {
    const caller = await this.call(address);
    await this.enter(caller, this.name());
    return caller;
  }

  /** Gives a name that nobody has. The history must come before the answer. */
  async enter(caller: Caller, name: string): Promise<void> {
    caller.name = name;
    await caller.ask(`${name}\n/who\n`, /^\*\*\* \d+ (?:person is|people are) here:$/);
    this.count("joined");
  }

  /** Says a line, in one piece. */
  say(caller: Caller, length = this.random.between(0, 200)): void {
    caller.send(`${caller.nextRemark(length)}\n`);
    this.count("remark");
  }

  /** Sends `data` in pieces. Each piece may arrive by itself. */
  async sendCut(caller: Caller, data: string, sizeMax: number): Promise<void> {
    const bytes = Buffer.from(data);
    for (let at = 0; at < bytes.length;) {
      const size = this.random.between(1, sizeMax);
      caller.send(bytes.subarray(at, at + size));
      at += size;
      await this.sleep(this.random.chance(0.2) ? 1 : 0);
    }
  }

  /** Leaves in peace. After that everything it said must be heard. */
  async leave(caller: Caller): Promise<void> {
    caller.halfClose();
    await caller.over;
    this.stage.expectHeard(caller);
  }

  /** @throws {Error} the scene is abandoned meanwhile */
  sleep(ms: number): Promise<void> {
    return Promise.race([Bun.sleep(ms), this.#abandoned.promise]);
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await this.sleep(LOOK_MS);
  }

  /** Resolves to what is waited for, or to `undefined` if the connection ends first. */
  async ifThere<Value>(promise: Promise<Value>): Promise<Value | undefined> {
    try {
      return await promise;
    } catch (error) {
      if (error instanceof Gone) return undefined;
      throw error;
    }
  }

  /** Ends all connections that are left. */
  end(): void {
    this.#isOver = true;
    for (const caller of this.#callers) caller.reset();
    this.#abandoned.reject(new Error("abandoned"));
  }
}

export type Scene = (play: Play) => Promise<void>;
