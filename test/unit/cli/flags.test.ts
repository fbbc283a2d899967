import { describe, expect, test } from "bun:test";
import { helpText, parseFlags } from "../../../lib/cli/flags.ts";
import { OPTION_ENTRIES, OPTIONS } from "../../../lib/options/options.ts";
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
    [["--queue-limit", "65536"], { queueLimitBytes: 65_536 }],
    [["--line-burst", "100", "--line-rate", "0.5"], { lineBurst: 100, lineRate: 0.5 }],
    [["--quiet", "--port", "7"], { quiet: true, port: 7 }],
    [["--port", "1", "--port", "2"], { port: 2 }],
    [["--port", "1", "--"], { port: 1 }],
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

  test("--help and --version are questions, not servers", () => {
    expect(parseFlags(["--port", "1", "--help"])).toEqual({ kind: "help" });
    expect(parseFlags(["--version"])).toEqual({ kind: "version" });
  });

  const seconds = "it takes a number of seconds from 0 to 2000000, 0 = never";
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
    [["--idle-timeout", "5m"], `--idle-timeout is "5m"; ${seconds}.`],
    [["--idle-timeout", "2000001"], `--idle-timeout is "2000001"; ${seconds}.`],
    [["--idle-timeout", "Infinity"], `--idle-timeout is "Infinity"; ${seconds}.`],
    [
      ["--close-timeout", "0"],
      '--close-timeout is "0"; it takes a number of seconds from 0.001 to 2000000.',
    ],
    [
      ["--queue-limit", "1M"],
      '--queue-limit is "1M"; it takes a whole number of bytes from 4096 to 1073741824.',
    ],
    [
      ["--line-rate", "fast"],
      '--line-rate is "fast"; it takes a number a second from 0 to 1000000, 0 = no limit.',
    ],
    [["--name-limit", "0"], '--name-limit is "0"; it takes a whole number from 1 to 128.'],
    [["--host", ""], '--host is ""; it takes an address.'],
    [["--host", "--quiet"], '--host is "--quiet"; it takes an address.'],
    [["--host"], "--host has no value; it takes an address."],
    [["--quiet=yes"], '--quiet is "yes"; it takes no value.'],
    [["--help=all"], '--help is "all"; it takes no value.'],
    [["--version="], '--version is ""; it takes no value.'],
  ];
  for (const [argv, complaint] of wrong) {
    test(`refuses ${JSON.stringify(argv.join(" "))} in one sentence`, () => {
      expect(parseFlags(argv)).toEqual({ kind: "wrong", complaint });
    });
  }

  for (const argv of [["--prot", "1"], ["-p"], ["8888"], ["--no-quiet"], ["--__proto__"], ["-"]]) {
    test(`refuses ${argv[0]} and says which options there are`, () => {
      const request = parseFlags(argv);
      const [given] = argv;
      if (request.kind !== "wrong") throw new Error(`it was taken for ${request.kind}`);
      expect(request.complaint).toContain(`${given}`);
      for (const { flag } of Object.values(OPTIONS))
        expect(request.complaint).toContain(`--${flag}`);
    });
  }
});

describe("--help", () => {
  test("lists each option with its default and unit", () => {
    for (const [, option] of OPTION_ENTRIES) {
      const [, entry = ""] = helpText().split(`--${option.flag}`);
      expect(entry).toMatch(/^( [A-Z]+)?\s+\S.*\n +Default: .*\.\n/);
    }
    expect(helpText()).toContain("Default: 300 seconds; 0 = never.");
    expect(helpText()).toContain("Default: 1048576 bytes.");
    expect(helpText()).toContain("Default: 10 a second; 0 = no limit.");
    expect(helpText()).toContain("Default: 8888; 0 = any free one.");
  });

  test("fits a terminal of 80 columns", () => {
    for (const line of helpText().split("\n")) expect(line.length).toBeLessThanOrEqual(80);
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
