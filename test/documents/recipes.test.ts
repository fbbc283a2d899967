import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { appendFileSync } from "node:fs";
import { startChatServer, type ChatServer, type ChatServerOptions } from "../../lib/server.ts";
import { ChatClient } from "../helpers/chat-client.ts";
import { Inbox } from "../helpers/inbox.ts";
import { NC_NOTE as nc } from "../helpers/nc.ts";
import { Screens } from "../helpers/screens.ts";
import { BLOCKS, blocksBelow, Folder, needs, REPLACED } from "./recipes.ts";

/** Some recipes use features that only GNU's tail and sed have. */
const isGnu = needs("tail") === "" && Bun.spawnSync(["tail", "--version"]).stdout.includes("GNU");
const gnu = isGnu ? needs("bash") : ": skipped, needs GNU's tail";

let place: Folder;
let log: Inbox;
let server: ChatServer;
beforeEach(() => {
  place = new Folder();
  log = new Inbox();
  server = start({ port: 0 });
});
afterEach(async () => {
  await place[Symbol.asyncDispose]();
  await server.stop();
});

function start(options: ChatServerOptions): ChatServer {
  return startChatServer({
    closeTimeoutMs: 100,
    log: (text) => log.push(Buffer.from(text)),
    ...options,
  });
}

/** A person who is in, as the log says. */
async function join(name: string): Promise<ChatClient> {
  const person = await ChatClient.join(server.port, name);
  await log.expect(`${name} (${person.address}) has joined\n`);
  return person;
}

describe("docs/recipes.md", () => {
  test("has only recipes that are tested", () => {
    expect(new Set(BLOCKS.map(({ heading }) => heading))).toEqual(
      new Set([
        "Pipe a log into the chat",
        "A bot in ten lines",
        "Watch for a word",
        "Edit your line while others talk",
        "Run it under systemd",
        "Let in your own network, or a tunnel",
        "Encrypt it with TLS",
        "Open it only to users of this machine",
        "Put HAProxy or stunnel in front",
        "Let systemd open the port",
        "Embed it in a program",
      ]),
    );
  });

  test("has everything that the tests replace", () => {
    const isThere = (text: string) => BLOCKS.some((block) => block.code.includes(text));
    expect(REPLACED.filter((text) => !isThere(text))).toEqual([]);
  });

  test("has no line of more than 100 characters", async () => {
    const document = await Bun.file(`${import.meta.dir}/../../docs/recipes.md`).text();
    expect(document.split("\n").filter((line) => line.length > 100)).toEqual([]);
  });
});

describe("a log in the chat", () => {
  const [whole, growing, lasting] = blocksBelow("Pipe a log into the chat", "sh", "sh", "bash");

  test.skipIf(nc !== "")(`arrives whole, with no command in it, and leaves${nc}`, async () => {
    using alice = await join("Alice");
    place.write("backup.log", "saved\n/quit\n\nlast");
    const program = place.run(whole, server);
    await alice.expect("*** backup-log has joined the chat ***\n");
    await alice.expect(
      "backup-log: | saved\nbackup-log: | /quit\nbackup-log: |\nbackup-log: | last\n",
    );
    await alice.expect("*** backup-log has left the chat ***\n");
    expect([await program.stdout.rest(), await program.exited]).toEqual(["", 0]);
  });

  test.skipIf(nc !== "")(`stays outside when its name is taken${nc}`, async () => {
    using other = await join("backup-log");
    place.write("backup.log", "saved\nlast\n");
    expect(await place.run(whole, server).exited).toBe(0);
    expect([other.unread, log.unread]).toEqual(["", ""]);
  });

  test.skipIf(nc + gnu !== "")(`arrives as it grows${nc || gnu}`, async () => {
    using alice = await join("Alice");
    const file = place.write("app.log", "one\n");
    place.run(growing, server);
    await alice.expect("*** app-log has joined the chat ***\napp-log: | one\n");
    appendFileSync(file, "two\n");
    await alice.expect("app-log: | two\n");
  });

  test.skipIf(gnu !== "")(
    `comes back when the server does, and goes with the script${gnu}`,
    async () => {
      const file = place.write("app.log", "one\n");
      const program = place.run(lasting, server);
      expect(await log.line()).toMatch(/^app-log .* has joined$/);
      await log.expect("app-log: | one\n");
      const { port } = server;
      await server.stop();
      expect(await log.line()).toEndWith("has left: server shutdown");
      appendFileSync(file, "two\n");
      server = start({ port });
      expect(await log.line()).toMatch(/^app-log .* has joined$/);
      await log.expect("app-log: | one\napp-log: | two\n");
      program.signal("SIGTERM");
      expect(await log.line()).toMatch(/^app-log .* has left: (closed|reset)$/);
    },
  );
});

