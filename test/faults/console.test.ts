import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { linesNotShown } from "../../lib/text/messages.ts";
import { ChatClient } from "../helpers/chat-client.ts";
import { until } from "../helpers/clock.ts";
import { Program } from "../helpers/program.ts";
import { HAS_PROC, listeningPort, PROC_NOTE } from "../helpers/proc.ts";

const TEST_MS_MAX = 20_000;
const GOODBYE = "*** The server is shutting down ***\n";
const SERVE = '"$0" run index.ts --port 0 --line-rate 0';

/** More than the console's backlog and a pipe hold together. */
const LINES = 3_000;
const TEXT = "x".repeat(1_000);

let folder: string;
beforeEach(() => void (folder = mkdtempSync(`${tmpdir()}/natter-`)));
afterEach(() => rmSync(folder, { recursive: true }));

async function meet(port: number): Promise<[alice: ChatClient, bob: ChatClient]> {
  const alice = await ChatClient.join(port, "Alice");
  const bob = await ChatClient.join(port, "Bob");
  await alice.expect("*** Bob has joined the chat ***\n");
  return [alice, bob];
}

async function talk([alice, bob]: [ChatClient, ChatClient]): Promise<void> {
  for (let number = 0; number < LINES; number++) {
    bob.send(`${number} ${TEXT}\n`);
    await alice.expect(`Bob: ${number} ${TEXT}\n`);
  }
}

describe("a console that takes nothing: the chat loses nothing, and SIGTERM ends it with exit code 0", () => {
  const consoles: [what: string, redirection: string][] = [
    ["closed from the start", ">&-"],
    ["closed from the start, as all else is", "<&- >&- 2>&-"],
    ["a full disk", ">/dev/full"],
    ["a pipe that nobody reads", '3<>"$1/pipe" >"$1/pipe"'],
    ["a pipe whose reader has gone", '3<>"$1/pipe" >"$1/pipe" 3<&-'],
  ];
  for (const [what, redirection] of consoles) {
    test.skipIf(!HAS_PROC)(
      `${what}${PROC_NOTE}`,
      async () => {
        const script = `mkfifo "$1/pipe"; exec ${SERVE} ${redirection}`;
        await using natter = new Program("sh", "-c", script, process.execPath, folder);
        const people = await meet(await until(() => listeningPort(natter.pid)));
        await talk(people);
        natter.signal("SIGTERM");
        for (const client of people) await client.expectLast(GOODBYE);
        expect(await natter.exited).toBe(0);
      },
      TEST_MS_MAX,
    );
  }
});

describe("a console that nobody reads", () => {
  const shell = (script: string) => new Program("sh", "-c", script, process.execPath);

  test("that reads late still gets the last lines", async () => {
    await using natter = shell(
      `exec 3<&0
       { ${SERVE} & echo $! >&2; wait; } |
         { read line; echo "$line"; read go <&3; cat; }`,
    );
    const port = await natter.port();
    const pid = Number(await natter.stderr.line());
    const [alice, bob] = await meet(port);
    const lines = Array.from(
      { length: 2_000 },
      (_, number) => `Bob: ${number} ${"x".repeat(90)}\n`,
    );
    for (const line of lines) bob.send(line.replace("Bob: ", ""));
    await alice.expect(lines.join(""));
    process.kill(pid, "SIGTERM");
    await alice.expectLast(GOODBYE);
    natter.type("go\n");
    await natter.stdout.expectLast(
      `Alice (${alice.address}) has joined\nBob (${bob.address}) has joined\n${lines.join("")}` +
        `Alice (${alice.address}) has left: server shutdown\n` +
        `Bob (${bob.address}) has left: server shutdown\n`,
    );
  });

  const hasScript = Bun.which("script") !== null;
  const note = hasScript ? "" : ": skipped, needs script from bsdutils";
  test.skipIf(!hasScript)(
    `that is a terminal stopped with Ctrl-S does not disturb the chat${note}`,
    async () => {
      const terminal = `script -qfc "'$0' run index.ts --port 0 --line-rate 0" /dev/null`;
      await using natter = shell(`${terminal} | { read line; echo "$line"; exec sleep 600; }`);
      await talk(await meet(await natter.port()));
    },
  );
});

/** Runs a script that can mount something, which goes when the script does. */
const IN_PRIVATE = ["unshare", "--map-root-user", "--mount", "sh", "-c"];
const MOUNT = 'mount -t tmpfs -o size=8m none "$1"';

const canMount =
  HAS_PROC &&
  Bun.which("unshare") !== null &&
  Bun.spawnSync([...IN_PRIVATE, MOUNT, "sh", tmpdir()]).success;
const note = canMount ? "" : ": skipped, needs unshare of util-linux, and that it may mount";

function fillUp(path: string): void {
  const descriptor = openSync(path, "w");
  for (const size of [65_536, 1]) {
    try {
      for (;;) writeSync(descriptor, Buffer.alloc(size));
    } catch (error) {
      expect(error).toMatchObject({ code: "ENOSPC" });
    }
  }
  closeSync(descriptor);
}

test.skipIf(!canMount)(
  `a log on a disk that is full for a while goes on where it stopped, in whole lines, and says how many are missing${note}`,
  async () => {
    const script = `${MOUNT} && exec ${SERVE} >"$1/log"`;
    await using natter = new Program(...IN_PRIVATE, script, process.execPath, folder);
    const people = await meet(await until(() => listeningPort(natter.pid)));
    const [alice, bob] = people;
    const disk = `/proc/${natter.pid}/root${folder}`;
    const log = openSync(`${disk}/log`, "r");
    const logged = () => readFileSync(`${disk}/log`, "utf8");
    await until(() => logged().includes("Bob "));
    fillUp(`${disk}/filler`);
    await talk(people);
    expect(logged().length).toBeLessThan(10_000);

    rmSync(`${disk}/filler`);
    await until(() => logged().includes("not shown"));
    bob.send("again\n");
    await alice.expect("Bob: again\n");
    natter.signal("SIGTERM");
    expect(await natter.exited).toBe(0);
    // The file system is gone, except the open file.
    const lines = readFileSync(log, "utf8").split("\n");
    closeSync(log);
    const shown = lines.filter((line) => line.endsWith(TEXT)).length;
    expect(shown).toBeWithin(1_000, LINES);
    expect(lines.slice(3, 3 + shown)).toEqual(
      Array.from({ length: shown }, (_, number) => `Bob: ${number} ${TEXT}`),
    );
    expect(`${lines[3 + shown]}\n`).toBe(linesNotShown(LINES - shown));
    expect(lines[4 + shown]).toBe("Bob: again");
    expect(lines).toHaveLength(shown + 8);
  },
  TEST_MS_MAX,
);
