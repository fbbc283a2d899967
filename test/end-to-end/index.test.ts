import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { helpText } from "../../lib/cli/help.ts";
import { describeStartError } from "../../lib/cli/start-error.ts";
import { name, version } from "../../package.json";
import { ChatClient } from "../helpers/chat-client.ts";
import { Program } from "../helpers/program.ts";

/** Several times as long as it takes to compile natter, in milliseconds. */
const COMPILE_TIME_LIMIT_MS = 30_000;

const GOODBYE = "*** The server is shutting down ***\n";

describe("the program", () => {
  test("says where it listens, serves, and shows who comes, what they say and who goes", async () => {
    await using natter = Program.natter("--port", "0");
    const port = await natter.port();
    using alice = await ChatClient.join(port, "Alice");
    using bob = await ChatClient.join(port, "Bob");
    await alice.expect("*** Bob has joined the chat ***\n");
    bob.send("Hi Alice!\n");
    await alice.expect("Bob: Hi Alice!\n");
    bob.halfClose();
    await natter.stdout.expect(
      `Alice (${alice.address}) has joined\nBob (${bob.address}) has joined\n` +
        `Bob: Hi Alice!\nBob (${bob.address}) has left: closed\n`,
    );
  });

  test("--quiet leaves the messages out", async () => {
    await using natter = Program.natter("--port", "0", "--quiet");
    using bob = await ChatClient.join(await natter.port(), "Bob");
    bob.send("secret\n").halfClose();
    await natter.stdout.expect(
      `Bob (${bob.address}) has joined\nBob (${bob.address}) has left: closed\n`,
    );
  });

  test("listens on 127.0.0.1:8888 by default", async () => {
    await using natter = Program.natter();
    const first = await Promise.race([natter.stdout.line(), natter.stderr.line()]);
    const expected = [
      "Chat server running on 127.0.0.1:8888",
      `${name}: ${describeStartError({ code: "EADDRINUSE" }, { port: 8888 })}`,
    ];
    expect(expected).toContain(first);
  });

  test("writes the address of an IPv6 listener in brackets", async () => {
    await using natter = Program.natter("--host", "::1", "--port", "0");
    expect(await natter.stdout.line()).toMatch(/^Chat server running on \[::1\]:\d+$/);
  });

  test("says where it listens in a line for each listener", async () => {
    const flags = ["--listen", "tcp://[::1]:0", "--listen", "tcp://127.0.0.1:0", "--port", "0"];
    await using natter = Program.natter(...flags);
    for (const host of [/127\.0\.0\.1/, /\[::1\]/, /127\.0\.0\.1/]) {
      const line = new RegExp(`^Chat server running on ${host.source}:\\d+$`);
      expect(await natter.stdout.line()).toMatch(line);
    }
  });

  const answers: [flags: string[], stdout: string][] = [
    [["--help"], helpText("bun run index.ts")],
    [["-h"], helpText("bun run index.ts")],
    [["--version"], `natter ${version}\n`],
  ];
  for (const [flags, answer] of answers) {
    test(`${flags} answers on stdout and exits with 0`, async () => {
      await using natter = Program.natter(...flags);
      await natter.stdout.expectLast(answer);
      expect(await natter.exited).toBe(0);
    });
  }

  test(
    "--help of a compiled program has the name that it was started by",
    async () => {
      const folder = mkdtempSync(`${tmpdir()}/natter-compiled-`);
      const [outfile, link] = [`${folder}/chatty`, `${folder}/natter`];
      try {
        await using bun = new Program(
          ...[process.execPath, "build", "--compile", "index.ts", "--outfile", outfile],
        );
        expect(await bun.exited).toBe(0);
        symlinkSync(outfile, link);
        for (const [program, name] of [
          [outfile, "chatty"],
          [link, "natter"],
        ] as const) {
          await using natter = new Program(program, "--help");
          await natter.stdout.expectLast(helpText(name));
        }
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
    COMPILE_TIME_LIMIT_MS,
  );

  test("a wrong option: one sentence on stderr, exit code 2", async () => {
    await using natter = Program.natter("--port", "http");
    await natter.stderr.expectLast(
      'natter: --port is "http"; it takes a whole number from 0 to 65535, 0 = any free one.\n',
    );
    expect(await natter.exited).toBe(2);
    await natter.stdout.expectLast("");
  });

  test("an address that it cannot have: one sentence on stderr, exit code 1", async () => {
    await using first = Program.natter("--port", "0");
    const port = String(await first.port());
    const attempts: [flags: string[], complaint: RegExp][] = [
      [["--port", port], /^natter: 127\.0\.0\.1:\d+ is in use; .* --port\.\n$/],
      [
        ["--port", "0", "--host", "192.0.2.1"],
        /^natter: 192\.0\.2\.1 is not an address .* --host\.\n$/,
      ],
      [
        ["--port", "0", "--host", "no such host"],
        /^natter: no such host is no address, .* --host\.\n$/,
      ],
    ];
    for (const [flags, complaint] of attempts) {
      await using natter = Program.natter(...flags);
      expect(await natter.exited).toBe(1);
      expect(await natter.stderr.rest()).toMatch(complaint);
    }
  });

  const reasons: [error: unknown, sentence: string][] = [
    [
      { code: "EACCES" },
      "no permission to listen on [::1]:80; choose a port above 1023 with --port.",
    ],
    [
      { code: "EADDRINUSE" },
      "[::1]:80 is in use; stop what uses it or choose another port with --port.",
    ],
    [
      { code: "EADDRNOTAVAIL" },
      "::1 is not an address of this machine; choose another with --host.",
    ],
    [Object.assign(new Error("too few; raise it."), { code: "EMFILE" }), "too few; raise it."],
    [new RangeError("port is -1; it must be more."), "port is -1; it must be more."],
    [
      Object.assign(new Error("EISDIR: read 'x'"), { code: "EISDIR", path: "x" }),
      "cannot read the welcome (EISDIR: read 'x'); check --welcome-file.",
    ],
    [
      Object.assign(new Error("k is not c's key"), { code: "ERR_CERTIFICATE" }),
      "cannot speak TLS: k is not c's key; check --tls-cert, --tls-key and --tls-client-ca.",
    ],
    [
      Object.assign(new RangeError("odd"), { code: "EODD" }),
      "cannot listen on [::1]:80 (EODD); check --host and --port.",
    ],
    [new Error("odd"), "cannot listen on [::1]:80 (odd); check --host and --port."],
    ...[new Error("Failed to listen at ::1"), { code: "ENOTFOUND" }].map(
      (error): [unknown, string] => [
        error,
        "::1 is no address, and no host of that name is known; choose another with --host.",
      ],
    ),
  ];
  test("a listener that it cannot have: one sentence that names it", () => {
    const url = "tcp://h:80";
    const sentences = [
      ["EADDRINUSE", "it is in use"],
      ["EADDRNOTAVAIL", "that is not an address of this machine"],
      ["EACCES", "there is no permission for it"],
      ["ENOENT", "its folder does not exist"],
      ["ENOTSOCK", "a file is there that is not a socket"],
      ["ENOTFOUND", "no host of that name is known"],
      ["EBADF", "that is no socket that listens"],
      ["EODD", "odd (EODD)"],
    ];
    for (const [code, reason] of sentences) {
      const error = Object.assign(new Error("odd"), { code, url });
      expect(describeStartError(error, {})).toBe(`cannot listen on ${url}: ${reason}.`);
    }
  });

  for (const [error, sentence] of reasons) {
    test(`says in one sentence why it cannot start: ${sentence}`, () => {
      expect(describeStartError(error, { hostname: "::1", port: 80 })).toBe(sentence);
    });
  }

  test("files for TLS that cannot be used: one sentence, exit code 1", async () => {
    const flags = ["--listen", "tls://127.0.0.1:0", "--tls-cert", "/none", "--tls-key", "/none"];
    await using natter = Program.natter(...flags);
    expect(await natter.exited).toBe(1);
    await natter.stderr.expectLast(
      "natter: cannot speak TLS: ENOENT: no such file or directory, open '/none'; check --tls-cert, --tls-key and --tls-client-ca.\n",
    );
  });

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    test(`${signal}: everyone is told, nobody else is let in, exit code 0`, async () => {
      await using natter = Program.natter("--port", "0");
      const port = await natter.port();
      using alice = await ChatClient.join(port, "Alice");
      using bob = await ChatClient.join(port, "Bob");
      await alice.expect("*** Bob has joined the chat ***\n");
      using nameless = await ChatClient.connect(port);
      await nameless.expect("Enter your name: ");
      natter.signal(signal);
      for (const client of [alice, bob, nameless]) await client.expectLast(GOODBYE);
      expect(await natter.exited).toBe(0);
      expect(await natter.stdout.rest()).toEndWith(
        `Alice (${alice.address}) has left: server shutdown\n` +
          `Bob (${bob.address}) has left: server shutdown\n`,
      );
      await expect(ChatClient.connect(port)).rejects.toThrow();
    });
  }

  test("SIGHUP that has nothing to reload changes nothing", async () => {
    await using natter = Program.natter("--port", "0");
    const port = await natter.port();
    natter.signal("SIGHUP");
    using alice = await ChatClient.join(port, "Alice");
    await natter.stdout.expect(`Alice (${alice.address}) has joined\n`);
    natter.signal("SIGTERM");
    await alice.expectLast(GOODBYE);
    expect(await natter.exited).toBe(0);
    await natter.stdout.expectLast(`Alice (${alice.address}) has left: server shutdown\n`);
    await natter.stderr.expectLast("");
  });

  const noScript = Bun.which("script") === null;
  test.skipIf(noScript)(
    `SIGHUP on a terminal stops it like SIGTERM${noScript ? ": skipped, needs script from bsdutils" : ""}`,
    async () => {
      // `script` runs its command on a terminal. The output does not matter.
      const inner = `echo $$ >&3; exec '${process.execPath}' run index.ts --port 0`;
      await using natter = new Program("sh", "-c", `exec 3>&2; script -qec "$0" /dev/null`, inner);
      const pid = Number(await natter.stderr.line());
      using alice = await ChatClient.join(await natter.port(), "Alice");
      await natter.stdout.expect(`Alice (${alice.address}) has joined\r\n`);
      process.kill(pid, "SIGHUP");
      await alice.expectLast(GOODBYE);
      expect(await natter.exited).toBe(0);
      await natter.stdout.expectLast(`Alice (${alice.address}) has left: server shutdown\r\n`);
    },
  );

  test("a second signal exits at once", async () => {
    await using natter = Program.natter("--port", "0", "--close-timeout", "600");
    const port = await natter.port();
    using stalled = await ChatClient.connect(port);
    await stalled.expect("Enter your name: ");
    stalled.pause();
    using alice = await ChatClient.connect(port);
    await alice.expect("Enter your name: ");
    natter.signal("SIGTERM");
    await alice.expectLast(GOODBYE);
    natter.signal("SIGTERM");
    expect(await natter.exited).toBe(143);
  });
});