const bots = blocksBelow("A bot in ten lines", "bash", "ts").map((block) => {
  const missing = block.language === "bash" ? needs("bash") : "";
  return { ...block, missing };
});
for (const bot of bots) {
  describe.skipIf(bot.missing !== "")(`the bot in ${bot.language}${bot.missing}`, () => {
    const ANSWER = /^clock-bot: Alice: it is \d\d:\d\d\.$/;

    test("answers only questions, and ends with the server", async () => {
      using alice = await join("Alice");
      const program = place.run(bot, server);
      await alice.expect("*** clock-bot has joined the chat ***\n");
      // The first question comes together with the prompt.
      alice.send("!time\n");
      expect(await alice.line()).toMatch(ANSWER);
      alice.send("Bob: !time\n/me : !time\n!time?\n/msg clock-bot !time\n!time\n");
      expect(await alice.line()).toBe("[private to clock-bot] !time");
      expect(await alice.line()).toMatch(ANSWER);
      alice.send("/who\n");
      expect(await alice.line()).toBe("*** 2 people are here:");
      const stopped = server.stop();
      expect(await program.exited).toBe(0);
      expect((await program.stdout.rest()) + (await program.stderr.rest())).toBe("");
      alice.close();
      await stopped;
    });

    test("gives a sign of life", async () => {
      using room = new SilentRoom();
      place.run(bot, room, true);
      await room.begin();
      let line = "";
      // A bot that waits for only 0.3 seconds may have given up half way. So it is asked again.
      while (line === "") {
        room.send("Alice: !time\n");
        line = await room.heard.line();
      }
      expect(`clock-bot: ${line}`).toMatch(ANSWER);
    });
  });
}

test("the bot in ts takes no chunk for a line", async () => {
  using room = new SilentRoom();
  place.run(bots[1] as (typeof bots)[0], room, true);
  await room.begin();
  // Each part arrives before the next is sent. Two signs of life show that: one was on its way already.
  for (const chunk of ["Zo\xc3", "\xa9: !ti"]) {
    room.send(Buffer.from(chunk, "latin1"));
    await room.heard.expect("\n\n");
  }
  room.send("me\nBob: !time\n");
  const answered: (string | undefined)[] = [];
  while (answered.length < 2) {
    const line = await room.heard.line();
    if (line !== "") answered.push(line.split(": ")[0]);
  }
  expect(answered).toEqual(["Zoé", "Bob"]);
});

describe("watching for a word", () => {
  const [watch] = blocksBelow("Watch for a word", "bash");
  const missing = nc || needs("bash", "grep");

  test.skipIf(missing !== "")(`tells who said it, and ends with the server${missing}`, async () => {
    place.write("notify-send", `#!/bin/sh\nprintf '[%s]\\n' "$@"\n`, 0o700);
    using alice = await join("Alice");
    const program = place.run(watch, server);
    await alice.expect("*** watcher has joined the chat ***\n");
    alice.send("Deploy at noon?\nno, redeployed\n/me has to deploy\n");
    await program.stdout.expect("[Alice: Deploy at noon?]\n");
    using deploy = await ChatClient.join(server.port, "deploy");
    await alice.expect("*** deploy has joined the chat ***\n");
    deploy.send("I am called that\nbut I deploy\n");
    await program.stdout.expect("[deploy: but I deploy]\n");
    alice.close();
    deploy.close();
    await server.stop();
    await program.stdout.expectLast("");
    expect(await program.exited).toBe(0);
  });
});

