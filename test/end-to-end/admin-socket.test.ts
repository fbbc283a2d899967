import { describe, expect, jest, spyOn, test } from "bun:test";
import { existsSync, statSync } from "node:fs";
import { AdminSocket } from "../../lib/admin/admin-socket.ts";
import { Chat } from "../../lib/chat.ts";
import { describeStartError } from "../../lib/cli/start-error.ts";
import { WriteHalf } from "../../lib/connection/write-half.ts";
import type { ChatEvent } from "../../lib/events.ts";
import type { LogSink } from "../../lib/operator/log.ts";
import { resolveOptions } from "../../lib/options/settings.ts";
import { startChatServer, type ChatServerOptions } from "../../lib/server.ts";
import { ChatClient } from "../helpers/chat-client.ts";
import { stopClock, turnOver, until } from "../helpers/clock.ts";
import { unixPath } from "../helpers/ways-in.ts";

stopClock();

const nothing = (): never => {
  throw new Error("not to be asked for");
};

const GOODBYE = "*** The server is shutting down ***\n";

/** Somebody who is silent is prompted. */
async function prompted(operator: ChatClient): Promise<void> {
  await turnOver();
  jest.advanceTimersByTime(249);
  await turnOver();
  expect(operator.unread).toBe("");
  jest.advanceTimersByTime(1);
  await operator.expect("natter> ");
}

/** A server with an admin socket, and what connects to that. */
function open(options: ChatServerOptions = {}, isLogged = true) {
  const unix = unixPath();
  let log = "";
  const server = startChatServer({
    port: 0,
    adminSocket: unix,
    ...(isLogged ? { log: (text: string) => void (log += text) } : {}),
    ...options,
  });
  /** A script: it sends at once. */
  const script = async (text: string) => {
    const client = await ChatClient.connect({ unix }, undefined, false);
    return client.send(text);
  };
  /** Somebody in the chat. */
  const join = async (name: string) => {
    const before = server.members.length;
    const client = await ChatClient.join(server.port, name);
    await until(() => server.members.length > before);
    return client;
  };
  return {
    server,
    unix,
    join,
    script,
    /** All that a script is told whose input ends. */
    async run(text: string): Promise<string> {
      const client = await script(text);
      client.halfClose();
      return await client.rest();
    },
    /** Somebody who waits for the prompt. */
    async person() {
      const timers = jest.getTimerCount();
      const client = await script("");
      await until(() => jest.getTimerCount() > timers);
      await prompted(client);
      return client;
    },
    log: () => log,
  };
}

/** An operator with a chat, but without a server. */
async function openWithChat() {
  let failed = 0;
  const onEvent = ({ type }: ChatEvent) => void (type === "failed" && failed++);
  const chat = new Chat(resolveOptions({}), { onEvent });
  const followers = new Set<LogSink>();
  const log = {
    follow(sink: LogSink) {
      followers.add(sink);
      return () => void followers.delete(sink);
    },
  };
  const server = { members: [], announce() {}, kick: () => true, reload: nothing, drain() {} };
  const unix = unixPath();
  const operated = {
    server,
    chat: { people: [], isAway: false, log, operations: chat.operations },
    readSources: nothing,
  };
  const adminSocket = new AdminSocket(unix, chat.context, operated);
  const client = await ChatClient.connect({ unix }, undefined, false);
  return { chat, operated, adminSocket, client, followers, failed: () => failed };
}

