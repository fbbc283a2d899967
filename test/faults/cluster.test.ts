/** Several natters over a real Redis, and what goes wrong between them. `bun run chaos` does more of this. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { APPEND, ENTER, LEAVE, SNAPSHOT } from "../../lib/cluster/scripts.ts";
import { startChatServer, type ChatEvent, type ChatServerOptions } from "../../lib/server.ts";
import { HAS_REDIS, Redis, REDIS_NOTE } from "../chaos/redis.ts";
import { ChatClient } from "../helpers/chat-client.ts";
import { Program } from "../helpers/program.ts";
import { makeCertificates } from "./certificates.ts";

/** On a machine that is busy otherwise. */
setDefaultTimeout(30_000);

/** All that a user of Redis has to be allowed, beside what connecting takes, as the document says. */
const SCALING = await Bun.file(join(import.meta.dir, "../../docs/scaling.md")).text();
const COMMANDS = /^ACL SETUSER .*/m.exec(SCALING)?.[0].match(/\+[\w|]+/g) ?? [];

/** Those among them that are no part of a script. */
const OUTSIDE = ["info", "script|load", "evalsha", "xread", "xrange", "xrevrange"];

const LEASE = ["--cluster-lease", "1s"];
const HAS_OPENSSL = Bun.which("openssl") !== null;
const OPENSSL_NOTE = HAS_OPENSSL ? REDIS_NOTE : ": skipped, needs openssl";

let redis: Redis;
let rooms = 0;

/** A natter that listens on a free port. */
const natter = (url: string, ...flags: string[]) => {
  return Program.natter("--port", "0", "--cluster", url, ...LEASE, ...flags);
};

/** Two natters of a room of their own, with one person each. */
async function pair(url = redis.url(), ...flags: string[]) {
  const room = ["--room", `room${++rooms}`, ...flags];
  const natters = [natter(url, ...room), natter(url, ...room)] as const;
  const [here, there] = [await natters[0].port(), await natters[1].port()];
  const alice = await ChatClient.join(here, "Alice");
  await alice.send("/who\n").expect("*** 1 person is here:\n***   Alice\n");
  const bob = await ChatClient.join(there, "Bob");
  await alice.expect("*** Bob has joined the chat ***\n");
  return {
    alice,
    bob,
    ports: [here, there] as const,
    natters,
    async [Symbol.asyncDispose]() {
      for (const each of natters) await each[Symbol.asyncDispose]();
    },
  };
}

/** Asks who is here until there are so many. */
async function untilHere(client: ChatClient, count: number): Promise<void> {
  for (let times = 1; !client.unread.includes(`*** ${count} people are here:\n`); times++) {
    client.send(`/who\n/asked${times}\n`);
    await client.until(new RegExp(`There is no command /asked${times}\\.`));
  }
}

/** What natter says when it gives up, and its exit code. */
async function failure(program: Program): Promise<string> {
  await using ended = program;
  const said = await ended.stderr.rest();
  return `${await ended.exited} ${said}`;
}

