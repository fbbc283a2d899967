import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { ChatClient } from "../helpers/chat-client.ts";
import { Program } from "../helpers/program.ts";
import { counting, Sequence } from "./sequence.ts";

/** On a machine that is busy otherwise. */
setDefaultTimeout(30_000);

describe("the process", () => {
  test("resets in mid-line: whole lines are said, half a line is not, and each leaves once", async () => {
    const CLIENTS = 100;
    await using natter = Program.natter("--port", "0");
    const port = await natter.port();
    using alice = await ChatClient.join(port, "Alice");
    const names = Array.from({ length: CLIENTS }, (_, number) => `n${number}`);
    const clients: ChatClient[] = [];
    for (const name of names) {
      clients.push(await ChatClient.join(port, name));
      await alice.expect(`*** ${name} has joined the chat ***\n`);
    }
    for (const client of clients) client.send("whole\nhalf a li");
    const hears = async (line: (name: string) => string) => {
      const heard: string[] = [];
      while (heard.length < CLIENTS) heard.push(await alice.line());
      expect(heard.toSorted()).toEqual(names.map(line).toSorted());
    };
    await hears((name) => `${name}: whole`);
    for (const client of clients) client.reset();
    await hears((name) => `*** ${name} has left the chat ***`);
    using bob = await ChatClient.join(port, "Bob");
    await alice.expect("*** Bob has joined the chat ***\n");
    bob.send("still here\n");
    await alice.expect("Bob: still here\n");

    natter.signal("SIGTERM");
    const log = await natter.stdout.rest();
    expect(log.match(/^n\d+ .* has left: .*$/gm)?.toSorted()).toEqual(
      names.map((name, index) => `${name} (${clients[index]?.address}) has left: reset`).toSorted(),
    );
    expect(await natter.stderr.rest()).toBe("");
  });

  test("half-close under load: all that was said before it is heard, by others and by the client that leaves", async () => {
    const VISITORS = 10;
    // More than is read from one client at once.
    const SAID = 2_500;
    const ROUND = 200;
    const filler = "x".repeat(50);
    await using natter = Program.natter("--port", "0", "--line-rate", "0", "--quiet");
    const port = await natter.port();
    // A newcomer does not hear what was said before it joined.
    const join = async (name: string) => {
      const client = await ChatClient.join(port, name);
      expect(await natter.stdout.line()).toStartWith(`${name} (`);
      return client;
    };
    const watcher = await join("Watcher");
    const talkers = [await join("Tick"), await join("Tock")];
    const watched = new Sequence(filler);
    const visitors = new Map<string, Sequence>();
    const counts = ({ next }: Sequence) => [next.get("Tick"), next.get("Tock")];
    /** How far the talkers had counted when each visitor left. */
    const countsAtLeave = new Map<string, unknown>();
    let visiting = true;

    async function watch(): Promise<void> {
      const line = await watcher.line();
      watched.hear(line);
      const [, leaver] = /^\*\*\* (n\d+) has left/.exec(line) ?? [];
      if (leaver) countsAtLeave.set(leaver, counts(watched));
    }

    // The next round is said when the last one has been heard, until the visitors have gone.
    async function talk(): Promise<void> {
      for (let round = 0; visiting; round++) {
        for (const talker of talkers) {
          talker.send(counting(round * ROUND, (round + 1) * ROUND, filler));
        }
        const heard = (name: string) => watched.next.get(name) ?? 0;
        while (Math.min(heard("Tick"), heard("Tock")) < (round + 1) * ROUND) {
          await watch();
        }
      }
    }
    async function visit(name: string): Promise<void> {
      const visitor = await ChatClient.join(port, name);
      const sequence = new Sequence(filler, "anywhere");
      while (sequence.next.size < talkers.length) sequence.hear(await visitor.line());
      visitor.send(counting(0, SAID, filler)).halfClose();
      visitors.set(name, await sequence.hearOut(visitor));
    }
    const talking = talk();
    await Promise.all(Array.from({ length: VISITORS }, (_, number) => visit(`n${number}`)));
    visiting = false;
    await talking;
    while (countsAtLeave.size < VISITORS) await watch();
    natter.signal("SIGTERM");
    await watched.hearOut(watcher);
    const heardOf = (what: string) => watched.others.filter((line) => line.includes(what)).length;
    expect([heardOf("has joined"), heardOf("has left")]).toEqual([VISITORS + 2, VISITORS]);
    for (const [name, sequence] of visitors) {
      expect(watched.next.get(name)).toBe(SAID);
      expect(counts(sequence)).toEqual(countsAtLeave.get(name) as never);
    }
  });
});
