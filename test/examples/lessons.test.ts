/** The faults of each example that docs/howto.md names, and that the next example corrects. */
import { describe, expect, jest, test } from "bun:test";
import { ChatClient } from "../helpers/chat-client.ts";
import { stopClock, turnOver, until } from "../helpers/clock.ts";
import { RunningExample } from "./running-example.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const IDLE_MS = 300_000;
const PROMPT = "Enter your name: ";

stopClock();

const connect = ({ port }: RunningExample) => ChatClient.connect(port, "127.0.0.1", false);

async function join(example: RunningExample, name: string): Promise<ChatClient> {
  const client = await connect(example);
  await client.expect(PROMPT);
  return client.send(`${name}\n`);
}

/** Two in the chat, with the announcement of the second already read. */
async function aliceAndBob(example: RunningExample) {
  const alice = await join(example, "Alice");
  const bob = await join(example, "Bob");
  await alice.expect("*** Bob has joined the chat ***\n");
  return { alice, bob };
}

/** Far more than a system keeps for a reader that stalls, in lines below the limit. */
const FLOOD = Array.from({ length: 400 }, (_, number) => `${number} ${"x".repeat(60_000)}`);

/** Bob says the flood while Alice reads nothing. */
async function flood(alice: ChatClient, bob: ChatClient, example: RunningExample): Promise<void> {
  alice.pause();
  bob.send(`${FLOOD.join("\n")}\n`);
  await example.saw(`Bob: ${FLOOD.at(-1)}\n`);
}