describe("editing a line", () => {
  const blocks = blocksBelow("Edit your line while others talk", "sh", "sh", "sh");
  const programs = ["nc", "ncat", "socat"];

  for (const [at, block] of blocks.entries()) {
    const program = programs[at] as string;
    const missing = (program === "nc" ? nc : "") || needs("tmux", "stty", program);
    test.skipIf(missing !== "")(
      `works with ${program}, and others are shown above it${missing}`,
      async () => {
        using bob = await join("Bob");
        await using screens = await Screens.open();
        const command = `${place.fit(block, server)}\necho done; exec cat`;
        const screen = await screens.run(program, 80, 10, command);
        await screen.shows(["Enter your name:"]);
        await screen.type("Alice\r");
        await bob.expect("*** Alice has joined the chat ***\n");
        await screen.type("/editor raw\r");
        await screen.shows(["*** The line editor is on. Type /editor to change that."], 0);
        await screen.type("half a l");
        bob.send("hi Alice\n");
        await screen.shows(["Bob: hi Alice", "half a l"], 8);
        await screen.press("Home");
        await screen.type("not ");
        await screen.press("Enter");
        await bob.expect("Alice: not half a l\n");
        await screen.shows(["Bob: hi Alice", "Alice: not half a l"], 0);
        await screen.press("C-d");
        await bob.expect("*** Alice has left the chat ***\n");
        if (program !== "ncat") return await screen.shows(["*** Goodbye.", "done"]);
        // It ends when it finds that nobody reads what is typed: at the second key that it sends alone.
        await screen.shows(["*** Goodbye."]);
        while ((await screen.look()).rows.at(-1) !== "done") await screen.press("Enter");
      },
      20_000,
    );
  }
});

describe("a program with a chat in it", () => {
  const [embedding] = blocksBelow("Embed it in a program", "ts");

  test("shows what was said on its page, and tells everyone when it ends", async () => {
    const program = place.run(embedding);
    const [, port] = /^Join with: nc 127\.0\.0\.1 (\d+)$/.exec(await program.stdout.line()) ?? [];
    const [, url = ""] = /^Read on (.*)$/.exec(await program.stdout.line()) ?? [];
    using alice = await ChatClient.join(Number(port), "Alice");
    await program.stdout.expect(`Alice (${alice.address}) has joined\n`);
    const lines = Array.from({ length: 21 }, (_, number) => `Alice: <b>${number}`);
    alice.send(lines.map((line) => `${line.slice("Alice: ".length)}\n`).join(""));
    await program.stdout.expect(lines.map((line) => `${line}\n`).join(""));
    const response = await fetch(url);
    expect(response.headers.get("content-type")).toStartWith("text/plain");
    expect(await response.text()).toBe(lines.slice(1).join("\n"));
    program.signal("SIGINT");
    await alice.expectLast("*** The server is shutting down ***\n");
    expect(await program.exited).toBe(0);
  });
});

/** A server for one client that says what a test wants. */
class SilentRoom implements Disposable {
  readonly heard = new Inbox();
  readonly #visitor = Promise.withResolvers<Bun.Socket>();
  #socket: Bun.Socket | undefined;
  readonly #listener = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open: (socket) => this.#visitor.resolve(socket),
      data: (_, bytes) => this.heard.push(bytes),
      close: () => this.heard.finish(),
    },
  });

  get port(): number {
    return this.#listener.port;
  }

  /** Asks for a name, and sees the first sign of life. */
  async begin(): Promise<void> {
    this.#socket = await this.#visitor.promise;
    this.#socket.setNoDelay(true);
    this.send("Enter your name: ");
    await this.heard.expect("clock-bot\n\n");
  }

  send(data: string | Uint8Array): void {
    this.#socket?.write(data);
  }

  [Symbol.dispose](): void {
    this.#listener.stop(true);
  }
}
