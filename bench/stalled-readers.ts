/**
 * How much memory a thousand stalled readers cost: the server's peak resident size in a busy room with them,
 * less the peak of the same room without them. Run by
 *
 *     bun run bench/stalled-readers.ts
 *
 * Ten people are in both rooms. All of them talk in short lines, or one of them in long ones. Each must hear every
 * line of the others. The stalled readers never read again once they are in the room. Memory that the kernel holds
 * for them is not the server's, and is not counted. This needs Linux, for the peak in /proc.
 */

import { median } from "./median.ts";
import { natter, RunningPeer } from "./peers.ts";
import { peakMiB } from "./usage.ts";

const NATTER = natter("--quiet", "--line-rate", "0", "--stall-timeout", "0");
const STALLED = 1_000;
const TALKERS = 10;
const RUNS = 3;
const LIMIT_MIB = 64;

interface Talk {
  /** How many of the ten speak at once. */
  readonly speakers: number;
  readonly lineBytes: number;
  readonly linesPerRound: number;
  readonly rounds: number;
}

/** Each amount is much more than the kernel (about 4 MB) and a queue (1 MiB) take for one reader. */
const TALKS: readonly Talk[] = [
  { speakers: 10, lineBytes: 250, linesPerRound: 64, rounds: 80 },
  { speakers: 1, lineBytes: 60_000, linesPerRound: 1, rounds: 200 },
];

/** The server's peak in MiB. */
async function measure(talk: Talk, stalled: number, run: number): Promise<number> {
  await using server = await RunningPeer.start(NATTER);
  const people: Person[] = [];
  try {
    for (let number = 0; number < TALKERS + stalled; number++) {
      const person = await Person.join(server.port, `person${number}`);
      await people[0]?.hears(`*** person${number} has joined the chat ***`);
      if (number >= TALKERS) person.stall();
      people.push(person);
    }
    const talkers = people.slice(0, TALKERS);
    const line = `${"x".repeat(talk.lineBytes - 1)}\n`;
    for (let round = 1; round <= talk.rounds; round++) {
      const speakers = talkers.slice(0, talk.speakers);
      for (const person of speakers) person.say(line.repeat(talk.linesPerRound));
      const heard = talkers.map((person) => {
        const others = speakers.length - (speakers.includes(person) ? 1 : 0);
        return person.hasHeard(round * others * talk.linesPerRound);
      });
      await Promise.all(heard);
    }
    const peak = peakMiB(server.pid);
    const missed = (await people[TALKERS]?.readOn()) ?? 0;
    const note = stalled > 0 ? `; one of them missed ${missed} lines` : "";
    console.log(`run ${run}, ${stalled} stalled: peak ${peak.toFixed(1)} MiB${note}`);
    return peak;
  } finally {
    for (const person of people) person[Symbol.dispose]();
  }
}

/** A person in the room that counts what it hears. */
class Person implements Disposable {
  #socket!: Bun.Socket;
  #unsent = Buffer.alloc(0);
  #heard = 0;
  #missed = 0;
  #notices = "";
  #last = "";
  #wake = Promise.withResolvers<void>();

  /** Resolves when the name is sent. */
  static async join(port: number, name: string): Promise<Person> {
    const person = new Person();
    person.#socket = await Bun.connect({
      hostname: "127.0.0.1",
      port,
      socket: {
        data: (_, bytes) => person.#received(bytes),
        drain: () => person.#write(),
      },
    });
    await person.#until(() => person.#last.endsWith("name: "));
    person.say(`${name}\n`);
    return person;
  }

  say(text: string): void {
    this.#unsent = Buffer.concat([this.#unsent, Buffer.from(text)]);
    this.#write();
  }

  hears(notice: string): Promise<void> {
    return this.#until(() => this.#notices.includes(notice));
  }

  /** Resolves when this many lines have been heard. None may be missing. */
  async hasHeard(lines: number): Promise<void> {
    await this.#until(() => this.#heard >= lines || this.#missed > 0);
    if (this.#heard !== lines) throw new Error(`heard ${this.#heard} lines of ${lines}`);
  }

  stall(): void {
    this.#socket.pause();
  }

  /** Reads again. Resolves to the number of lines that it missed, as it is told. */
  async readOn(): Promise<number> {
    this.#socket.resume();
    await this.#until(() => this.#missed > 0);
    return this.#missed;
  }

  [Symbol.dispose](): void {
    this.#socket.terminate();
  }

  #write(): void {
    this.#unsent = this.#unsent.subarray(Math.max(0, this.#socket.write(this.#unsent)));
  }

  #received(bytes: Buffer): void {
    const lines = (this.#last + bytes.toString()).split("\n");
    this.#last = lines.pop() ?? "";
    for (const line of lines) {
      if (line.includes(": xxx")) this.#heard++;
      else this.#notices += `${line}\n`;
      this.#missed += Number(/^\*\*\* (\d+) lines? skipped: /.exec(line)?.[1] ?? 0);
    }
    const wake = this.#wake;
    this.#wake = Promise.withResolvers();
    wake.resolve();
  }

  async #until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await this.#wake.promise;
  }
}

for (const talk of TALKS) {
  const peaksMiB: { without: number[]; with: number[] } = { without: [], with: [] };
  for (let run = 1; run <= RUNS; run++) {
    peaksMiB.without.push(await measure(talk, 0, run));
    peaksMiB.with.push(await measure(talk, STALLED, run));
  }
  const [with_, without] = [median(peaksMiB.with), median(peaksMiB.without)];
  console.log(
    `${STALLED} stalled readers, lines of ${talk.lineBytes} bytes, medians of ${RUNS}: ${with_.toFixed(1)} - ${without.toFixed(1)} = ${(with_ - without).toFixed(1)} MiB (at most ${LIMIT_MIB})\n`,
  );
  if (!(with_ - without < LIMIT_MIB)) process.exitCode = 1;
}
