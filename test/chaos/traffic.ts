/** What people do while faults happen: they talk, whisper, take other names, want the same ones, leave and come. */
import { Random } from "../soak/random.ts";
import type { Cluster } from "./cluster.ts";
import type { Person } from "./person.ts";

/** How long it is until somebody does something again, in milliseconds at most. */
const PAUSE_MS_MAX = 16;

/** Beyond this many who wait for a name, nobody else comes. */
const NAMING_MAX = 10;

export class Traffic {
  readonly #cluster: Cluster;
  readonly #random: Random;
  #isOver = false;
  #done: Promise<void> | undefined;

  constructor(cluster: Cluster, random: Random) {
    this.#cluster = cluster;
    this.#random = random;
  }

  start(): void {
    this.#done = this.#run();
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#done;
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      const { here } = this.#cluster;
      if (here.length > 1) await this.#act(this.#random.pick(here));
      await Bun.sleep(this.#random.between(0, PAUSE_MS_MAX));
    }
  }

  async #act(person: Person): Promise<void> {
    const chance = this.#random.next();
    if (chance < 0.85) person.say();
    else if (chance < 0.95) person.whisper(this.#random.pick(this.#cluster.here).name);
    else if (chance < 0.98)
      person.rename(`${person.name.split("r")[0]}r${this.#cluster.newNumber()}`);
    else if (chance < 0.985) await this.#replace(person);
    else await this.#contest();
  }

  /** Somebody leaves, and somebody else comes. */
  async #replace(person: Person): Promise<void> {
    if (this.#cluster.peopleOf(person.natter).length < 2) return;
    person.leave();
    await this.#come();
  }

  async #come(name?: string): Promise<void> {
    const naming = this.#cluster.people.filter(({ phase }) => phase === "naming");
    const { running } = this.#cluster;
    if (naming.length >= NAMING_MAX || running.length === 0) return;
    // Its natter may have been killed just now.
    await this.#cluster.join(this.#random.pick(running), name).catch(() => {});
  }

  /** Two who come and one who is here want the same name at once. */
  async #contest(): Promise<void> {
    const name = `Star${this.#cluster.newNumber()}`;
    for (const suffix of ["", "x", "xx"]) this.#cluster.contested.add(name + suffix);
    const [one, other] = this.#random.shuffled(this.#cluster.here);
    one?.rename(name);
    if (this.#random.chance(0.5)) other?.rename(name);
    else await this.#come(name);
  }
}
