import { describe, expect, test } from "bun:test";
import { parseFlags } from "../../../lib/cli/flags.ts";
import { helpText, usageOf } from "../../../lib/cli/help.ts";
import { programName } from "../../../lib/cli/program-name.ts";
import { GROUPS } from "../../../lib/options/option.ts";
import { OPTION_ENTRIES } from "../../../lib/options/options.ts";
import { resolveOptions } from "../../../lib/options/settings.ts";

describe("parseFlags", () => {
  const served: [argv: string[], options: object][] = [
    [[], {}],
    [["--port", "0"], { port: 0 }],
    [["--port=65535"], { port: 65_535 }],
    [["--host", "::1"], { hostname: "::1" }],
    [["--idle-timeout", "1.5"], { idleTimeoutMs: 1_500 }],
    [["--idle-timeout", ".25"], { idleTimeoutMs: 250 }],
    [["--name-timeout", "0"], { nameTimeoutMs: 0 }],
    [["--idle-timeout", "90s"], { idleTimeoutMs: 90_000 }],
    [["--idle-timeout", "5m"], { idleTimeoutMs: 300_000 }],
    [["--idle-timeout", "1.5h"], { idleTimeoutMs: 5_400_000 }],
    [["--idle-timeout=1d"], { idleTimeoutMs: 86_400_000 }],
    [["--close-timeout", "250ms"], { closeTimeoutMs: 250 }],
    [["--queue-limit", "65536"], { queueLimitBytes: 65_536 }],
    [["--queue-limit", "64k"], { queueLimitBytes: 65_536 }],
    [["--queue-limit", "1M"], { queueLimitBytes: 1_048_576 }],
    [["--queue-limit", "1.5MiB"], { queueLimitBytes: 1_572_864 }],
    [["--total-queue-limit", "2G"], { totalQueueLimitBytes: 2_147_483_648 }],
    [["-p", "7"], { port: 7 }],
    [["-p8888"], { port: 8888 }],
    [["--line-burst", "100", "--line-rate", "0.5"], { lineBurst: 100, lineRate: 0.5 }],
    [["--quiet", "--port", "7"], { quiet: true, port: 7 }],
    [["--port", "1", "--port", "2"], { port: 2 }],
    [["--port", "1", "--"], { port: 1 }],
    [["--listen", "tcp://a:1", "--listen=unix:///b"], { listen: ["tcp://a:1", "unix:///b"] }],
    [["--no-trust-loopback"], { trustLoopback: false }],
    [["--no-trust-loopback", "--trust-loopback"], { trustLoopback: true }],
    [["--welcome", "", "--history", "5"], { welcome: "", history: 5 }],
    [
      ["--welcome=--- hi ---", "--prompt", "Ton nom : "],
      { welcome: "--- hi ---", prompt: "Ton nom : " },
    ],
  ];
  for (const [argv, options] of served) {
    test(`accepts ${JSON.stringify(argv.join(" "))}`, () => {
      expect(parseFlags(argv)).toEqual({ kind: "serve", options });
    });
  }

  test("--help and --version answer and start no server", () => {
    expect(parseFlags(["--port", "1", "--help"])).toEqual({ kind: "help" });
    expect(parseFlags(["-h"])).toEqual({ kind: "help" });
    expect(parseFlags(["--version"])).toEqual({ kind: "version" });
  });

  const time = "it takes a time from 0 to 2000000 seconds (90 or 90s, 5m, 1.5h), 0 = never";
  const size = "it takes a size from 4 KiB to 1 GiB (65536 or 64k, 1m)";
  const port = "it takes a whole number from 0 to 65535, 0 = any free one";
  const welcome =
    "it takes a text of at most 4096 bytes; one that begins with - is written as --welcome=TEXT";
  const wrong: [argv: string[], complaint: string][] = [
    [["--port", "65536"], `--port is "65536"; ${port}.`],
    [["--welcome", "--- hi ---"], `--welcome is "--- hi ---"; ${welcome}.`],
    [["--prompt", ""], '--prompt is ""; it takes a text of at most 256 bytes that is not empty.'],
    [["--port", "http"], `--port is "http"; ${port}.`],
    [["--port", "8.5"], `--port is "8.5"; ${port}.`],
    [["--port", ""], `--port is ""; ${port}.`],
    [["--port", "0x10"], `--port is "0x10"; ${port}.`],
    [["--port", "1e3"], `--port is "1e3"; ${port}.`],
    [["--port", "-1"], `--port is "-1"; ${port}.`],
    [["--port", "--quiet"], `--port is "--quiet"; ${port}.`],
    [["--port"], `--port has no value; ${port}.`],
    [["-p", "http"], `-p is "http"; ${port}.`],
    [["-p=1"], `-p is "=1"; ${port}.`],
    [["-p"], `-p has no value; ${port}.`],
    ...["5x", "5M", "5 m", "m", "-5m", "5mm", "2000001", "24d", "Infinity"].map(
      (text): [string[], string] => [
        [`--idle-timeout=${text}`],
        `--idle-timeout is "${text}"; ${time}.`,
      ],
    ),
    ...["1T", "64kb", "k", "4k5", "0.3m", "2g", "1k", "1 MiB"].map((text): [string[], string] => [
      ["--queue-limit", text],
      `--queue-limit is "${text}"; ${size}.`,
    ]),
    [
      ["--close-timeout", "0"],
      '--close-timeout is "0"; it takes a time from 1 ms to 2000000 seconds (90 or 90s, 5m, 1.5h).',
    ],
    [
      ["--line-limit", "100"],
      '--line-limit is "100"; it takes a size from 128 bytes to 1 MiB (65536 or 64k, 1m).',
    ],
    [
      ["--line-rate", "fast"],
      '--line-rate is "fast"; it takes a number from 0 to 1000000 a second, 0 = no limit.',
    ],
    [["--name-limit", "0"], '--name-limit is "0"; it takes a whole number from 1 to 128.'],
    [["--host", ""], '--host is ""; it takes an address.'],
    [["--host", "--quiet"], '--host is "--quiet"; it takes an address.'],
    [["--host"], "--host has no value; it takes an address."],
    [["--listen", ""], '--listen is ""; it takes a URL of at most 4096 bytes that is not empty.'],
    [["--no-trust-loopback=1"], '--no-trust-loopback is "1"; it takes no value.'],
    [["--quiet=yes"], '--quiet is "yes"; it takes no value.'],
    [["--help=all"], '--help is "all"; it takes no value.'],
    [["--version="], '--version is ""; it takes no value.'],
  ];
  for (const [argv, complaint] of wrong) {
    test(`refuses ${JSON.stringify(argv.join(" "))} in one sentence`, () => {
      expect(parseFlags(argv)).toEqual({ kind: "wrong", complaint });
    });
  }

  const meant: [argv: string[], given: string, flag: string][] = [
    [["--prot", "1"], "--prot", "port"],
    [["--PORT", "1"], "--PORT", "port"],
    [["-port", "1"], "-port", "port"],
    [["port", "1"], '"port"', "port"],
    [["--max-client", "9"], "--max-client", "max-clients"],
    [["--idle-timout=5m"], "--idle-timout", "idle-timeout"],
    [["--stall", "5m"], "--stall", "stall-timeout"],
    [["--hlep"], "--hlep", "help"],
    [["-v"], "-v", "version"],
  ];
  for (const [argv, given, flag] of meant) {
    test(`takes ${argv[0]} for a typing error, and says what was meant`, () => {
      const complaint = `${given} is not an option. Did you mean --${flag}?`;
      expect(parseFlags(argv)).toEqual({ kind: "wrong", complaint });
    });
  }

  for (const given of ["--bogus", "-x", "8888", "--no-quiet", "--__proto__", "-", "--p", "-pabc"]) {
    test(`refuses ${given} and says where the options are`, () => {
      const request = parseFlags([given, "1"]);
      const shown = /^-./.test(given) ? given : `"${given}"`;
      expect(request).toEqual({
        kind: "wrong",
        complaint: `${shown} is not an option. Run it with --help for the options.`,
      });
    });
  }
});

