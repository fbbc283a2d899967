import { describe, expect, jest, spyOn, test } from "bun:test";
import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { describeStartError } from "../../lib/cli/start-error.ts";
import type { ChatEvent } from "../../lib/events.ts";
import { startChatServer, type ChatServerOptions } from "../../lib/server.ts";
import { ChatClient } from "../helpers/chat-client.ts";
import { stopClock, turnOver, until } from "../helpers/clock.ts";
import { openAdminSocket, openWithChat } from "../helpers/operators.ts";

stopClock();

const CERTIFICATES = `${import.meta.dir}/../certificates`;

const GOODBYE = "*** The server is shutting down ***\n";

describe("the admin socket", () => {
  test("is only for the server's own user, and gone when the server has stopped", async () => {
    const { server, unix } = openAdminSocket();
    expect(statSync(unix).mode & 0o777).toBe(0o600);
    await server.stop();
    expect(existsSync(unix)).toBe(false);
  });

  test("lists its commands, and explains one", async () => {
    const { server, run } = openAdminSocket();
    const help = await run("help\n");
    expect(help).toStartWith("/help [COMMAND]         list the commands, or explain one\n/who   ");
    expect(help).toEndWith("The slash may be left out.\nok\n");
    expect(await run("/help kick\n")).toBe("/kick NAME [reason]     send somebody home\nok\n");
    await server.stop();
  });

  test("shows who is connected, from where, by which listener, and what waits for them", async () => {
    const { server, run, join } = openAdminSocket({ lineRate: 0 });
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
    const { server, run, join } = openAdminSocket();
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
    const { server, run, join, log } = openAdminSocket({ onEvent });
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
    const { server, run, unix } = openAdminSocket({
      readOptions: () => ({ adminSocket: unix, ...given }),
    });
    expect(await run("reload\n")).toBe("Changed: --quiet.\nOnly a restart changes: --port.\nok\n");
    given = { quiet: "x" as never };
    expect(await run("reload\n")).toMatch(/^\*\*\* Nothing has changed: quiet is "x"; .*\n$/);
    await server.stop();
  });

  test("says each time which files cannot be read again, and that is no success", async () => {
    const folder = mkdtempSync(`${tmpdir()}/natter-`);
    const files = {
      welcomeFile: `${folder}/welcome`,
      tlsCert: `${folder}/certificate`,
      tlsKey: `${CERTIFICATES}/server.key`,
    };
    writeFileSync(files.welcomeFile, "Hello\n");
    copyFileSync(`${CERTIFICATES}/server.pem`, files.tlsCert);
    const listen = ["tls://127.0.0.1:0"];
    const { server, run } = openAdminSocket({ listen, ...files });
    expect(await run("reload\n")).toBe("ok\n");
    writeFileSync(files.tlsCert, "");
    rmSync(files.welcomeFile);
    const wrong = [
      `*** The welcome stays as it was: ENOENT: no such file or directory, stat '${folder}/welcome'`,
      `*** The certificate stays as it was: ${folder}/certificate has no certificate`,
      "",
    ];
    for (const _time of [1, 2]) expect(await run("reload\n")).toBe(wrong.join("\n"));
    rmSync(folder, { recursive: true });
    await server.stop();
  });

  test("drains in the time that it is told, and in five minutes without one", async () => {
    const { server, run, script, join } = openAdminSocket();
    using alice = await join("Alice");
    const wrong = "*** That is no time of at most a day (90 or 90s, 5m, 1.5h).\n";
    expect(await run("drain soon\ndrain 25h\n")).toBe(wrong + wrong);
    const answer = (time: string) =>
      `The server shuts down in ${time}, or when the last client has gone.\nok\n`;
    expect(await run("drain\n")).toBe(answer("5 minutes"));
    await alice.expect("*** The server will shut down in 5 minutes ***\n");
    using waiting = await script("drain 30s\n");
    await waiting.expect(answer("30 seconds"));
    await alice.expect("*** The server will shut down in 30 seconds ***\n");
    jest.advanceTimersByTime(30_000);
    await alice.expectLast(GOODBYE);
    await waiting.expectLast("");
    await server.stopped;
  });

  test("counts nothing that operators send or are sent, and holds them to no limit of an address", async () => {
    const events: string[] = [];
    const onEvent = ({ type }: ChatEvent) => void events.push(type);
    const { server, run } = openAdminSocket({
      lineRate: 0,
      addressLineBurst: 1,
      addressLineRate: 1,
      onEvent,
    });
    expect(await run("help quit\n".repeat(100))).toEndWith("ok\n");
    const stats = await run("stats\n");
    for (const name of ["connections", "lines_read", "received_bytes", "sent_bytes"]) {
      expect(stats).toMatch(new RegExp(`^natter_${name}_total +0$`, "m"));
    }
    expect(events).toEqual([]);
    await server.stop();
  });

  test("lets operators in when the server is full, but only a few", async () => {
    const { server, script, join, run } = openAdminSocket({ maxClients: 1 });
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

  test("lets in operators as they come, and tells of an error of its own", async () => {
    const { adminSocket, client, failed } = await openWithChat();
    const arrivals = [adminSocket.expect(), adminSocket.refuse(), adminSocket.turnedAway()];
    expect(arrivals).toEqual([undefined, undefined, undefined]);
    adminSocket.failed(new Error("a fault"));
    expect(failed()).toBe(1);
    adminSocket.close();
    await client.expectLast("");
  });

  test("survives an error of ours, which the log names", async () => {
    const { server, run, log } = openAdminSocket();
    using _kick = spyOn(server, "kick").mockImplementation(() => {
      throw new Error("a fault");
    });
    expect(await run("kick x\n")).toBe("");
    await until(() => log().includes("internal error with the client at unix:1: Error: a fault"));
    expect(await run("reload\n")).toBe("ok\n");
    await server.stop();
  });

  test("cannot be where another server has it, and the complaint says so", async () => {
    const { server, unix } = openAdminSocket();
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
