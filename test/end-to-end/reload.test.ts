import { afterEach, beforeEach, describe, expect, spyOn, test } from "bun:test";
import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import type { ChatEvent } from "../../lib/events.ts";
import { OPTION_ENTRIES } from "../../lib/options/options.ts";
import { startChatServer, type ReloadOptions } from "../../lib/server.ts";
import { ChatClient } from "../helpers/chat-client.ts";
import { until } from "../helpers/clock.ts";
import { Program } from "../helpers/program.ts";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(`${tmpdir()}/natter-`)));
afterEach(() => rmSync(folder, { recursive: true }));

describe("server.reload", () => {
  test("changes the options that it is given, for those who are connected too", async () => {
    const events: ChatEvent[] = [];
    const onEvent = (event: ChatEvent) =>
      void (event.type.startsWith("reload") && events.push(event));
    await using server = startChatServer({ port: 0, lineLimitBytes: 1_000, onEvent });
    using alice = await ChatClient.join(server.port, "Alice");
    alice.send("/who\n");
    await alice.expect("*** 1 person is here:\n***   Alice\n");
    const changed = { changed: ["lineLimitBytes", "messageLimitBytes"], needRestart: [] };
    expect(server.reload({ lineLimitBytes: 200 })).toMatchObject(changed);
    alice.send(`${"x".repeat(201)}\n`);
    await alice.expect("*** Line too long (limit 200 bytes); not sent.\n");
    expect(server.reload({ nameLimit: 5 })).toMatchObject({
      changed: ["nameLimit"],
      needRestart: [],
    });
    const back = { lineLimitBytes: undefined } as unknown as ReloadOptions;
    expect(server.reload(back)).toMatchObject(changed);
    expect(server.reload()).toMatchObject({ changed: [], needRestart: [] });
    expect(events.slice(0, 1)).toEqual([{ type: "reloaded", ...changed }]);
    expect(events).toHaveLength(4);
  });

  test("names what needs a restart, and leaves that alone", async () => {
    await using server = startChatServer({ port: 0 });
    const { port } = server;
    const result = { changed: ["history"], needRestart: ["hostname", "port"] };
    expect(server.reload({ port: 1, hostname: "::1", history: 5 })).toMatchObject(result);
    expect([server.port, server.hostname]).toEqual([port, "127.0.0.1"]);
    expect(server.reload({})).toMatchObject({ changed: [], needRestart: ["hostname", "port"] });
    expect(server.reload({ logFile: `${folder}/log` }).needRestart).toContain("logFile");
    using _alice = await ChatClient.join(port, "Alice");
  });

  test("knows lists of places to listen at that are the same from others", async () => {
    const listen = ["tcp://127.0.0.1:0"];
    await using server = startChatServer({ listen });
    expect(server.reload({ listen: [...listen] }).needRestart).toEqual([]);
    expect(server.reload({ listen: [...listen, "tcp://[::1]:0"] }).needRestart).toEqual(["listen"]);
    expect(server.urls).toHaveLength(1);
  });

  test("has a certificate that cannot be read stay as it was, and changes the rest", async () => {
    const [tlsCert, tlsKey] = [`${folder}/cert`, `${folder}/key`];
    const certificates = `${import.meta.dir}/../certificates`;
    copyFileSync(`${certificates}/server.pem`, tlsCert);
    copyFileSync(`${certificates}/server.key`, tlsKey);
    const events: ChatEvent[] = [];
    await using server = startChatServer({
      listen: ["tls://127.0.0.1:0", `unix://${folder}/socket`],
      tlsCert,
      tlsKey,
      onEvent: (event) => void events.push(event),
    });
    writeFileSync(tlsCert, "");
    const changed = { changed: ["history"], needRestart: [] };
    expect(server.reload({ history: 5 })).toMatchObject(changed);
    const reason = `${tlsCert} has no certificate`;
    expect(events).toEqual([
      { type: "certificate unreadable", reason },
      { type: "reloaded", ...changed },
    ]);
  });

  test("changes nothing if anything is wrong, and says what", async () => {
    const events: ChatEvent[] = [];
    let read = (): ReloadOptions => ({});
    await using server = startChatServer({
      port: 0,
      prompt: "Name? ",
      readOptions: () => read(),
      onEvent: (event) => void events.push(event),
    });
    const wrong: [options: object, error: string][] = [
      [{ prompt: "No? ", history: -1 }, "history is -1"],
      [{ prompt: "No? ", bogus: 1 }, "bogus is not an option"],
      [{ prompt: "No? ", log: () => {} }, "log is not an option"],
      [
        { prompt: "No? ", messageLimitBytes: 2_000, lineLimitBytes: 1_000 },
        "messageLimitBytes is 2000",
      ],
      [{ prompt: "No? ", welcomeFile: `${folder}/none` }, "ENOENT"],
    ];
    for (const [options, error] of wrong) {
      expect(() => server.reload(options)).toThrow(error);
      read = () => options;
      expect(() => server.reload()).toThrow(error);
      expect(events.at(-1)).toEqual({
        type: "reload refused",
        reason: expect.stringContaining(error),
      } as unknown as ChatEvent);
    }
    read = () => {
      throw new Error("no \x1b[2Jfile");
    };
    expect(() => server.reload()).toThrow("no \x1b[2Jfile");
    expect(events.at(-1)).toEqual({ type: "reload refused", reason: "no file" });
    using bob = await ChatClient.connect(server.port, "127.0.0.1", false);
    await bob.expect("Name? ");
    read = () => ({ port: 0 });
    expect(server.reload()).toMatchObject({ changed: ["prompt"], needRestart: [] });
  });

  test("may be called from a listener, in the middle of anything", async () => {
    let limit = 1_000;
    await using server = startChatServer({
      port: 0,
      lineRate: 0,
      onEvent: ({ type }) => {
        if (type === "said" || type === "joined")
          server.reload({ queueLimitBytes: 65_536 + limit++ });
      },
    });
    using alice = await ChatClient.join(server.port, "Alice");
    using bob = await ChatClient.join(server.port, "Bob");
    await alice.expect("*** Bob has joined the chat ***\n");
    const lines = Array.from({ length: 200 }, (_, number) => `${number}\n`);
    bob.send(lines.join(""));
    await alice.expect(lines.map((line) => `Bob: ${line}`).join(""));
  });

  test(
    "loses nothing: 100 times, while people talk and 200 listen",
    async () => {
      const [people, talkers] = [200, 20];
      let logged = "";
      const log = (text: string) => void (logged += text);
      await using server = startChatServer({ port: 0, log, logFile: `${folder}/log` });
      const clients = await Promise.all(
        Array.from({ length: people }, (_, index) => ChatClient.join(server.port, `P${index}`)),
      );
      await until(() => server.members.length === people);
      for (let round = 0; round < 100; round++) {
        for (const client of clients.slice(0, talkers)) client.send(`${round}\n`);
        expect(server.reload(optionsOf(round)).needRestart).toEqual([]);
        await clients[0]!.until(new RegExp(`^P1: ${round}$`, "m"));
      }
      const expected = (client: number) =>
        Array.from({ length: talkers }, (_, other) => (other === client ? 0 : 100));
      for (const [index, client] of clients.entries()) {
        await until(() => Bun.deepEquals(heardBy(client, talkers), expected(index)));
        expect(client.unread).not.toMatch(/skipped|Disconnected|has left/);
      }
      for (const client of clients) client[Symbol.dispose]();
      await server.stop();
      const files = ["log", "log0", "log1"].map((name) => Bun.file(`${folder}/${name}`));
      await until(() => files.reduce((sum, { size }) => sum + size, 0) === logged.length);
    },
    { timeout: 30_000 },
  );
});