describe("--help", () => {
  const help = helpText("natter");

  test("lists each option below its group, with its default and unit", () => {
    const groups = help.split(/^(.*):(?=\n  -)/m);
    for (const [, option] of OPTION_ENTRIES) {
      const section = groups[groups.indexOf(option.group) + 1] ?? "";
      const [, entry = ""] = section.split(`\n  ${usageOf(option)}`);
      expect(entry).toMatch(/^\s+\S.*\n +Default: .*\.\n/);
    }
    expect(groups.filter((_, index) => index % 2 === 1)).toEqual([...GROUPS, "Help"]);
  });

  test.each([
    "Default: 5 minutes; 0 = never.",
    "Default: 1 minute.",
    "Default: 30 seconds; 0 = never.",
    "Default: 1 MiB.",
    "Default: 64 KiB.",
    "Default: 10000.",
    "Default: 10 a second; 0 = no limit.",
    "Default: 4 times --line-rate; 0 = no limit.",
    "Default: 8888; 0 = any free one.",
    "  -p, --port PORT   ",
    "  --[no-]trust-loopback ",
    "Default: on.",
    "  -h, --help   ",
    "Usage: natter [OPTION ...]\n",
    "90, 90s, 5m, 1.5h.\n",
    "(k, m, g; k is 1,024)",
  ])("says %p", (text) => expect(help).toContain(text));

  test("fits a terminal of 80 columns", () => {
    for (const line of help.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });
});

describe("programName", () => {
  const script = "/srv/natter/index.ts";
  const bun = "bun";
  test.each([
    ["bun run index.ts", script, bun, "/srv/natter"],
    ["bun run natter/index.ts", script, bun, "/srv"],
    ["bun run /srv/natter/index.ts", script, bun, "/home/bob"],
    ["natter", "/home/bob/node_modules/natter/index.ts", bun, "/home/bob"],
    ["chatty", "/$bunfs/root/index", "/usr/local/bin/chatty", "/srv"],
    ["chatty", "B:/~BUN/root/index", "chatty.exe", "/srv"],
  ])("is %p for %p, started by %p in %p", (shown, script, started, folder) => {
    expect(programName(script, started, folder, "natter")).toBe(shown);
  });
});

describe("resolveOptions", () => {
  test("fills in every default", () => {
    const defaults = OPTION_ENTRIES.map(([name, option]) => [name, option.default]);
    expect(resolveOptions({})).toEqual(Object.fromEntries(defaults));
    expect(resolveOptions({ port: undefined } as object)).toEqual(resolveOptions({}));
  });

  test("every default is in its own range, and --help and flags accept it", () => {
    expect(() => resolveOptions(resolveOptions({}))).not.toThrow();
  });

  test("options that go together are accepted at their very limits", () => {
    const limits = { messageLimitBytes: 2_000, lineLimitBytes: 2_000 };
    const times = { idleWarningMs: 299_999, idleTimeoutMs: 300_000 };
    for (const given of [limits, times, { idleTimeoutMs: 0 }, { lineLimitBytes: 128 }]) {
      expect(resolveOptions(given)).toMatchObject(given);
    }
    expect(resolveOptions({ lineLimitBytes: 128 }).messageLimitBytes).toBe(128);
  });

  const refused: [given: object, error: RegExp][] = [
    [{ port: 70_000 }, /^RangeError: port is 70000; it must be a whole number from 0 to 65535/],
    [{ port: 1.5 }, /^RangeError: port is 1.5; it must be a whole number/],
    [{ port: NaN }, /^RangeError: port is NaN/],
    [{ idleTimeoutMs: -1 }, /^RangeError: idleTimeoutMs is -1; .* 0 to 2000000000, 0 = never/],
    [{ idleTimeoutMs: Infinity }, /^RangeError: idleTimeoutMs is Infinity/],
    [{ port: "8888" }, /^TypeError: port is "8888"; it must be a number/],
    [{ hostname: "" }, /^RangeError: hostname is ""; it must not be empty/],
    [{ prompt: "é".repeat(129) }, /^RangeError: prompt has 258 bytes; it must have at most 256\./],
    [{ listen: "tcp://a:1" }, /^TypeError: listen is "tcp:\/\/a:1"; it must be a list of strings/],
    [{ listen: [1] }, /^TypeError: listen is .*; it must be a list of strings/s],
    [{ listen: [""] }, /^RangeError: listen is ""; it must not be empty/],
    [{ listen: ["a"] }, /^RangeError: listen \(--listen\) has "a"; it takes a URL such as /],
    [{ quiet: 1 }, /^TypeError: quiet is 1; it must be a boolean/],
    [
      { idleTimeout: 5 },
      /^TypeError: idleTimeout is not an option; the options are hostname, port/,
    ],
    [
      { messageLimitBytes: 2_000, lineLimitBytes: 1_999 },
      /^RangeError: messageLimitBytes is 2000; .* lineLimitBytes \(--message-limit, --line-limit\), which is 1999\.$/,
    ],
    [
      { idleWarningMs: 300_000 },
      /^RangeError: idleWarningMs is 300000; .* idleTimeoutMs \(--idle-warning, --idle-timeout\), which is 300000\.$/,
    ],
    [{ idleWarningMs: 1, idleTimeoutMs: 0 }, /, which is 0 \(never\)\.$/],
    [{ toString: 5 }, /^TypeError: toString is not an option/],
  ];
  for (const [given, error] of refused) {
    test(`refuses ${Bun.inspect(given).replace(/\s+/g, " ")}`, () => {
      let thrown: unknown;
      try {
        resolveOptions(given);
      } catch (caught) {
        thrown = caught;
      }
      expect(String(thrown)).toMatch(error);
    });
  }
});
