import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { readConfigFile } from "../../../lib/cli/config-file.ts";
import { check, configure, type Configuration } from "../../../lib/cli/configuration.ts";
import { parseFlags } from "../../../lib/cli/flags.ts";
import { printConfig } from "../../../lib/cli/print-config.ts";
import { OPTION_ENTRIES } from "../../../lib/options/options.ts";
import { isNumberOption, resolveOptions, type Settings } from "../../../lib/options/settings.ts";
import { readAmount, writeAmount } from "../../../lib/options/units.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/natter-`);
  file = `${folder}/natter.toml`;
});
afterEach(() => rmSync(folder, { recursive: true }));

function read(text: string): object | string {
  writeFileSync(file, text);
  const options = readConfigFile(file);
  return typeof options === "string" ? options.replace(folder, "") : options;
}

describe("a configuration file", () => {
  const accepted: [text: string, options: object][] = [
    ["", {}],
    ["# nothing\n", {}],
    [
      'idle-timeout = "5m"\nqueue-limit = "64k"',
      { idleTimeoutMs: 300_000, queueLimitBytes: 65_536 },
    ],
    ["idle-timeout = 90\nqueue-limit = 8192", { idleTimeoutMs: 90_000, queueLimitBytes: 8_192 }],
    ['idle-timeout = "90"\nline-rate = 0.5', { idleTimeoutMs: 90_000, lineRate: 0.5 }],
    ["port = 0\nquiet = true\ngreeting = false", { port: 0, quiet: true, greeting: false }],
    ['welcome = """\n--- hi ---\nthere\n"""', { welcome: "--- hi ---\nthere\n" }],
    ['log-format = "json"', { logFormat: "json" }],
    ['listen = ["tcp://[::1]:1", "unix:///x"]', { listen: ["tcp://[::1]:1", "unix:///x"] }],
    ["listen = []\ntrust-loopback = false", { listen: [], trustLoopback: false }],
  ];
  for (const [text, options] of accepted) {
    test(`may be ${JSON.stringify(text)}`, () => expect(read(text)).toEqual(options));
  }

  test("has the same values for every option as its flag", () => {
    for (const [name, option] of OPTION_ENTRIES) {
      if (option.kind === "switch") continue;
      const text = isNumberOption(option) ? writeAmount(option.kind, option.max) : "json";
      const given = option.kind === "texts" ? `["${text}"]` : `"${text}"`;
      const expected = parseFlags([`--${option.flag}=${text}`]);
      expect(expected).toMatchObject({ kind: "serve", options: { [name]: expect.anything() } });
      expect(read(`${option.flag} = ${given}`)).toEqual((expected as { options: object }).options);
    }
  });

  const time = "it takes a time from 0 to 2000000 seconds (90 or 90s, 5m, 1.5h), 0 = never";
  const list =
    "it takes a list in brackets, each entry a URL of at most 4096 bytes that is not empty";
  const refused: [text: string, complaint: string][] = [
    ['idle-timeout = "5x"', `idle-timeout is "5x"; ${time}.`],
    ["idle-timeout = -5", `idle-timeout is -5; ${time}.`],
    ["idle-timeout = true", `idle-timeout is true; ${time}.`],
    ["idle-timeout = [1]", `idle-timeout is a list; ${time}.`],
    ["idle-timeout = 2026-01-01", `idle-timeout is a table or a date; ${time}.`],
    ["port = 8.5", "port is 8.5; it takes a whole number from 0 to 65535, 0 = any free one."],
    ["host = 5", "host is 5; it takes an address."],
    ['prompt = ""', 'prompt is ""; it takes a text of at most 256 bytes that is not empty.'],
    ['listen = "tcp://[::1]:1"', `listen is "tcp://[::1]:1"; ${list}.`],
    ["listen = [5]", `listen is a list; ${list}.`],
    ['listen = ["tcp://[::1]:1", ""]', `listen is a list; ${list}.`],
    ['listen = ["a\\u0007b"]', 'listen is "a\\u0007b"; it must have no control characters.'],
    ['quiet = "yes"', 'quiet is "yes"; it takes true or false.'],
    [
      'log-format = "JSN"',
      'log-format is "JSN"; it takes text, json or text+time. Did you mean json?',
    ],
    ['welcome = "a\\u0007b"', 'welcome is "a\\u0007b"; it must have no control characters.'],
    ["idle-timout = 5", "idle-timout is not an option. Did you mean idle-timeout?"],
    ["idle_timeout = 5", "idle_timeout is not an option. Did you mean idle-timeout?"],
    ["idleTimeoutMs = 5", "idleTimeoutMs is not an option. Did you mean idle-timeout?"],
    ["bogus = 5", "bogus is not an option. Run natter with --help for the options."],
    ["__proto__ = 5", "__proto__ is not an option. Run natter with --help for the options."],
    ["[server]\nport = 5", "server is not an option. The file has no tables."],
    ['config = "x"', "config is not an option. Run natter with --help for the options."],
    ["port = 1\nport = 2", "line 2 is not TOML: Cannot redefine key 'port'."],
    ["\n\nport = yes\n\n", 'line 3 is not TOML: Strings must be quoted: "yes".'],
  ];
  for (const [text, complaint] of refused) {
    test(`may not be ${JSON.stringify(text)}: that is one sentence with file and key`, () => {
      expect(read(text)).toBe(`/natter.toml: ${complaint}`);
    });
  }

  test("must be a regular file of a usual size that can be read", () => {
    expect(readConfigFile(file)).toMatch(
      /^cannot read the configuration \(ENOENT.*\); check --config\.$/,
    );
    expect(readConfigFile(folder)).toContain("not a regular file of at most 65536 bytes");
    expect(readConfigFile("/dev/zero")).toContain("not a regular file");
    expect(read("#".repeat(65_537))).toContain("not a regular file");
  });

  test("has a secret only if others cannot read it", () => {
    writeFileSync(file, 'cluster = "redis://:secret@host/0"');
    chmodSync(file, 0o644);
    const complaint = readConfigFile(file);
    expect(complaint).toContain(
      "cluster has a password, and others on this machine can read the file",
    );
    expect(complaint).not.toContain("secret");
    for (const mode of [0o640, 0o600]) {
      chmodSync(file, mode);
      expect(readConfigFile(file)).toEqual({ cluster: "redis://:secret@host/0" });
    }
    writeFileSync(file, 'cluster = "redis://host/0"');
    chmodSync(file, 0o644);
    expect(readConfigFile(file)).toEqual({ cluster: "redis://host/0" });
  });
});

