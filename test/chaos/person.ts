/** Somebody who is connected to a natter, for one stay. */
import { ClientSocket } from "../helpers/client-socket.ts";
import type { Natter } from "./natter.ts";
import { formatRemark, formatWhisper } from "./remark.ts";
import { Screen } from "./screen.ts";

/** One that it has said. */
export interface Line {
  readonly key: string;
  readonly author: Person;
  readonly saidMs: number;
}

const PROMPTS = /^(?:Enter your name: )+/;

export class Person extends ClientSocket {
  static #lastId = 0;
  readonly id = ++Person.#lastId;
  readonly natter: Natter;
  readonly screen: Screen;
  phase: "naming" | "here" | "gone" = "naming";
  /** Its name, as far as it knows. */
  name: string;
  hereMs = Infinity;
  /** What it has said to all, and to one, since the last check. */
  said: Line[] = [];
  whispered: string[] = [];
  /** Why it may be gone. */
  #isLeaving = false;
  #lastNumber = 0;
  /** Names that it has asked for. */
  readonly #wanted = new Set<string>();
  #partial = "";
  readonly #decoder = new TextDecoder();

  private constructor(natter: Natter, name: string, contested: ReadonlySet<string>) {
    super();
    this.natter = natter;
    this.name = name;
    this.screen = new Screen(contested);
  }

  /** Connects and gives a name. It is here when the server has greeted it. */
  static async join(
    natter: Natter,
    name: string,
    contested: ReadonlySet<string> = new Set(),
  ): Promise<Person> {
    const person = new Person(natter, name, contested);
    await person.open(natter.port);
    return person.send(`${name}\n`);
  }

  get lastNumber(): number {
    return this.#lastNumber;
  }

  say(): void {
    const key = formatRemark({ author: this.id, number: ++this.#lastNumber });
    this.said.push({ key, author: this, saidMs: performance.now() });
    this.send(`${key}\n`);
  }

  whisper(name: string): void {
    const key = formatWhisper({ author: this.id, number: ++this.#lastNumber });
    this.whispered.push(key);
    this.send(`/msg ${name} ${key}\n`);
  }

  rename(name: string): void {
    this.#wanted.add(name);
    this.send(`/nick ${name}\n`);
  }

  leave(): void {
    this.#isLeaving = true;
    this.phase = "gone";
    this.send("/quit\n");
  }

  /** Whether its connection ended although nobody wanted that. */
  get wasThrownOut(): boolean {
    return this.phase === "gone" && !this.#isLeaving && !this.natter.isGone;
  }

  forget(): void {
    this.said = [];
    this.whispered = [];
    this.screen.forget();
  }

  protected onData(bytes: Uint8Array): void {
    const lines = (this.#partial + this.#decoder.decode(bytes, { stream: true })).split("\n");
    this.#partial = lines.pop() ?? "";
    for (const line of lines) this.#see(line.replace(PROMPTS, ""));
  }

  protected onEnd(): void {
    this.phase = "gone";
  }

  #see(line: string): void {
    this.screen.show(line);
    const [, greeted] = /^\*\*\* You are (\S+), (?:and|with) /.exec(line) ?? [];
    if (greeted !== undefined && this.phase === "naming") {
      this.phase = "here";
      this.name = greeted;
      this.hereMs = performance.now();
    }
    if (this.phase === "naming" && line === `The name ${this.name} is taken.`) {
      this.name += "x";
      this.send(`${this.name}\n`);
    }
    const [, from, to] = /^\*\*\* (\S+) is now (\S+) \*\*\*$/.exec(line) ?? [];
    // Two may be called the same for a moment, on the screens of a natter that was away.
    if (to !== undefined && from === this.name && this.#wanted.has(to)) this.name = to;
    const [, given] = /^\*\*\* Your name was taken meanwhile; you are (\S+) now/.exec(line) ?? [];
    if (given !== undefined) this.name = given;
  }
}
