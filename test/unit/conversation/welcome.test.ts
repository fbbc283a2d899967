import { afterEach, beforeEach, describe, expect, jest, test } from "bun:test";
import { mkdtempSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { startChatServer } from "../../../lib/server.ts";
import { Welcome } from "../../../lib/conversation/welcome.ts";
import { chat } from "../../helpers/chat.ts";
import { ChatClient } from "../../helpers/chat-client.ts";
import { stopClock } from "../../helpers/clock.ts";
import { HAS_PROC, PROC_NOTE } from "../../helpers/proc.ts";
import { Program } from "../../helpers/program.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/natter-`);
  file = `${folder}/welcome`;
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("Welcome", () => {
  stopClock();

  const fail = (line: string) => expect.unreachable(line);

  test.each([
    ["", ""],
    ["Be kind.", "Be kind.\n"],
    ["Be kind.\n", "Be kind.\n"],
    ["One\r\n\r\nTwo\n\n", "One\n\nTwo\n\n"],
    ["\x1b[31mred\x07", "red\n"],
  ])("%p is %p, from a text or from a file", (given, shown) => {
    expect(new Welcome(given, "", fail).text).toBe(shown);
    writeFileSync(file, given);
    expect(new Welcome("", file, fail).text).toBe(shown);
  });

  test("a file is read again when it has changed, at most once a second", () => {
    writeFileSync(file, "one");
    const welcome = new Welcome("", file, fail);
    expect(welcome.text).toBe("one\n");
    writeFileSync(`${file}.new`, "two");
    renameSync(`${file}.new`, file);
    jest.advanceTimersByTime(999);
    expect(welcome.text).toBe("one\n");
    jest.advanceTimersByTime(1);
    expect(welcome.text).toBe("two\n");
    writeFileSync(file, "three");
    welcome.reload();
    expect(welcome.text).toBe("three\n");
    const { atime, mtime } = statSync(file);
    writeFileSync(file, "seven");
    utimesSync(file, atime, mtime);
    welcome.reload();
    expect(welcome.text).toBe("seven\n");
  });

  test("a change that keeps the size is noticed by its time", () => {
    writeFileSync(file, "one");
    const welcome = new Welcome("", file, fail);
    writeFileSync(file, "two");
    utimesSync(file, 1, 1);
    expect(welcome.text).toBe("two\n");
  });

  test("the last welcome stays when the file has gone or is too long, and the operator is told", () => {
    writeFileSync(file, "one");
    const warnings: string[] = [];
    const welcome = new Welcome("", file, (line) => warnings.push(line));
    writeFileSync(file, "x".repeat(4_097));
    welcome.reload();
    welcome.reload();
    rmSync(file);
    welcome.reload();
    welcome.reload();
    expect(warnings).toHaveLength(2);
    expect(welcome.text).toBe("one\n");
    expect(warnings[0]).toBe(
      `welcomeFile is "${file}"; it must be a regular file of at most 4096 bytes.`,
    );
    expect(warnings[1]).toMatch(/^ENOENT.*welcome'$/);
    writeFileSync(file, "two");
    welcome.reload();
    expect(welcome.text).toBe("two\n");
    rmSync(file);
    welcome.reload();
    expect(warnings[2]).toBe(warnings[1]!);
  });

  test("a file that is missing or too long at the start is an error", () => {
    expect(() => new Welcome("", file, fail)).toThrow("ENOENT");
    writeFileSync(file, "x".repeat(4_097));
    for (const path of [file, folder, "/dev/zero"]) {
      const complaint = `welcomeFile is "${path}"; it must be a regular file of at most 4096 bytes.`;
      expect(() => new Welcome("", path, fail)).toThrow(complaint);
    }
  });

  test.skipIf(!HAS_PROC)(
    `a file that hides its size is read no further than its limit${PROC_NOTE}`,
    () => {
      const long = "/proc/self/smaps";
      expect(statSync(long).size).toBe(0);
      expect(() => new Welcome("", long, fail)).toThrow("must be a regular file of at most 4096");
      expect(new Welcome("", "/proc/self/comm", fail).text).toMatch(/^.+\n$/);
    },
  );

  test("comes before the prompt, once", async () => {
    const bob = chat({ welcome: "Be kind.\n" }).open("b");
    bob.line("");
    expect(await bob.told()).toBe("Be kind.\nEnter your name: Enter your name: ");
  });
});

test("a server uses the operator's welcome and prompt", async () => {
  await using server = startChatServer({ port: 0, welcome: "Salut !", prompt: "Ton nom : " });
  const bob = await ChatClient.connect(server.port, server.hostname, false);
  await bob.expect("Salut !\nTon nom : ");
  bob.send("Mary Jane\n");
  await bob.expect("Names have no spaces. Try Mary-Jane.\nTon nom : ");
});

test("a server reads its file again when asked, and logs why it could not", async () => {
  writeFileSync(file, "one");
  const logged = Promise.withResolvers<string>();
  await using server = startChatServer({ port: 0, welcomeFile: file, log: logged.resolve });
  rmSync(file);
  server.reload();
  expect(await logged.promise).toStartWith("*** The welcome stays as it was: ENOENT");
  writeFileSync(file, "two");
  server.reload();
  using bob = await ChatClient.connect(server.port, server.hostname, false);
  await bob.expect("two\nEnter your name: ");
});

test.each(["welcome", "prompt"] as const)("no control character is accepted in a %s", (name) => {
  expect(() => startChatServer({ [name]: "a\x1b[2J" })).toThrow(
    `${name} is "a\\u001B[2J"; it must have no control characters.`,
  );
});

test("a server has only one welcome", () => {
  expect(() => startChatServer({ welcome: "hi", welcomeFile: "there" })).toThrow(
    "welcome and welcomeFile (--welcome, --welcome-file) are both given; leave one of them out.",
  );
});

test("SIGHUP makes the program read its file again", async () => {
  writeFileSync(file, "one");
  await using natter = Program.natter("--port", "0", "--welcome-file", file);
  const [, port] = /:(\d+)$/.exec(await natter.stdout.line()) ?? [];
  rmSync(file);
  natter.signal("SIGHUP");
  expect(await natter.stdout.line()).toStartWith("*** The welcome stays as it was: ENOENT");
  const bob = await ChatClient.connect(Number(port), "127.0.0.1", false);
  await bob.expect("one\nEnter your name: ");
});

test("the program says what is wrong with its file", async () => {
  await using natter = Program.natter("--welcome-file", file);
  expect(await natter.stderr.line()).toMatch(
    /^natter: cannot read the welcome \(ENOENT.*\); check --welcome-file\.$/,
  );
  expect(await natter.exited).toBe(1);
});