describe("the configuration", () => {
  const configured = (text: string, flags: Partial<Settings>, environment = {}) => {
    writeFileSync(file, text);
    return configure({ options: flags, config: file }, environment) as Exclude<
      ReturnType<typeof configure>,
      string
    >;
  };

  test("has the file's options, and flags win", () => {
    const { options, sources } = configured("port = 1\nhistory = 5", { port: 2, quiet: true });
    expect(options).toEqual({ port: 2, history: 5, quiet: true });
    expect([...sources]).toEqual([
      ["port", "--port"],
      ["history", file],
      ["quiet", "--quiet"],
    ]);
  });

  test("gives up what does not go together with a flag, but not within the file", () => {
    const { options } = configured('welcome-file = "x"', { welcome: "hi" });
    expect(options).toEqual({ welcome: "hi" });
    const { options: others } = configured('welcome = "x"', { welcomeFile: "hi" });
    expect(others).toEqual({ welcomeFile: "hi" });
    const both = configured('welcome = "x"\nwelcome-file = "y"', {});
    expect(check(both.options)).toContain("welcome and welcomeFile (--welcome, --welcome-file)");
  });

  test("takes the cluster of the file before that of the environment", () => {
    const NATTER_CLUSTER = "redis://environment/0";
    const { options } = configured('cluster-file = "url"', {}, { NATTER_CLUSTER });
    expect(options).toEqual({ clusterFile: "url" });
    const { sources } = configured("", {}, { NATTER_CLUSTER });
    expect([...sources]).toEqual([["cluster", "NATTER_CLUSTER"]]);
  });

  test("is refused with the file's complaint", () => {
    const complaint: unknown = configured("bogus = 1", {});
    expect(complaint).toBe(
      `${file}: bogus is not an option. Run natter with --help for the options.`,
    );
  });

  test("is checked with the files that it names, of which none is made", () => {
    expect(check({ port: 1 })).toEqual(resolveOptions({ port: 1 }));
    expect(check({ welcomeFile: "/nowhere" })).toMatch(/^cannot read the welcome \(ENOENT/);
    expect(check({ clusterFile: "/nowhere" })).toMatch(/^cannot read the URL of the cluster/);
    expect(check({ cluster: "http://x" })).toContain("is no URL such as redis:");
    expect(check({ logFile: `${folder}/log` })).not.toBeString();
    expect(() => rmSync(`${folder}/log`)).toThrow("ENOENT");
  });

  test("is printed so that it can be read again, with where each value is from", () => {
    const text =
      'idle-timeout = "1.5h"\nwelcome = "a \\"b\\"\\nc"\nline-rate = 0.5\nline-limit = 1000';
    const { options, sources } = configured(text, { quiet: true, closeTimeoutMs: 0.5 + 1 });
    const settings = check(options) as Settings;
    const printed = printConfig(settings, sources);
    expect(resolveOptions(configured(printed, {}).options)).toEqual(settings);
    const lines = printed.split("\n").map((line) => line.replace(/ +/g, " "));
    for (const line of [
      `idle-timeout = "90m" # ${file}`,
      'name-timeout = "1m" # default',
      "quiet = true # --quiet",
      "message-limit = 1000 # default, from line-limit",
      "# Where it listens",
    ]) {
      expect(lines).toContain(line);
    }
  });

  test("has the sockets of systemd beside the places that are named", () => {
    const environment = { LISTEN_PID: "7", LISTEN_FDS: "2" };
    const options = { listen: ["unix:///x", "fd://4?tls"] };
    const result = configure({ options }, environment, 7) as Configuration;
    expect(result.options.listen).toEqual([...options.listen, "fd://3"]);
    expect([...result.sources]).toEqual([["listen", "--listen, LISTEN_FDS"]]);
    expect(
      (configure({ options: {} }, environment, 7) as Configuration).sources.get("listen"),
    ).toBe("LISTEN_FDS");
    expect((configure({ options: {} }, environment, 8) as Configuration).options).toEqual({});
  });

  test("takes the list of the flags for the whole list of the file", () => {
    const { options } = configured('listen = ["unix:///a", "unix:///b"]', {
      listen: ["unix:///c"],
    });
    expect(options).toEqual({ listen: ["unix:///c"] });
  });

  test("is checked with its certificate", () => {
    const files = { tlsCert: "/nowhere", tlsKey: "/nowhere" };
    const complaint = check({ listen: ["tls://[::1]:0"], ...files });
    expect(complaint).toMatch(/^cannot speak TLS: ENOENT.*; check --tls-cert, --tls-key/);
  });

  test("is printed with the places to listen at, so that they are the same when it is read", () => {
    const listen = 'listen = ["tcp://[::1]:0", "unix:///x?mode=660"]';
    const { options, sources } = configured(listen, { trustLoopback: false });
    const printed = printConfig(check(options) as Settings, sources);
    const again = configured(printed, {});
    expect(again.options).toMatchObject({ listen: options.listen, trustLoopback: false });
    expect(["hostname", "port"].filter((name) => name in again.options)).toEqual([]);
    expect(printed).toContain(`${listen} # ${file}\n`);
    expect(printed).toMatch(/^trust-loopback = false +# --no-trust-loopback$/m);
    expect(printed).toMatch(/^# port = 8888 +# unused beside listen$/m);
    const both = configured(`${listen}\nport = 9`, {});
    const settings = check(both.options) as Settings;
    expect(printConfig(settings, both.sources)).toMatch(/^host = "127.0.0.1" +# default$/m);
  });

  test("is printed without passwords", () => {
    const { options, sources } = configured("", {}, { NATTER_CLUSTER: "redis://:secret@host/0" });
    const printed = printConfig(check(options) as Settings, sources);
    expect(printed).toMatch(/^cluster = "redis:\/\/:\*\*\*@host\/0" +# NATTER_CLUSTER$/m);
    expect(printed).not.toContain("secret");
  });
});

test("an amount is written so that it is read as the same", () => {
  const cases = [
    ["duration", 90_000, "90s"],
    ["duration", 300_000, "5m"],
    ["duration", 1.5, "1.5ms"],
    ["duration", 0, "0"],
    ["size", 65_536, "64k"],
    ["size", 100, "100"],
    ["rate", 0.5, "0.5"],
    ["count", 7, "7"],
  ] as const;
  for (const [kind, value, text] of cases) {
    expect(writeAmount(kind, value)).toBe(text);
    expect(readAmount(kind, text)).toBe(value);
  }
});
