import { afterEach, beforeEach, describe, expect, jest, spyOn, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { LogFile } from "../../../lib/operator/log-file.ts";
import { Log } from "../../../lib/operator/log.ts";
import { ChatClient } from "../../helpers/chat-client.ts";
import { until } from "../../helpers/clock.ts";
import { startChatServer } from "../../../lib/server.ts";

const TEXT = { logFormat: "text" } as const;

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/natter-`);
  path = `${folder}/log`;
});
afterEach(() => {
  jest.useRealTimers();
  rmSync(folder, { recursive: true });
});

const read = (file = path) => readFileSync(file, "utf8");
const shows = (text: string, file = path) => until(() => existsSync(file) && read(file) === text);

describe("LogFile", () => {
  test("appends, and others than its group cannot read it", async () => {
    for (const text of ["one\n", "two\n"]) {
      const file = new LogFile(path, TEXT);
      file.print(text);
      await file.close();
      file.print("too late\n");
    }
    expect(read()).toBe("one\ntwo\n");
    expect(statSync(path).mode & 0o007).toBe(0);
  });

  test("is opened again after it was moved, and loses nothing", async () => {
    const file = new LogFile(path, TEXT);
    file.print("one\n");
    await shows("one\n");
    renameSync(path, `${path}.1`);
    file.print("two\n");
    await shows("one\ntwo\n", `${path}.1`);
    file.reopen();
    await shows("");
    file.print("three\n");
    await file.close();
    expect(read(`${path}.1`) + read()).toBe("one\ntwo\nthree\n");
  });

  test("is opened again when the write is over that is under way", async () => {
    const file = new LogFile(path, TEXT);
    file.print("one\n");
    renameSync(path, `${path}.1`);
    file.reopen();
    await until(() => existsSync(path));
    file.print("two\n");
    await file.close();
    expect(read()).toBe("two\n");
    expect(read(`${path}.1`)).toBe("one\n");
  });

  test("that cannot be written says so once on standard error, and is tried again", async () => {
    using error = spyOn(console, "error").mockImplementation(() => {});
    const file = new LogFile(path, TEXT);
    file.print("one\n");
    await shows("one\n");
    renameSync(folder, `${folder}-moved`);
    file.reopen();
    file.print("two\n");
    file.print("three\n");
    await until(() => error.mock.calls.length > 0);
    expect(String(error.mock.calls[0])).toMatch(
      /^natter: the log cannot be written \(ENOENT.*\); trying again\.$/,
    );
    mkdirSync(folder);
    await shows("two\nthree\n");
    await file.close();
    expect(error.mock.calls).toHaveLength(1);
    rmSync(`${folder}-moved`, { recursive: true });
  });

  test("on a full disk does the same, and closing it does not wait for ever", async () => {
    using error = spyOn(console, "error").mockImplementation(() => {});
    const file = new LogFile("/dev/full", TEXT);
    file.print("one\n");
    await until(() => error.mock.calls.length > 0);
    await file.close();
    expect(error.mock.calls).toHaveLength(1);
    expect(String(error.mock.calls[0])).toContain("ENOSPC");
  });

  test("that is closed is not tried again", async () => {
    using _error = spyOn(console, "error").mockImplementation(() => {});
    jest.useFakeTimers();
    const file = new LogFile(path, TEXT);
    renameSync(path, `${path}.1`);
    mkdirSync(path);
    file.print("one\n");
    expect(jest.getTimerCount()).toBe(1);
    await file.close();
    expect(jest.getTimerCount()).toBe(0);
  });

  test("says in its format how many lines had no space", async () => {
    using _error = spyOn(console, "error").mockImplementation(() => {});
    const file = new LogFile(path, { logFormat: "json" });
    renameSync(path, `${path}.1`);
    mkdirSync(path);
    for (let number = 0; number < 20; number++) file.print(`${"x".repeat(99_999)}\n`);
    rmSync(path, { recursive: true });
    await until(() => existsSync(path) && read().endsWith("}\n"));
    await file.close();
    const last = read().trimEnd().split("\n").at(-1) ?? "";
    expect(JSON.parse(last)).toMatchObject({ event: "lines not shown", count: 8 });
  });

  test("that does not exist and cannot be made is refused at the start", () => {
    expect(() => new LogFile(`${folder}/none/log`, TEXT)).toThrow("ENOENT");
    expect(LogFile.of({ ...TEXT, logFile: "" })).toBeUndefined();
  });
});

test("a log may move to another file: lines before that are in the file before", async () => {
  const settings = { ...TEXT, quiet: false, logFile: path };
  const log = new Log(undefined, settings);
  const say = (text: string) => log.take({ type: "said", client: "b", name: "Bob", text });
  say("one");
  log.moveTo(new LogFile(`${path}.2`, TEXT));
  say("two");
  await log.close();
  await shows("Bob: one\n");
  expect(read(`${path}.2`)).toBe("Bob: two\n");
});

test("a log that moves keeps the number of lines that files before have lost", async () => {
  using _error = spyOn(console, "error").mockImplementation(() => {});
  const log = new Log(undefined, { ...TEXT, quiet: false, logFile: path });
  expect(log.state).toEqual({ waitingLines: 0, lostLines: 0, isFailing: false });
  rmSync(path);
  mkdirSync(path);
  const say = (length: number) => {
    log.take({ type: "said", client: "b", name: "Bob", text: "x".repeat(length) });
    log.flush();
  };
  say(1);
  for (let number = 0; number < 20; number++) say(99_999);
  // 1 and 11 of them wait, which are more than a million characters.
  expect(log.state).toEqual({ waitingLines: 12, lostLines: 9, isFailing: true });
  log.moveTo(new LogFile(`${path}.2`, TEXT));
  // What waits may still be written.
  expect(log.state).toEqual({ waitingLines: 0, lostLines: 9, isFailing: false });
  await until(() => log.state?.lostLines === 21);
  say(1);
  log.moveTo(undefined);
  await shows("Bob: x\n", `${path}.2`);
  expect(log.state).toEqual({ waitingLines: 0, lostLines: 21, isFailing: false });
  await log.close();
});

test("a log that never had a file knows nothing of one", () => {
  expect(new Log(() => {}, { ...TEXT, quiet: false, logFile: "" }).state).toBeUndefined();
});

test("a server writes its log to the file, also without a log function, and reopens it", async () => {
  await using server = startChatServer({ port: 0, logFile: path, logFormat: "json" });
  using bob = await ChatClient.join(server.port, "Bob");
  await until(() => existsSync(path) && read() !== "");
  renameSync(path, `${path}.1`);
  server.reload();
  bob.send("hi\n");
  await until(() => existsSync(path) && read() !== "");
  await server.stop();
  const events = (read(`${path}.1`) + read())
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(events.map(({ event, name }) => [event, name])).toEqual([
    ["joined", "Bob"],
    ["said", "Bob"],
    ["left", "Bob"],
  ]);
});