describe("docs/howto.md, what goes wrong", () => {
  test("2: two lines come as one chunk, and a short write loses what was not accepted", async () => {
    using example = await RunningExample.run("02-echo.ts");
    const alice = await connect(example);
    await alice.send("one\ntwo\n").expect("8 bytes: one\ntwo\n");
    alice.pause();
    alice.send("x".repeat(20_000_000));
    expect(await example.logged(/^Short write: (\d+) of (\d+)$/)).toBeTruthy();
  });

  test("3: lines are found whole, a character cut in two included, and one without end is cut", async () => {
    using example = await RunningExample.run("03-broadcast.ts");
    const alice = await connect(example);
    await alice.expect("You are Client 1.\n");
    const bob = await connect(example);
    await bob.expect("You are Client 2.\n");
    for (const byte of Buffer.from("Zoë 👋\n")) {
      bob.send(Uint8Array.of(byte));
      await turnOver();
    }
    await alice.expect("Client 2: Zoë 👋\n");
    bob.send(`${"x".repeat(1_000_000)}\nnext\n`);
    await alice.expect(`Client 2: ${"x".repeat(65_536)}\nClient 2: next\n`);
  });

  test("4: nobody is told who leaves", async () => {
    using example = await RunningExample.run("04-names.ts");
    const { alice, bob } = await aliceAndBob(example);
    bob.halfClose();
    await bob.expectLast("");
    await join(example, "Carol");
    await alice.expect("*** Carol has joined the chat ***\n");
  });

  test("5: a departure is announced once, and a silent client stays for ever", async () => {
    using example = await RunningExample.run("05-leaving.ts");
    const { alice, bob } = await aliceAndBob(example);
    bob.reset();
    await alice.expect("*** Bob has left the chat ***\n");
    jest.advanceTimersByTime(30 * DAY_MS);
    const carol = await join(example, "Carol");
    await alice.expect("*** Carol has joined the chat ***\n");
    carol.halfClose();
    await alice.expect("*** Carol has left the chat ***\n");
  });

  test("5: `end` runs the close handler before it returns", async () => {
    const order: string[] = [];
    using listener = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: {
        open(socket) {
          socket.end();
          order.push("end has returned");
        },
        data() {},
        close: () => void order.push("close"),
      },
    });
    const client = await ChatClient.connect(listener.port, "127.0.0.1", false);
    await client.expectLast("");
    expect(order).toEqual(["close", "end has returned"]);
  });

  test("6: a line starts the timeout anew, part of one does not, and two may have one name", async () => {
    using example = await RunningExample.run("06-idle.ts");
    const alice = await join(example, "Alice");
    const eve = await join(example, "Alice");
    await alice.expect("*** Alice has joined the chat ***\n");
    jest.advanceTimersByTime(0.6 * IDLE_MS);
    eve.send("I owe everybody lunch\n");
    await alice.expect("Alice: I owe everybody lunch\n");
    alice.send("unfinished");
    jest.advanceTimersByTime(0.6 * IDLE_MS);
    await alice.expectLast("Disconnected: idle timeout.\n");
    await eve.expect("*** Alice has left the chat ***\n");
  });

  test("7: a reader that stalls loses lines without a word, one of them in part", async () => {
    using example = await RunningExample.run("07-unique.ts");
    const { alice, bob } = await aliceAndBob(example);
    await flood(alice, bob, example);
    alice.resume();
    alice.halfClose();
    const lines = (await alice.rest()).split("\n");
    const said = new Set(FLOOD.map((line) => `Bob: ${line}`));
    const whole = lines.filter((line) => said.has(line));
    expect(whole.length).toBeLessThan(FLOOD.length / 2);
    const broken = lines.filter((line) => line !== "" && !said.has(line));
    expect(broken[0]).toMatch(/^Bob: \d+ x+/);
    expect(lines.join("")).not.toContain("***");
  });

  test("8: its lines arrive whole, and it is told how many do not", async () => {
    using example = await RunningExample.run("08-queue.ts");
    const { alice, bob } = await aliceAndBob(example);
    await flood(alice, bob, example);
    alice.resume();
    await alice.until(/\*\*\* Too slow\. Lines skipped: \d+ \*\*\*\n$/);
    const [, skipped] = /skipped: (\d+)/.exec(alice.unread) ?? [];
    const told = FLOOD.length - Number(skipped);
    const said = FLOOD.slice(0, told).map((line) => `Bob: ${line}\n`);
    await alice.expect(`${said.join("")}*** Too slow. Lines skipped: ${skipped} ***\n`);
    bob.send("still here\n");
    await alice.expect("Bob: still here\n");
  });

  test("8: last words and a last line without its end are lost", async () => {
    using example = await RunningExample.run("08-queue.ts");
    const { alice, bob } = await aliceAndBob(example);
    bob.send("whole\nhi").halfClose();
    await alice.expect("Bob: whole\n*** Bob has left the chat ***\n");
    await flood(alice, await join(example, "Bob"), example);
    jest.advanceTimersByTime(IDLE_MS);
    alice.resume();
    expect(await alice.rest()).not.toContain("Disconnected: idle timeout.\n");
  });

  test("9: they arrive, behind all that was queued", async () => {
    using example = await RunningExample.run("09-half-close.ts");
    const { alice, bob } = await aliceAndBob(example);
    alice.pause();
    bob.send(`${FLOOD.join("\n")}\nhi`).halfClose();
    await example.saw("Bob: hi\n*** Bob has left the chat ***\n");
    jest.advanceTimersByTime(IDLE_MS);
    alice.resume();
    const heard = await alice.rest();
    expect(heard).toEndWith("Disconnected: idle timeout.\n");
    expect(heard).toMatch(/\n\*\*\* Too slow\. Lines skipped: \d+ \*\*\*\n/);
  });

  test("9: a client that does not close is gone after five seconds", async () => {
    using example = await RunningExample.run("09-half-close.ts");
    using client = await connect(example);
    client.lingers = true;
    jest.advanceTimersByTime(IDLE_MS);
    await client.rest();
    jest.advanceTimersByTime(5_000);
    await until(() => client.isClosed);
  });

  for (const [file, writes] of [
    ["09-half-close.ts", 3_000],
    ["10-turn.ts", 3],
  ] as const) {
    test(`10: a paste of a thousand lines to three readers in ${file}: ${writes} writes`, async () => {
      using example = await RunningExample.run(file);
      const readers = [];
      for (const name of ["Alice", "Carol", "Dora"]) readers.push(await join(example, name));
      const bob = await join(example, "Bob");
      for (const reader of readers) await reader.until(/Bob has joined the chat \*\*\*\n$/);
      example.writes = 0;
      bob.send("line\n".repeat(1_000));
      for (const reader of readers) await reader.until(/(Bob: line\n){1000}$/);
      expect(example.writes).toBe(writes);
    });
  }

  test("10: escape sequences reach other people's terminals, and in 11 they do not", async () => {
    for (const [file, seen] of [
      ["10-turn.ts", "Bob: \x1b[2Jboo\x07\n"],
      ["11-complete.ts", "Bob: [2Jboo\n"],
    ] as const) {
      using example = await RunningExample.run(file);
      const { alice, bob } = await aliceAndBob(example);
      bob.send("\x1b[2Jboo\x07\n");
      await alice.expect(seen);
    }
  });
});
