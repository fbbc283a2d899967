import { describe, expect, jest, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { startChatServer } from "../../lib/server.ts";
import { ChatClient } from "../helpers/chat-client.ts";
import { stopClock, turnOver, until } from "../helpers/clock.ts";
import { ProcessClock } from "./process-clock.ts";

/** On a machine that is busy otherwise. */
setDefaultTimeout(30_000);

const HOUR_S = 3_600;
const YEAR_S = 8_766 * HOUR_S;
const IDLE = "Disconnected: idle timeout.\n";
const NAMELESS = "Disconnected: no name given.\n";

describe("in process", () => {
  stopClock({ leavesNoTimer: true });

  test("a system clock that jumps moves no deadline and no limit", async () => {
    await using server = startChatServer({ port: 0, lineBurst: 3, lineRate: 1 });
    using alice = await ChatClient.join(server.port, "Alice");
    using bob = await ChatClient.join(server.port, "Bob");
    await alice.expect("*** Bob has joined the chat ***\n");
    using nameless = await ChatClient.connect(server.port);
    await nameless.expect("Enter your name: ");
    bob.send("one\ntwo\nthree\n");
    await alice.expect("Bob: one\nBob: two\n");
    for (const date of ["2200-01-01", "1970-01-01"]) {
      jest.setSystemTime(new Date(date));
      jest.advanceTimersByTime(499);
      for (let turn = 0; turn < 10; turn++) await turnOver();
      expect([alice.unread, nameless.unread]).toEqual(["", ""]);
    }
    jest.advanceTimersByTime(2);
    await alice.expect("Bob: three\n");
    jest.advanceTimersByTime(58_999);
    await turnOver();
    expect(nameless.unread).toBe("");
    jest.advanceTimersByTime(1);
    await nameless.expectLast(NAMELESS);
    jest.setSystemTime(new Date("2200-01-01"));
    jest.advanceTimersByTime(239_999);
    expect(server.clients).toBe(2);
    jest.advanceTimersByTime(1);
    await alice.expectLast(IDLE);
  });

  test("a leap of hours disconnects all who were silent, each once, and nobody who comes after", async () => {
    let logged = "";
    await using server = startChatServer({ port: 0, log: (text) => (logged += text) });
    const people: ChatClient[] = [];
    for (const name of ["Alice", "Bob", "Carol"]) {
      people.push(await ChatClient.join(server.port, name));
      await people[0]?.expect(name === "Alice" ? "" : `*** ${name} has joined the chat ***\n`);
    }
    using nameless = await ChatClient.connect(server.port);
    await nameless.expect("Enter your name: ");
    jest.advanceTimersByTime(6 * HOUR_S * 1_000);
    await nameless.expectLast(NAMELESS);
    for (const client of people) expect(goodbyes(await client.rest())).toEqual([IDLE]);
    expect(logged.match(/\w+(?= .* has left: idle timeout\n)/g)).toEqual(["Alice", "Bob", "Carol"]);
    using dave = await ChatClient.join(server.port, "Dave");
    using erin = await ChatClient.join(server.port, "Erin");
    erin.send("anybody here?\n");
    await dave.expect("*** Erin has joined the chat ***\nErin: anybody here?\n");
    expect([server.clients, logged.includes("error")]).toEqual([2, false]);
  });
});

const isAvailable = ProcessClock.isAvailable();
const note = isAvailable ? "" : ": skipped, needs Linux and a C compiler, cc";

describe("in a process of its own", () => {
  test.skipIf(!isAvailable)(
    `a system clock that jumps disconnects nobody and refills no budget${note}`,
    async () => {
      using clock = new ProcessClock();
      await using natter = clock.natter("--port", "0", "--line-burst", "5", "--line-rate", "0.01");
      const port = await natter.port();
      using alice = await ChatClient.join(port, "Alice");
      using bob = await ChatClient.join(port, "Bob");
      await alice.expect("*** Bob has joined the chat ***\n");
      for (const [index, systemS] of [-YEAR_S, 10 * YEAR_S, -10 * YEAR_S].entries()) {
        clock.set({ systemS, monotonicS: 0 });
        bob.send(`${index}\n`);
        await alice.expect(`Bob: ${index}\n`);
        using visitor = await ChatClient.join(port, `n${index}`);
        await alice.expect(`*** n${index} has joined the chat ***\n`);
        visitor.halfClose();
        await alice.expect(`*** n${index} has left the chat ***\n`);
      }
      // The name was his first line, and one of five is left.
      bob.send("last\nheld back\n");
      await alice.expect("Bob: last\n");
      for (const [index, systemS] of [YEAR_S, -YEAR_S].entries()) {
        clock.set({ systemS, monotonicS: 0 });
        using visitor = await ChatClient.join(port, `m${index}`);
        await alice.expect(`*** m${index} has joined the chat ***\n`);
        visitor.halfClose();
        await alice.expect(`*** m${index} has left the chat ***\n`);
      }
      // A minute more than it takes to refill by one. Any event shows that the time is over.
      clock.set({ systemS: 0, monotonicS: 160 });
      using _visitor = await ChatClient.connect(port);
      await alice.expect("Bob: held back\n");
      expect(natter.stderr.unread).toBe("");
    },
  );

  test.skipIf(!isAvailable)(
    `what came while the process stood still is read before anybody counts as silent${note}`,
    async () => {
      using clock = new ProcessClock();
      await using natter = clock.natter("--port", "0");
      const port = await natter.port();
      using alice = await ChatClient.join(port, "Alice");
      using bob = await ChatClient.join(port, "Bob");
      await alice.expect("*** Bob has joined the chat ***\n");
      using carol = await ChatClient.connect(port);
      await carol.expect("Enter your name: ");
      natter.signal("SIGSTOP");
      await until(() => /^State:\tT/m.test(readFileSync(`/proc/${natter.pid}/status`, "utf8")));
      bob.send("are you there?\n");
      carol.send("Carol\n");
      clock.set({ systemS: HOUR_S, monotonicS: HOUR_S });
      natter.signal("SIGCONT");
      const news = [await alice.line(), await alice.line()];
      expect(news.toSorted()).toEqual(["*** Carol has joined the chat ***", "Bob: are you there?"]);
      // She has said nothing all the time.
      await alice.expectLast(IDLE);
      bob.send("and now?\n");
      while ((await carol.line()) !== "Bob: and now?");
      expect(natter.stderr.unread).toBe("");
    },
  );

  test.skipIf(!isAvailable)(
    `a leap of hours disconnects all who were silent, each once, and nobody who comes after${note}`,
    async () => {
      using clock = new ProcessClock();
      await using natter = clock.natter("--port", "0");
      const port = await natter.port();
      using alice = await ChatClient.join(port, "Alice");
      using bob = await ChatClient.join(port, "Bob");
      await alice.expect("*** Bob has joined the chat ***\n");
      using nameless = await ChatClient.connect(port);
      // The second prompt comes when the deadline for its answer has been set.
      nameless.send("\n");
      await nameless.expect("Enter your name: Enter your name: ");
      clock.set({ systemS: 6 * HOUR_S, monotonicS: 6 * HOUR_S });
      using carol = await ChatClient.join(port, "Carol");
      await nameless.expectLast(NAMELESS);
      for (const client of [alice, bob]) expect(goodbyes(await client.rest())).toEqual([IDLE]);
      using dave = await ChatClient.join(port, "Dave");
      dave.send("still here?\n");
      while ((await carol.line()) !== "Dave: still here?");
      natter.signal("SIGTERM");
      for (const client of [carol, dave]) await client.rest();
      expect(await natter.exited).toBe(0);
      const log = await natter.stdout.rest();
      expect(log.match(/\w+(?= .* has left: idle timeout\n)/g)?.toSorted()).toEqual([
        "Alice",
        "Bob",
      ]);
      expect(await natter.stderr.rest()).toBe("");
    },
  );
});

/** The sentences with which somebody was disconnected. */
function goodbyes(text: string): string[] {
  return text.match(/Disconnected: .*\n/g) ?? [];
}