describe.skipIf(!HAS_REDIS)(`several natters over Redis${REDIS_NOTE}`, () => {
  beforeAll(async () => {
    redis = await Redis.start();
  });
  afterAll(async () => {
    await redis?.[Symbol.asyncDispose]();
  });

  test("are one room to people: they talk, whisper, and take other names", async () => {
    await using room = await pair();
    const { alice, bob } = room;
    alice.send("hello\n");
    await bob.expect("Alice: hello\n");
    bob.send("/msg Alice psst\n");
    await bob.expect("[private to Alice] psst\n");
    await alice.expect("[private from Bob] psst\n");
    alice.send("/reply what?\n");
    await alice.expect("[private to Bob] what?\n");
    await bob.expect("[private from Alice] what?\n");
    bob.send("/nick Robert\n");
    for (const each of [alice, bob]) await each.expect("*** Bob is now Robert ***\n");
    for (const each of [alice, bob]) {
      await each.send("/who\n").expect("*** 2 people are here:\n***   Alice\n***   Robert\n");
    }
  });

  test("a name that two want at once goes to one of them", async () => {
    await using room = await pair();
    const { alice, bob, ports } = room;
    const rivals = await Promise.all(ports.map((port) => ChatClient.connect(port)));
    for (const rival of rivals) await rival.expect("Enter your name: ");
    for (const rival of rivals) rival.send("Carol\n");
    for (const each of [alice, bob]) await each.expect("*** Carol has joined the chat ***\n");
    for (const rival of rivals) rival.send("/who\n");
    const answers = await Promise.all(rivals.map((rival) => rival.line()));
    expect(answers.toSorted()).toEqual(["*** 3 people are here:", "The name Carol is taken."]);
  });

  test.each(["SIGTERM", "SIGKILL"] as const)(
    "nothing that is said is lost when Redis is ended by %s and started again",
    async (signal) => {
      await using room = await pair();
      const { alice, bob } = room;
      alice.send("before\n");
      await bob.expect("Alice: before\n");
      await redis.stop(signal);
      alice.send("meanwhile 1\nmeanwhile 2\n");
      bob.send("me too\n");
      await redis.start();
      await bob.expect("Alice: meanwhile 1\nAlice: meanwhile 2\n");
      await alice.expect("Bob: me too\n");
      alice.send("after\n");
      await bob.expect("Alice: after\n");
    },
  );

  test("people are told when Redis is away for long, and when it is back", async () => {
    await using room = await pair();
    const { alice, bob, ports } = room;
    await redis.stop();
    const lost =
      "*** The servers have lost touch; what you say will be delivered when they are back ***\n";
    for (const each of [alice, bob]) await each.expect(lost);
    const carol = await ChatClient.join(ports[0], "Carol");
    await carol.expect("The servers have lost touch; please wait.\n");
    alice.send("hello?\n");
    await redis.start();
    for (const each of [alice, bob]) {
      await each.until(/in touch again/);
      await each.until(/Carol has joined/);
    }
    await bob.until(/Alice: hello\?/);
    carol.send("/who\n");
    await carol.until(/3 people are here/);
  });

  test("whoever waits for Redis when natter is told to stop learns that its line may be lost", async () => {
    await using room = await pair();
    const { alice, natters } = room;
    await redis.stop();
    alice.send("hello?\n/unknown\n");
    await alice.until(/There is no command/);
    natters[0].signal("SIGTERM");
    await alice.until(/shutting down/);
    expect(await natters[0].exited).toBe(0);
    await redis.start();
    expect(alice.unread).toEndWith(
      "*** Your last line may be lost ***\n*** The server is shutting down ***\n",
    );
    expect(alice.unread).not.toContain("in touch again");
  });

  test("nobody joins twice when all is lost that Redis held, and /reply still works", async () => {
    await using room = await pair();
    const { alice, bob } = room;
    bob.send("/msg Alice psst\n");
    await bob.expect("[private to Alice] psst\n");
    await alice.expect("[private from Bob] psst\n");
    await redis.send("FLUSHALL");
    for (const each of [alice, bob]) await each.expect("*** Lines may be missing ***\n");
    for (const each of [alice, bob]) await untilHere(each, 2);
    alice.send("/reply what?\n");
    await bob.until(/\[private from Alice\] what\?\n/);
    for (const each of [alice, bob]) expect(each.unread).not.toContain("joined");
  });

  test("the people of a natter that is killed leave, once", async () => {
    await using room = await pair();
    const { alice, bob, natters } = room;
    natters[1].signal("SIGKILL");
    await alice.expect("*** Bob has left the chat ***\n");
    const again = await ChatClient.join(room.ports[0], "Bob");
    await alice.expect("*** Bob has joined the chat ***\n");
    again.send("I am back\n");
    await alice.expect("Bob: I am back\n");
    await bob.rest();
  });

  test("the people of a natter that was stopped for long have their names again, or like ones", async () => {
    await using room = await pair();
    const { alice, bob, natters, ports } = room;
    const carol = await ChatClient.join(ports[1], "Carol");
    for (const each of [alice, bob]) await each.expect("*** Carol has joined the chat ***\n");
    natters[1].signal("SIGSTOP");
    await alice.expect("*** Bob has left the chat ***\n*** Carol has left the chat ***\n");
    const another = await ChatClient.join(ports[0], "Bob");
    await alice.expect("*** Bob has joined the chat ***\n");
    bob.send("who am I?\n");
    natters[1].signal("SIGCONT");
    await bob.until(/you are Bob-2 now \*\*\*\n/);
    await alice.until(/Bob-2: who am I\?\n/);
    expect(alice.unread).toContain("*** Carol has joined the chat ***\n");
    expect(alice.unread).toContain("*** Bob-2 has joined the chat ***\n");
    another.send("I am Bob now\n");
    await alice.until(/Bob: I am Bob now\n/);
    carol.send("/who\n");
    await carol.until(/4 people are here:\n(?:\*{3} {3}\S+\n){4}/);
    expect(carol.unread).toMatch(/\*{3} {3}Alice\n\*{3} {3}Bob\n/);
  });

  test("the people of a natter that is told to stop come back elsewhere, under their names", async () => {
    await using room = await pair();
    const { alice, bob, natters, ports } = room;
    natters[1].signal("SIGTERM");
    await alice.expect("*** Bob has left the chat ***\n");
    await bob.expectLast("*** The server is shutting down ***\n");
    const again = await ChatClient.join(ports[0], "Bob");
    await alice.expect("*** Bob has joined the chat ***\n");
    expect(await natters[1].exited).toBe(0);
    expect(await natters[1].stdout.rest()).toContain(
      `Bob (${bob.address}) has left: server shutdown\n`,
    );
    again.send("same as ever\n");
    await alice.expect("Bob: same as ever\n");
  });

  test("--reuse-port has two of them on one port", async () => {
    const flags = ["--room", `room${++rooms}`, "--reuse-port"];
    await using one = natter(redis.url(), ...flags);
    const port = await one.port();
    await using _two = Program.natter(
      ...["--port", `${port}`, "--cluster", redis.url(), ...LEASE, ...flags],
    );
    expect(await _two.port()).toBe(port);
    one.signal("SIGTERM");
    expect(await one.exited).toBe(0);
    const alice = await ChatClient.join(port, "Alice");
    await alice.send("/who\n").expect("*** 1 person is here:\n***   Alice\n");
  });

  describe("in a program", () => {
    const start = (options: ChatServerOptions) => {
      const room = `room${rooms}`;
      return startChatServer({ port: 0, clusterLeaseMs: 1_000, room, ...options });
    };

    test("several servers are one room, and go on where Redis does", async () => {
      rooms++;
      await using one = start({ cluster: redis.url(), history: 10 });
      await using two = start({ cluster: redis.url() });
      const alice = await ChatClient.join(one.port, "Alice");
      await alice.send("hello\n/who\n").expect("*** 1 person is here:\n***   Alice\n");
      const bob = await ChatClient.join(two.port, "Bob");
      await alice.expect("*** Bob has joined the chat ***\n");
      bob.send("/msg Alice psst\n");
      await alice.expect("[private from Bob] psst\n");
      await redis.stop("SIGKILL");
      alice.send("meanwhile\n");
      await redis.start();
      await bob.expect("[private to Alice] psst\nAlice: meanwhile\n");
      await redis.send("FLUSHALL");
      await bob.until(/Lines may be missing/);
      await untilHere(bob, 2);
      two.announce("attention");
      await alice.until(/Announcement: attention/);
      expect(one.kick("bob", "go")).toBe(true);
      await bob.until(/sent home: go/);
      await using three = start({ cluster: redis.url(), history: 10 });
      const carol = await ChatClient.join(three.port, "Carol");
      await carol.send("/who\n").until(/2 people are here/);
    });

    test("a right that is taken away later is told once, and all goes on when it is back", async () => {
      rooms++;
      const rights = ["resetchannels", "~natter:*", "+@all"];
      await redis.send("ACL", "SETUSER", "dan", "reset", "on", ">right", ...rights);
      const refusals: string[] = [];
      const onEvent = (event: ChatEvent) => {
        if (event.type === "log refused") refusals.push(event.reason);
      };
      await using one = start({ cluster: redis.url("dan:right"), onEvent });
      await using two = start({ cluster: redis.url() });
      const alice = await ChatClient.join(one.port, "Alice");
      await alice.send("/who\n").expect("*** 1 person is here:\n***   Alice\n");
      const bob = await ChatClient.join(two.port, "Bob");
      await alice.expect("*** Bob has joined the chat ***\n");
      await redis.send("ACL", "SETUSER", "dan", "-xread");
      // Redis has asked for its rights who waits for a line already.
      bob.send("one\n");
      await alice.expect("Bob: one\n");
      bob.send("two\n");
      await alice.expect(
        "*** The servers have lost touch; what you say will be delivered when they are back ***\n",
      );
      expect(refusals).toEqual([expect.stringContaining("does not let this user do")]);
      await redis.send("ACL", "SETUSER", "dan", "+xread");
      await alice.until(/in touch again/);
      bob.send("three\n");
      await alice.until(/Bob: three/);
    });

    test.each([["ann:wrong", "Redis refuses the name or the password; check the URL."]])(
      "%s is refused, and the program is told why",
      async (user, reason) => {
        await redis.send("ACL", "SETUSER", "ann", "reset", "on", ">right", "~*", "+@all");
        const refusal = Promise.withResolvers<string>();
        const onEvent = (event: ChatEvent) => {
          if (event.type === "cluster unusable") refusal.resolve(event.reason);
        };
        await using _server = start({ cluster: redis.url(user), onEvent });
        expect(await refusal.promise).toBe(reason);
      },
    );
  });

  describe("ends with a sentence", () => {
    const room = () => ["--room", `room${++rooms}`];

    test("if the password is wrong", async () => {
      await redis.send("ACL", "SETUSER", "ann", "reset", "on", ">right", "~*", "+@all");
      await using folder = fileWith(redis.url("ann:wrong"));
      const program = Program.natter("--port", "0", "--cluster-file", folder.file, ...room());
      expect(await failure(program)).toBe(
        "1 natter: Redis refuses the name or the password; check the URL.\n",
      );
    });

    test("if the user may not do what is needed", async () => {
      const allowed = COMMANDS.filter((command) => command !== "+xadd");
      await redis.send("ACL", "SETUSER", "ben", "reset", "on", ">right", "~natter:*", ...allowed);
      await using folder = fileWith(redis.url("ben:right"));
      const program = Program.natter("--port", "0", "--cluster-file", folder.file, ...room());
      expect(await failure(program)).toMatch(
        /^1 natter: Redis does not let this user do what is needed \(.*\); check its ACL\.\n$/,
      );
    });

    test("if it cannot listen, and takes part in the room no longer", async () => {
      await using server = startChatServer({ port: 0 });
      const { port } = server;
      const said = await failure(
        Program.natter("--port", String(port), "--cluster", redis.url(), ...room()),
      );
      expect(said).toBe(
        `1 natter: 127.0.0.1:${port} is in use; stop what uses it or choose another port with --port.\n`,
      );
    });

    test("if Redis may delete what the room needs", async () => {
      await redis.send("CONFIG", "SET", "maxmemory", "1gb", "maxmemory-policy", "allkeys-lru");
      const said = await failure(natter(redis.url(), ...room()));
      await redis.send("CONFIG", "SET", "maxmemory", "0", "maxmemory-policy", "noeviction");
      expect(said).toBe(
        "1 natter: Redis may delete what the room needs (maxmemory-policy allkeys-lru); set it to noeviction.\n",
      );
    });

    test("if the password is on the command line", async () => {
      expect(await failure(natter(redis.url("ann:secret")))).toBe(
        "2 natter: --cluster has a password, which others on this machine can see; give the URL in a file with --cluster-file, or in the variable NATTER_CLUSTER.\n",
      );
    });
  });

  test("the commands that a user of Redis is allowed are those that are used", () => {
    const calls = [ENTER, SNAPSHOT, APPEND, LEAVE].flatMap((script) => {
      return [...script.matchAll(/call\('([A-Z]+)'/g)].map(([, name = ""]) => name.toLowerCase());
    });
    const used = new Set([...OUTSIDE, ...calls].map((name) => `+${name}`));
    const allowed = COMMANDS.map((name) => name.replace("xinfo|stream", "xinfo"));
    expect(allowed.toSorted()).toEqual([...used].toSorted());
  });

  test("a user of Redis with these commands alone is enough", async () => {
    const keys = ["resetchannels", "~natter:*"];
    await redis.send("ACL", "SETUSER", "cid", "reset", "on", ">right", ...keys, ...COMMANDS);
    await redis.send("ACL", "LOG", "RESET");
    await using folder = fileWith(redis.url("cid:right"));
    const flags = ["--cluster-file", folder.file, "--history", "10", ...LEASE];
    const room = ["--port", "0", "--room", `room${++rooms}`];
    await using one = Program.natter(...room, ...flags);
    await using two = Program.natter(...room, ...flags);
    const alice = await ChatClient.join(await one.port(), "Alice");
    await alice.send("hello\n/who\n").expect("*** 1 person is here:\n***   Alice\n");
    const bob = await ChatClient.join(await two.port(), "Bob");
    await alice.expect("*** Bob has joined the chat ***\n");
    await bob.expect("*** 1 line from before you came:\nAlice: hello\n*** This is now:\n");
    bob.send("/msg Alice psst\n");
    await alice.expect("[private from Bob] psst\n");
    alice.send("/msg Bob what?\n");
    await bob.expect("[private to Alice] psst\n[private from Alice] what?\n");
    await redis.send("DEL", `natter:{room${rooms}}:log`);
    bob.send("/nick Robert\n");
    await alice.until(/Bob is now Robert/);
    two.signal("SIGKILL");
    await alice.until(/Robert has left the chat/);
    one.signal("SIGTERM");
    expect(await one.exited).toBe(0);
    expect(await redis.send<unknown[]>("ACL", "LOG")).toEqual([]);
  });
});

describe.skipIf(!HAS_REDIS || !HAS_OPENSSL)(`rediss://${OPENSSL_NOTE}`, () => {
  let certificates: ReturnType<typeof makeCertificates>;
  let secure: Redis;
  beforeAll(async () => {
    certificates = makeCertificates();
    const { flags } = certificates;
    secure = await Redis.start({ isTls: true, flags });
  });
  afterAll(async () => {
    await secure?.[Symbol.asyncDispose]();
    certificates?.[Symbol.dispose]();
  });

  test("works with the own authority that NODE_EXTRA_CA_CERTS names", async () => {
    const flags = ["--port", "0", "--cluster", secure.url(), ...LEASE];
    const variable = `NODE_EXTRA_CA_CERTS=${certificates.authority}`;
    await using program = new Program("env", variable, process.execPath, "index.ts", ...flags);
    const alice = await ChatClient.join(await program.port(), "Alice");
    await alice.send("/who\n").expect("*** 1 person is here:\n***   Alice\n");
  });

  test("ends with a sentence if the certificate is not trusted", async () => {
    expect(await failure(natter(secure.url()))).toBe(
      "1 natter: TLS with Redis fails (unable to verify the first certificate); check its certificate, and that it speaks TLS on this port.\n",
    );
  });
});

/** A file that holds a URL, in a folder of its own. */
function fileWith(url: string): { file: string } & AsyncDisposable {
  const folder = mkdtempSync(`${tmpdir()}/natter-url-`);
  writeFileSync(`${folder}/url`, `${url}\n`);
  const remove = async () => rmSync(folder, { recursive: true });
  return { file: `${folder}/url`, [Symbol.asyncDispose]: remove };
}