/** How many lines of each of the first people a client has heard: from 0 on, in order and without a gap. */
function heardBy({ unread }: ChatClient, talkers: number): number[] {
  const heard = Array<number>(talkers).fill(0);
  for (const [, talker, round] of unread.matchAll(/^P(\d+): (\d+)$/gm)) {
    expect(Number(round)).toBe(heard[Number(talker)] as number);
    heard[Number(talker)]!++;
  }
  return heard;
}

/** What changes each time: everything that is kept somewhere, or was made of a setting. */
function optionsOf(round: number): ReloadOptions {
  const isEven = round % 2 === 0;
  return {
    lineRate: isEven ? 50 : 1_000,
    lineBurst: 50 + round,
    idleTimeoutMs: 60_000 + round,
    nameTimeoutMs: 60_000 + round,
    queueLimitBytes: 1_048_576 - round,
    totalQueueLimitBytes: 16_777_216 + round,
    lineLimitBytes: 2_000 + round,
    history: round,
    quiet: round % 3 === 0,
    logFormat: isEven ? "json" : "text",
    logFile: `${folder}/log${round % 2}`,
    welcome: `Welcome ${round}`,
    keepAliveMs: 60_000 + round,
  };
}

test("the options that need a restart are those that docs/operations.md names", async () => {
  const page = await Bun.file(`${import.meta.dir}/../../docs/operations.md`).text();
  const [, sentence = ""] = /These need a restart: ([^.]*)\./.exec(page) ?? [];
  const named = Array.from(sentence.matchAll(/`--([a-z-]+)`/g), ([, flag]) => flag as string);
  const flags = OPTION_ENTRIES.flatMap(([, { flag, needsRestart }]) => (needsRestart ? flag : []));
  expect(named).toEqual(flags);
});