describe("the admin socket", () => {
  test("is only for the server's own user, and gone when the server has stopped", async () => {
    const { server, unix } = open();
    expect(statSync(unix).mode & 0o777).toBe(0o600);
    await server.stop();
    expect(existsSync(unix)).toBe(false);
  });

  test("answers scripts with ok or why nothing was done, and does not prompt them", async () => {
    const { server, run } = open({ lineRate: 0 });
    expect(await run("reload\n")).toBe("ok\n");
    expect(await run("/RELOAD\n\n/exit\nreload\n")).toBe("ok\n");
    expect(await run("kikc Bob")).toBe("*** There is no command /kikc. Did you mean /kick?\n");
    expect(await run("kick\nquit now\n")).toBe("*** Type /kick NAME [reason]\n");
    expect(await run(`${"x".repeat(70_000)}\nreload\n`)).toBe(
      "*** Line too long (limit 65536 bytes); not sent.\nok\n",
    );
    await server.stop();
  });

  test("prompts people, who may take their time", async () => {
    const { server, person } = open({ nameTimeoutMs: 1_000, idleTimeoutMs: 1_000, lineRate: 0 });
    const operator = await person();
    jest.advanceTimersByTime(3_600_000);
    operator.send("\n/help quit\n");
    await operator.expect("/quit                   close this connection (or /exit)\nok\n");
    await prompted(operator);
    operator.send("announce\n");
    await operator.expect("*** Type /announce text\n");
    await prompted(operator);
    operator.send(`${"x".repeat(70_000)}\n`);
    await operator.expect("*** Line too long (limit 65536 bytes); not sent.\n");
    await prompted(operator);
    operator.send("announce hi\n");
    await operator.expect("ok\n");
    await prompted(operator);
    expect(server.clients).toBe(0);
    const stopped = server.stop();
    await operator.expectLast(GOODBYE);
    await stopped;
  });

  test("ends what it tells a slow script with the answer to its last command", async () => {
    const { server, person } = open();
    const slow = await person();
    slow.send("announce hi\nannounce\n").halfClose();
    await slow.expectLast("ok\n*** Type /announce text\n");
    await server.stop();
  });

  test("ends what it tells a script with the answer, also if that ends the server", async () => {
    for (const isSlow of [false, true]) {
      const { server, person, script } = open();
      const operator = isSlow ? await person() : await script("");
      operator.send("drain 0\n");
      await operator.expectLast("ok\n");
      await server.stopped;
    }
  });

  test("lists its commands, and explains one", async () => {
    const { server, run } = open();
    const help = await run("help\n");
    expect(help).toStartWith("/help [COMMAND]         list the commands, or explain one\n/who   ");
    expect(help).toEndWith("The slash may be left out.\nok\n");
    expect(await run("/help kick\n")).toBe("/kick NAME [reason]     send somebody home\nok\n");
    await server.stop();
  });

  test("shows who is connected, from where, by which listener, and what waits for them", async () => {
    const { server, run, join } = open({ lineRate: 0 });
    using alice = await join("Alice");
    using nameless = await ChatClient.connect(server.port);
    await nameless.expect("Enter your name: ");
    using bob = await join("日本");
    const rows = (await run("who\n")).split("\n").map((row) => row.split(/ {2,}/));
    const url = `tcp://127.0.0.1:${server.port}`;
    expect(rows).toEqual([
      ["NAME", "ADDRESS", "LISTENER", "STAGE", "QUEUED", "SILENT FOR"],
      ["Alice", alice.address, url, "chatting", "0", "0s"],
      ["-", nameless.address, url, "naming", "0", "-"],
      ["日本", bob.address, url, "chatting", "0", "0s"],
      ["ok"],
      [""],
    ]);
    await server.stop({ force: true });
  });

  test("shows the metrics, with and without labels", async () => {
    const { server, run, join } = open();
    using _alice = await join("Alice");
    const stats = await run("stats\n");
    expect(stats).toMatch(/^natter_clients +tcp:\S+ chatting 1$/m);
    expect(stats).toMatch(/^natter_members +1$/m);
    expect(stats).toMatch(/^natter_joins_total +1$/m);
    expect(stats).toMatch(/^natter_leaves_total +0$/m);
    expect(stats).toMatch(/^natter_flush_seconds +1, of \d+\.\d\d ms on average$/m);
    expect(stats).toEndWith("\nok\n");
    await server.stop({ force: true });
  });

  test("announces and sends home, and the log says which operator did", async () => {
    const events: ChatEvent[] = [];
    const onEvent = (event: ChatEvent) => void (event.type === "operated" && events.push(event));
    const { server, run, join, log } = open({ onEvent });
    using alice = await join("Alice");
    using bob = await join("Bob");
    await alice.expect("*** Bob has joined the chat ***\n");
    expect(await run("announce Back \x1b[2Jsoon\n")).toBe("ok\n");
    await alice.expect("*** Announcement: Back soon\n");
    await bob.expect("*** Announcement: Back soon\n");
    expect(await run("/kick bbo\n")).toBe("*** Nobody here is called bbo. Did you mean Bob?\n");
    expect(await run("/kick BOB too loud\n")).toBe("ok\n");
    await bob.expectLast("*** You have been sent home: too loud\n");
    await alice.expect("*** Bob has left the chat ***\n");
    await turnOver();
    const operated = log()
      .split("\n")
      .filter((line) => line.includes("Operator"));
    expect(operated).toEqual([
      "*** Operator 1: /announce Back soon ***",
      "*** Operator 2: /kick bbo ***",
      "*** Operator 3: /kick BOB too loud ***",
    ]);
    expect(events[2]).toEqual({
      type: "operated",
      operator: "Operator 3",
      line: "/kick BOB too loud",
    });
    await server.stop({ force: true });
  });

  test("reloads, and says what has changed, what needs a restart, and what is wrong", async () => {
    let given: ChatServerOptions = { quiet: true, port: 1 };
    const { server, run, unix } = open({ readOptions: () => ({ adminSocket: unix, ...given }) });
    expect(await run("reload\n")).toBe("Changed: --quiet.\nOnly a restart changes: --port.\nok\n");
    given = { quiet: "x" as never };
    expect(await run("reload\n")).toMatch(/^\*\*\* Nothing has changed: quiet is "x"; .*\n$/);
    await server.stop();
  });

  test("drains in the time that it is told, and in five minutes without one", async () => {
    const { server, run, script, join } = open();
    using alice = await join("Alice");
    const wrong = "*** That is no time of at most a day (90 or 90s, 5m, 1.5h).\n";
    expect(await run("drain soon\ndrain 25h\n")).toBe(wrong + wrong);
    expect(await run("drain\n")).toBe("ok\n");
    await alice.expect("*** The server will shut down in 5 minutes ***\n");
    using waiting = await script("drain 30s\n");
    await waiting.expect("ok\n");
    await alice.expect("*** The server will shut down in 30 seconds ***\n");
    jest.advanceTimersByTime(30_000);
    await alice.expectLast(GOODBYE);
    await waiting.expectLast("");
    await server.stopped;
  });

  test("shows the log as it happens, until it is asked again", async () => {
    const { server, script, join } = open();
    const operator = await script("watch\n");
    await operator.expect("ok\n");
    using alice = await join("Alice");
    await operator.expect(`Alice (${alice.address}) has joined\n`);
    alice.send("hello\n");
    await operator.expect("Alice: hello\n");
    operator.send("/watch\n");
    await operator.expect("ok\n");
    alice.send("not seen\n/who\n");
    await alice.until(/1 person/);
    operator.send("quit\n");
    await operator.expectLast("");
    await server.stop({ force: true });
  });

  test("shows it also where there is no other log, and prompts nobody meanwhile", async () => {
    const { server, person, join } = open({ quiet: true, logFormat: "json" }, false);
    const operator = await person();
    operator.send("watch\n");
    await operator.expect("ok\n");
    using alice = await join("Alice");
    expect(JSON.parse(await operator.line())).toMatchObject({ event: "joined", name: "Alice" });
    alice.send("hello\n/who\n");
    await alice.until(/1 person/);
    jest.advanceTimersByTime(250);
    operator.send("watch\n");
    await operator.expect("ok\n");
    await prompted(operator);
    await server.stop({ force: true });
  });

  test("keeps up with nobody who does not read the log", async () => {
    const { server, script, join } = open({
      lineRate: 0,
      addressLineRate: 0,
      queueLimitBytes: 65_536,
    });
    const operator = await script("watch\n");
    await operator.expect("ok\n");
    operator.pause();
    using alice = await join("Alice");
    alice.send(`${"x".repeat(1_000)}\n`.repeat(3_000)).send("/who\n");
    await alice.until(/1 person/);
    operator.resume();
    await operator.until(/\*\*\* \d+ lines skipped: your connection is too slow \*\*\*\n/);
    await server.stop({ force: true });
  });

  test("counts nothing that operators send or are sent, and holds them to no limit of an address", async () => {
    const events: string[] = [];
    const onEvent = ({ type }: ChatEvent) => void events.push(type);
    const { server, run } = open({ lineRate: 0, addressLineBurst: 1, addressLineRate: 1, onEvent });
    expect(await run("help quit\n".repeat(100))).toEndWith("ok\n");
    const stats = await run("stats\n");
    for (const name of ["connections", "lines_read", "received_bytes", "sent_bytes"]) {
      expect(stats).toMatch(new RegExp(`^natter_${name}_total +0$`, "m"));
    }
    expect(events).toEqual([]);
    await server.stop();
  });

  test("lets operators in when the server is full, but only a few", async () => {
    const { server, script, join, run } = open({ maxClients: 1 });
    using _alice = await join("Alice");
    const operators: ChatClient[] = [];
    for (let count = 0; count < 4; count++) {
      const operator = await script("help quit\n");
      await operator.expect("/quit                   close this connection (or /exit)\nok\n");
      operators.push(operator);
    }
    const tooMany = "*** Too many operators are connected; close one of these connections.\n";
    expect(await run("")).toBe(tooMany);
    operators[0]?.send("quit\n");
    await operators[0]?.expectLast("");
    await until(() => operators[0]?.isClosed);
    expect(await run("help quit\n")).toEndWith("ok\n");
    await server.stop({ force: true });
  });

  test("has the line editor, in which Tab knows commands and people", async () => {
    const { server, person, join } = open();
    using alice = await join("Alice");
    const operator = await person();
    operator.send("editor raw\r\n");
    await operator.until(/The line editor is on.*ok/s);
    operator.send("ki\tal\tbye\r");
    await alice.expectLast("*** You have been sent home: bye\n");
    await operator.until(/natter> kick Alice bye\r\nok\r\n/);
    await server.stop({ force: true });
  });

  test("answers while everybody in the chat has to wait", async () => {
    const { chat, adminSocket, client } = await openWithChat();
    chat.context.backpressure.holdEverybody(true);
    await client.send("announce hi\n").expect("ok\n");
    adminSocket.close();
    await client.expectLast("");
  });

  test("says that what is done to the room waits while its servers have lost touch", async () => {
    const { operated, adminSocket, client } = await openWithChat();
    const waits = "The servers have lost touch. It is done when they are back.\n";
    operated.chat.isAway = true;
    await client.send("announce hi\n").expect(`${waits}ok\n`);
    await client.send("kick Bob\n").expect(`${waits}ok\n`);
    operated.chat.isAway = false;
    await client.send("kick Bob\n").expect("ok\n");
    adminSocket.close();
  });

  test("shows the log no longer to one who has gone, or with whom something is wrong", async () => {
    for (const isWrong of [false, true]) {
      const { adminSocket, client, followers, failed } = await openWithChat();
      await client.send("watch\n").expect("ok\n");
      using tell = spyOn(WriteHalf.prototype, "tell");
      if (isWrong) {
        tell.mockImplementation(() => {
          throw new Error("a fault");
        });
        for (const follower of followers) follower("text\n");
      } else {
        client.halfClose();
      }
      await client.expectLast("");
      expect([followers.size, failed()]).toEqual([0, isWrong ? 1 : 0]);
      adminSocket.close();
    }
  });

  test("survives an error of ours, which the log names", async () => {
    const { server, run, log } = open();
    using _kick = spyOn(server, "kick").mockImplementation(() => {
      throw new Error("a fault");
    });
    expect(await run("kick x\n")).toBe("");
    await until(() => log().includes("internal error with the client at unix:1: Error: a fault"));
    expect(await run("reload\n")).toBe("ok\n");
    await server.stop();
  });

  test("cannot be where another server has it, and the complaint says so", async () => {
    const { server, unix } = open();
    let error: unknown;
    try {
      startChatServer({ port: 0, http: "127.0.0.1:0", adminSocket: unix });
    } catch (thrown) {
      error = thrown;
    }
    expect(describeStartError(error, { adminSocket: unix })).toBe(
      `cannot take an operator's commands on ${unix}: it is in use; check --admin-socket.`,
    );
    await server.stop();
  });
});
