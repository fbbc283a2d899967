/**
 * A well-behaved person that is in the room all the time, talks, reads everything and checks each line. Nothing may be
 * lost, doubled, out of order or damaged on the way to a witness. No line may come from somebody who is not there.
 * Nobody may join, leave or be renamed who could not.
 */
import { Caller, type ChatContext } from "./caller.ts";
import type { Random } from "./random.ts";
import { Roster } from "./roster.ts";

const SKIPPED = /^\*\*\* \d+ lines? skipped: /;

/** The longest silence between two of its lines, in milliseconds. */
const SILENCE_MS_MAX = 250;

/** The longest line, in characters of up to three bytes. */
const LENGTH_MAX = 2_000;

export class Witness {
  readonly name: string;
  readonly #random: Random;
  readonly #roster = new Roster();
  #caller!: Caller;
  #phase: "talking" | "silent" = "silent";

  private constructor(name: string, random: Random) {
    this.name = name;
    this.#random = random;
  }

  static async join(name: string, context: ChatContext, random: Random): Promise<Witness> {
    const witness = new Witness(name, random);
    const onLine = (text: string) => witness.#hear(text);
    witness.#caller = await Caller.connect(context, "127.0.0.1", onLine);
    witness.#caller.name = name;
    await witness.#caller.hears("prompt");
    await witness.#caller.ask(`${name}\n/who\n`, / here:$/);
    return witness;
  }

  get caller(): Caller {
    return this.#caller;
  }

  /** How many are in the room, as far as it knows. */
  get roomSize(): number {
    return this.#roster.size;
  }

  say(): void {
    const isLong = this.#random.chance(0.1);
    const text = this.#caller.nextRemark(this.#random.between(0, isLong ? LENGTH_MAX : 60));
    this.#caller.send(this.#random.chance(0.1) ? `/me ${text}\n` : `${text}\n`);
  }

  /** Whether it has heard all that `other` has said. */
  hasHeard(other: Caller): boolean {
    return other === this.#caller || this.#caller.hearing.count(other.id) === other.said;
  }

  /** Speaks now and then, and asks who is there, until `hush` is called. */
  async talk(): Promise<void> {
    this.#phase = "talking";
    while (this.#isTalking) {
      if (this.#random.chance(0.1)) this.#caller.send("/who\n");
      this.say();
      await Bun.sleep(this.#random.between(1, SILENCE_MS_MAX));
    }
  }

  hush(): void {
    this.#phase = "silent";
  }

  get #isTalking(): boolean {
    return this.#phase === "talking" && !this.#caller.isOver;
  }

  #hear(text: string): void {
    const fault = SKIPPED.test(text) ? `is skipped: ${text}` : this.#roster.hear(text);
    if (fault !== undefined) this.#caller.onFault(fault);
  }
}
