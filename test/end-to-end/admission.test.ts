import { describe, expect, jest, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { REFUSED_MAX } from "../../lib/limits/admission.ts";
import { startChatServer } from "../../lib/server.ts";
import { ChatClient } from "../helpers/chat-client.ts";
import { stopClock, turnOver } from "../helpers/clock.ts";
import { descriptors, HAS_PROC, PROC_NOTE } from "../helpers/proc.ts";
import { Program } from "../helpers/program.ts";

const PROMPT = "Enter your name: ";
const FULL = "The server is full; try again later.\n";

stopClock();

describe("at the door", () => {
  test("whoever is too many is told so and closed, and can come when somebody has left", async () => {
    let logged = "";
    await using server = startChatServer({
      port: 0,
      maxClients: 2,
      log: (text) => (logged += text),
    });
    using alice = await ChatClient.join(server.port, "Alice");
    using bob = await ChatClient.join(server.port, "Bob");
    await alice.expect("*** Bob has joined the chat ***\n");
    // More than are told at leisure.
    const refused = await Promise.all(
      Array.from({ length: 20 }, () => ChatClient.connect(server.port)),
    );
    for (const client of refused) client.send("Eve\nhi\n");
    for (const client of refused) await client.expectLast(FULL);
    expect(server.clients).toBe(2);
    bob.halfClose();
    await alice.expect("*** Bob has left the chat ***\n");
    await bob.expectLast("");
    using carol = await ChatClient.join(server.port, "Carol");
    await alice.expect("*** Carol has joined the chat ***\n");
    carol.send("hi\n");
    await alice.expect("Carol: hi\n");
    const [first] = refused as [ChatClient];
    expect(logged).toContain(`refused ${first.address}: server full\n`);
  });

  test("who is refused and does not go holds few descriptors", async () => {
    await using server = startChatServer({ port: 0, maxClients: 1 });
    using alice = await ChatClient.connect(server.port);
    await alice.expect(PROMPT);
    const before = readdirSync("/dev/fd").length;
    const refused: ChatClient[] = [];
    for (let number = 0; number < 50; number++) {
      const client = await ChatClient.connect(server.port);
      client.pause();
      refused.push(client);
    }
    await turnOver();
    expect(readdirSync("/dev/fd").length).toBeLessThanOrEqual(before + 50 + REFUSED_MAX);
    for (const client of refused) client[Symbol.dispose]();
  });

  test("descriptors that something else takes are not taken twice", async () => {
    await using program = new Program(
      "sh",
      "-c",
      'ulimit -n 64; exec "$0" --eval "$1"',
      process.execPath,
      `import { startChatServer } from "./lib/server.ts";
       console.log([0, 0].map((port) => startChatServer({ port }).port).join(" "));`,
    );
    const ports = (await program.stdout.line()).split(" ").map(Number);
    const clients: ChatClient[] = [];
    const connectToBoth = async (count: number, meet: (client: ChatClient) => unknown) => {
      for (let number = 0; number < count; number++) {
        for (const port of ports) {
          const client = await ChatClient.connect(port);
          clients.push(client);
          await meet(client);
        }
      }
    };
    const isAnswered = async (client: ChatClient) =>
      expect([PROMPT, FULL]).toContain(await client.first());
    await connectToBoth(60, isAnswered);
    await connectToBoth(16, (stubborn) => stubborn.pause());
    await connectToBoth(1, isAnswered);
    for (const client of clients) client[Symbol.dispose]();
  });

  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const outer = addresses.find(({ internal, family }) => !internal && family === "IPv4");
  const skipped = outer ? "" : ": skipped, needs a network";
  test.skipIf(!outer)(`of one address there are so many and no more${skipped}`, async () => {
    const host = outer?.address ?? "";
    await using server = startChatServer({ port: 0, hostname: "::", maxClientsPerAddress: 2 });
    using ann = await ChatClient.connect(server.port, host);
    using ben = await ChatClient.connect(server.port, host);
    for (const client of [ann, ben]) await client.expect(PROMPT);
    using cid = await ChatClient.connect(server.port, host);
    await cid.expectLast("Too many connections from your address; close one and try again.\n");
    using local = await ChatClient.connect(server.port, "127.0.0.1");
    await local.expect(PROMPT);
    ben.halfClose();
    await ben.expectLast("");
    using dan = await ChatClient.connect(server.port, host);
    await dan.expect(PROMPT);
  });

  test.skipIf(!outer)(
    `of one address so many join at once, and the others wait${skipped}`,
    async () => {
      const host = outer?.address ?? "";
      await using server = startChatServer({ port: 0, hostname: "::", joinBurst: 2, joinRate: 1 });
      using alice = await ChatClient.join(server.port, "Alice");
      for (const name of ["Ann", "Ben"]) {
        (await ChatClient.connect(server.port, host)).send(`${name}\n`);
        await alice.expect(`*** ${name} has joined the chat ***\n`);
      }
      using cid = await ChatClient.connect(server.port, host);
      cid.send("Cid\n");
      using dan = await ChatClient.join(server.port, "Dan");
      await alice.expect("*** Dan has joined the chat ***\n");
      await cid.expect(PROMPT);
      jest.advanceTimersByTime(1_000);
      await alice.expect("*** Cid has joined the chat ***\n");
      await dan.expect("*** Cid has joined the chat ***\n");
    },
  );

  test("this machine is exempt from the limits for one address, unless it is not trusted", async () => {
    for (const trustLoopback of [true, false]) {
      const limits = { maxClientsPerAddress: 1, joinBurst: 1, joinRate: 1 };
      await using server = startChatServer({ port: 0, trustLoopback, ...limits });
      using alice = await ChatClient.connect(server.port);
      await alice.expect(PROMPT);
      using bob = await ChatClient.connect(server.port);
      if (trustLoopback) await bob.expect(PROMPT);
      else {
        await bob.expectLast("Too many connections from your address; close one and try again.\n");
      }
    }
  });

  test("a server that nobody could get into does not start, and says what it needs", async () => {
    const start = (limit: number) =>
      new Program(
        "sh",
        "-c",
        `ulimit -n ${limit}; exec "$0" run index.ts --port 0`,
        process.execPath,
      );
    await using refused = start(12);
    const complaint = await refused.stderr.line();
    const [, needed] =
      /^natter: the limit on open files is 12, and (\d+) is the least with which anybody can get in; raise it with ulimit -n\.$/.exec(
        complaint,
      ) ?? [];
    expect(await refused.exited).toBe(1);
    await using natter = start(Number(needed));
    const port = await natter.port();
    expect(await natter.stdout.line()).toStartWith("*** 1 client at most, not 10000: ");
    using alice = await ChatClient.join(port, "Alice");
    expect(await natter.stdout.line()).toBe(`Alice (${alice.address}) has joined`);
    await using less = start(Number(needed) - 1);
    expect(await less.stderr.line()).toContain(`anybody can get in`);
  });

  test.skipIf(!HAS_PROC)(
    `two hundred clients for 48 descriptors harm nobody${PROC_NOTE}`,
    async () => {
      await using natter = new Program(
        "sh",
        "-c",
        'ulimit -n 48; echo $$ >&2; exec "$0" run index.ts --port 0',
        process.execPath,
      );
      const pid = Number(await natter.stderr.line());
      const port = await natter.port();
      const warning = await natter.stdout.line();
      const [, most] =
        /^\*\*\* (\d+) clients at most, not 10000: the limit on open files \(ulimit -n\) is too low \*\*\*$/.exec(
          warning,
        ) ?? [];
      expect(Number(most)).toBeWithin(15, 40);

      const clients = await Promise.all(
        Array.from({ length: 200 }, () => ChatClient.connect(port)),
      );
      const first: string[] = [];
      for (const client of clients) first.push(await client.first());
      expect(descriptors(pid)).toBeLessThan(48);
      const inside = clients.filter((_, index) => first[index] === PROMPT);
      expect(inside).toHaveLength(Number(most));
      expect(first.filter((text) => text === FULL)).toHaveLength(200 - Number(most));

      // At the limit `accept` would spin: half a second of it is fifty ticks of the clock.
      const ticks = () => {
        const [, , ...fields] = readFileSync(`/proc/${pid}/stat`, "utf8").split(" ");
        return Number(fields[11]) + Number(fields[12]);
      };
      const before = ticks();
      await using window = new Program("sleep", "0.5");
      await window.exited;
      expect(ticks() - before).toBeLessThan(10);

      const [alice, bob, carol] = inside as [ChatClient, ChatClient, ChatClient];
      alice.send("Alice\n");
      using late = await ChatClient.connect(port);
      await late.expectLast(FULL);
      bob.send("Bob\nhello\n");
      await alice.expect(`*** Bob has joined the chat ***\nBob: hello\n`);
      carol.halfClose();
      await carol.expectLast("");
      using dave = await ChatClient.join(port, "Dave");
      await alice.expect("*** Dave has joined the chat ***\n");
      dave.send("phew\n");
      await bob.expect("*** Dave has joined the chat ***\nDave: phew\n");
      for (const client of clients) client[Symbol.dispose]();
    },
  );

  test.skipIf(!HAS_PROC)(
    `the system asks silent connections for a sign of life${PROC_NOTE}`,
    async () => {
      await using server = startChatServer({ port: 0, keepAliveMs: 5_000 });
      // With the name comes the acknowledgement of the prompt: nothing more is under way.
      using alice = await ChatClient.join(server.port, "Alice");
      const hex = (port: unknown) => Number(port).toString(16).toUpperCase().padStart(4, "0");
      const ports = [server.port, alice.address.split(":").at(-1)].map(hex);
      const sockets = (await Bun.file("/proc/net/tcp").text()).split("\n");
      // Columns of proc(5): both addresses, the state (1 is established), the queues, the timer
      // (2 is keepalive) and when it is due, in hundredths of a second.
      const ours = new RegExp(`\\w+:${ports.join(" \\w+:")} 01 \\w+:\\w+ 02:(\\w+) `);
      const [due = ""] = sockets.flatMap((line) => ours.exec(line)?.[1] ?? []);
      expect(Number.parseInt(due, 16)).toBeWithin(300, 501);
    },
  );
});
