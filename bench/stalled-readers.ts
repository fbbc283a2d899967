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

import { ChatClient } from "../test/helpers/chat-client.ts";
import { median } from "./median.ts";
import { natter } from "./peers.ts";
import { RunningServer } from "./running-server.ts";
import { peakMiB } from "./usage.ts";

const NATTER = natter("--quiet", "--line-rate", "0", "--stall-timeout", "0");
const STALLED = 1_000;
const TALKERS = 10;
const RUNS = 3;
const LIMIT_MIB = 64;
const SKIPPED = /^\*\*\* (\d+) lines? skipped: /;

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
  await using server = await RunningServer.start(NATTER);
  const people: ChatClient[] = [];
  try {
    for (let number = 0; number < TALKERS + stalled; number++) {
      const person = await join(server.port, `person${number}`);
      if (number >= TALKERS) person.pause();
      people.push(person);
    }
    const talkers = people.slice(0, TALKERS);
    const line = `${"x".repeat(talk.lineBytes - 1)}\n`;
    for (let round = 0; round < talk.rounds; round++) {
      const speakers = talkers.slice(0, talk.speakers);
      for (const person of speakers) person.send(line.repeat(talk.linesPerRound));
      const heard = talkers.map((person) => {
        const others = speakers.length - (speakers.includes(person) ? 1 : 0);
        return hears(person, others * talk.linesPerRound);
      });
      await Promise.all(heard);
    }
    const peak = peakMiB(server.pid);
    const reader = people[TALKERS];
    const note = reader ? `; one of them missed ${await missedBy(reader)} lines` : "";
    console.log(`run ${run}, ${stalled} stalled: peak ${peak.toFixed(1)} MiB${note}`);
    return peak;
  } finally {
    for (const person of people) person.reset();
  }
}

/** Resolves when somebody of this name is in the room. */
async function join(port: number, name: string): Promise<ChatClient> {
  const person = await ChatClient.connect(port, "127.0.0.1", false);
  await person.send(`${name}\n/who\n`).until(/ here:\n/);
  return person;
}

/** Resolves when so many more lines have been said, of which none may be missing. */
async function hears(person: ChatClient, lines: number): Promise<void> {
  for (let heard = 0; heard < lines;) {
    const line = await person.line();
    if (line.includes(": xxx")) heard++;
    else if (SKIPPED.test(line)) throw new Error(`heard ${heard} lines of ${lines}: ${line}`);
  }
}

/** Has somebody who stalled read again, and resolves to how many lines it is told that it missed. */
async function missedBy(person: ChatClient): Promise<number> {
  person.resume();
  for (;;) {
    const [, count] = SKIPPED.exec(await person.line()) ?? [];
    if (count !== undefined) return Number(count);
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