describe("SIGHUP", () => {
  let config: string;
  beforeEach(() => void (config = `${folder}/natter.toml`));
  const configure = (...lines: string[]) => writeFileSync(config, lines.join("\n"));

  test("reads the configuration again: it counts for those who are connected", async () => {
    configure("port = 0", 'prompt = "Name? "');
    await using natter = Program.natter("--config", config, "--history", "5");
    const port = await natter.port();
    using alice = await ChatClient.connect(port, "127.0.0.1", false);
    await alice.expect("Name? ");
    alice.send("Alice\n");
    await natter.stdout.expect(`Alice (${alice.address}) has joined\n`);
    configure("port = 1", 'line-limit = "1k"', "history = 7");
    natter.signal("SIGHUP");
    await natter.stdout.expect(
      "*** Changed: --line-limit, --message-limit, --prompt. Only a restart changes: --port. ***\n",
    );
    alice.send(`${"x".repeat(1_025)}\n`);
    await alice.expect("*** Line too long (limit 1024 bytes); not sent.\n");
    using _bob = await ChatClient.join(port, "Bob");
    await alice.expect("*** Bob has joined the chat ***\n");
    natter.signal("SIGTERM");
    expect(await natter.exited).toBe(0);
    await natter.stderr.expectLast("");
  });

  test("with a wrong configuration changes nothing, and the log says why", async () => {
    configure("port = 0");
    await using natter = Program.natter("--config", config);
    const port = await natter.port();
    configure("port = 0", "quiet = true", "histroy = 5");
    natter.signal("SIGHUP");
    const why = `${config}: histroy is not an option. Did you mean history?`;
    await natter.stdout.expect(`*** The configuration stays as it was: ${why} ***\n`);
    configure("port = 0", "message-limit = 2000", "line-limit = 1000");
    natter.signal("SIGHUP");
    expect(await natter.stdout.line()).toContain("stays as it was: messageLimitBytes is 2000");
    rmSync(config);
    natter.signal("SIGHUP");
    expect(await natter.stdout.line()).toContain(
      "stays as it was: cannot read the configuration (ENOENT",
    );
    using bob = await ChatClient.join(port, "Bob");
    bob.send("still shown\n");
    await natter.stdout.expect(`Bob (${bob.address}) has joined\nBob: still shown\n`);
  });

  test("changes the settings of the log, and opens its file again", async () => {
    const [log, other] = [`${folder}/log`, `${folder}/other`];
    configure("port = 0", `log-file = "${log}"`);
    await using natter = Program.natter("--config", config);
    using bob = await ChatClient.join(await natter.port(), "Bob");
    await natter.stdout.expect(`Bob (${bob.address}) has joined\n`);
    await until(() => readFileSync(log, "utf8") !== "");
    renameSync(log, `${log}.1`);
    natter.signal("SIGHUP");
    await until(() => Bun.file(log).size === 0 && readFileSync(`${log}.1`, "utf8") !== "");
    configure("port = 0", `log-file = "${other}"`, 'log-format = "json"', "quiet = true");
    natter.signal("SIGHUP");
    const changed = ["quiet", "logFormat", "logFile"];
    expect(JSON.parse(await natter.stdout.line())).toMatchObject({ event: "reloaded", changed });
    bob.send("secret\n").halfClose();
    expect(JSON.parse(await natter.stdout.line())).toMatchObject({ event: "left", name: "Bob" });
    await until(() => readFileSync(other, "utf8").split("\n").length === 3);
    expect(readFileSync(`${log}.1`, "utf8")).toBe(`Bob (${bob.address}) has joined\n`);
    expect(readFileSync(other, "utf8")).not.toContain("secret");
  });
});

test("a log file that goes away for a while loses nothing, and the chat does not notice", async () => {
  using error = spyOn(console, "error").mockImplementation(() => {});
  const [there, away] = [`${folder}/there`, `${folder}/away`];
  await Bun.write(`${there}/log`, "");
  await using server = startChatServer({ port: 0, logFile: `${there}/log` });
  using bob = await ChatClient.join(server.port, "Bob");
  await until(() => readFileSync(`${there}/log`, "utf8") !== "");
  renameSync(there, away);
  server.reload();
  using alice = await ChatClient.join(server.port, "Alice");
  await bob.expect("*** Alice has joined the chat ***\n");
  alice.send("hi\n");
  await bob.expect("Alice: hi\n");
  await until(() => error.mock.calls.length > 0);
  renameSync(away, there);
  const text = `Bob (${bob.address}) has joined\nAlice (${alice.address}) has joined\nAlice: hi\n`;
  await until(() => readFileSync(`${there}/log`, "utf8") === text);
  expect(error.mock.calls).toHaveLength(1);
});
