/** Has one fault after another happen to a cluster, and checks after each what people have seen. */
import { Random } from "../soak/random.ts";
import { check, describe } from "./check.ts";
import { Cluster } from "./cluster.ts";
import { SCENES } from "./scenes.ts";
import { newTally, type Tally } from "./tally.ts";
import { Traffic } from "./traffic.ts";

export interface ChaosOptions {
  readonly seed: number;
  /** What is started as Redis. */
  readonly program: string;
  /** Which faults happen. */
  readonly names: readonly string[];
  /** Whether a violation does not end the run. */
  readonly keepsGoing: boolean;
}

/** How many natters there are, and people on each. */
const NATTERS = 3;
const PEOPLE_EACH = 3;

/** The most memory that a natter may have, in MiB. */
const RESIDENT_MIB_MAX = 400;

/** How many of each screen's last lines are shown, and how many violations. */
const SCREEN_LINES = 15;
const VIOLATIONS_SHOWN = 10;

export class Chaos implements AsyncDisposable {
  readonly tallies = new Map<string, Tally>();
  readonly #cluster: Cluster;
  readonly #random: Random;
  readonly #options: ChaosOptions;

  private constructor(cluster: Cluster, options: ChaosOptions) {
    this.#cluster = cluster;
    this.#options = options;
    this.#random = new Random(options.seed);
  }

  static async start(options: ChaosOptions): Promise<Chaos> {
    return new Chaos(await Cluster.start(options.seed, options.program), options);
  }

  /** Returns whether all was as it must be. */
  async run(minutes: number): Promise<boolean> {
    const endMs = performance.now() + minutes * 60_000;
    let isPassed = true;
    let names: string[] = [];
    while (performance.now() < endMs) {
      if (names.length === 0) names = this.#random.shuffled(this.#options.names);
      const name = names.pop() as string;
      if (await this.round(name)) {
        console.log(`ok      ${name}`);
        continue;
      }
      isPassed = false;
      if (!this.#options.keepsGoing) break;
    }
    return isPassed;
  }

  /** One fault. Returns whether all was as it must be. */
  async round(name: string): Promise<boolean> {
    const tally = this.tallies.get(name) ?? newTally();
    this.tallies.set(name, tally);
    tally.rounds++;
    const violations = await this.#perform(name, tally);
    tally.violations += violations.length;
    if (violations.length > 0) this.#show(name, violations);
    this.#cluster.forget();
    return violations.length === 0;
  }

  get summary(): string {
    const { residentMibMax } = this.#cluster;
    return `The most memory that a natter had: ${residentMibMax.toFixed(0)} MiB.`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cluster[Symbol.asyncDispose]();
  }

  async #perform(name: string, tally: Tally): Promise<string[]> {
    const cluster = this.#cluster;
    const traffic = new Traffic(cluster, this.#random.fork());
    const violations: string[] = [];
    try {
      await cluster.fill(NATTERS, PEOPLE_EACH);
      traffic.start();
      await Bun.sleep(this.#random.between(100, 500));
      await SCENES[name]?.(cluster, this.#random.fork());
      tally.recoveryMsMax = Math.max(tally.recoveryMsMax, await cluster.flow());
    } catch (error) {
      violations.push(String(error));
    }
    await traffic.stop();
    try {
      await cluster.quiet();
      violations.push(...(await cluster.compareWho()));
    } catch (error) {
      violations.push(String(error));
    }
    const { said, lost, whispered, violations: found } = check(cluster.people);
    tally.said += said;
    tally.lost += lost;
    tally.whispered += whispered;
    for (const { screen } of cluster.people) {
      for (const { notice } of screen.notices) {
        tally.notices.set(notice, (tally.notices.get(notice) ?? 0) + 1);
      }
    }
    return [...violations, ...found, ...this.#checkNatters()];
  }

  #checkNatters(): string[] {
    const { natters, residentMibMax } = this.#cluster;
    const complaints = natters.flatMap(({ label, complaints: text }) => {
      return text === "" ? [] : [`${label} complains: ${text}`];
    });
    if (residentMibMax <= RESIDENT_MIB_MAX) return complaints;
    return [...complaints, `a natter has ${residentMibMax.toFixed(0)} MiB`];
  }

  /** Prints what is wrong, and what those people have seen last. */
  #show(name: string, violations: readonly string[]): void {
    console.log(`FAILED  ${name}`);
    const shown = violations.slice(0, VIOLATIONS_SHOWN);
    console.log(shown.map((violation) => `        ${violation}`).join("\n"));
    if (violations.length > shown.length)
      console.log(`        and ${violations.length - shown.length} more`);
    const text = shown.join("\n");
    const concerned = this.#cluster.people.filter((person) => text.includes(describe(person)));
    for (const person of concerned.slice(0, 4)) {
      const lines = person.screen.last.slice(-SCREEN_LINES);
      console.log(
        `    the screen of ${describe(person)}:\n${lines.map((line) => `        ${line}`).join("\n")}`,
      );
    }
  }
}
