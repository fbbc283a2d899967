import { afterEach, beforeEach, describe, expect, jest, test } from "bun:test";
import type { ChatEvent } from "../../../lib/events.ts";
import { Log } from "../../../lib/operator/log.ts";
import { LOG_FORMATS, type LogEvent } from "../../../lib/operator/log-format.ts";

const TIME = "2026-11-28T03:10:43.000Z";
beforeEach(() => void jest.useFakeTimers({ now: new Date(TIME) }));
afterEach(() => void jest.useRealTimers());

const client = "10.0.0.1:5";
const cases: [event: LogEvent, text: string, json: object][] = [
  [
    { type: "joined", client, name: "Bob" },
    `Bob (${client}) has joined`,
    { level: "info", event: "joined", client, name: "Bob" },
  ],
  [
    { type: "said", client, name: "Bob", text: 'a\t"b"' },
    'Bob: a\t"b"',
    { level: "info", event: "said", client, name: "Bob", text: 'a\t"b"' },
  ],
  [
    { type: "acted", client, name: "Bob", text: "nods" },
    "* Bob nods",
    { level: "info", event: "acted", client, name: "Bob", text: "nods" },
  ],
  [
    { type: "refused", client, reason: "server full", unlogged: 3 },
    `refused ${client}: server full (and 3 before)`,
    { level: "info", event: "refused", client, reason: "server full", unlogged: 3 },
  ],
  [
    { type: "failed", client, error: "no\x1b[2J error" },
    `internal error with the client at ${client}: no error`,
    { level: "error", event: "failed", client, error: "no error" },
  ],
  [
    { type: "lost touch" },
    "*** The servers have lost touch ***",
    { level: "warn", event: "lost touch" },
  ],
  ...others(),
  [
    { type: "lines not shown", count: 2 },
    "*** 2 lines not shown: the console was slow, full or gone ***",
    { level: "warn", event: "lines not shown", count: 2 },
  ],
  [
    { type: "listening", url: "tcp://[::1]:1" },
    "Chat server running on [::1]:1",
    { level: "info", event: "listening", url: "tcp://[::1]:1" },
  ],
];

/** Events that seldom happen, with their lines and levels. */
function others(): typeof cases {
  const table: [event: LogEvent, text: string, level: string][] = [
    [{ type: "renamed", client, from: "Bob", to: "Rob" }, `Bob (${client}) is now Rob`, "info"],
    [
      { type: "left", client, name: "Bob", reason: "quit" },
      `Bob (${client}) has left: quit`,
      "info",
    ],
    [{ type: "refused", client, reason: "server full" }, `refused ${client}: server full`, "info"],
    [
      { type: "welcome unreadable", reason: "it is gone" },
      "*** The welcome stays as it was: it is gone ***",
      "warn",
    ],
    [
      { type: "certificate unreadable", reason: "c has no certificate" },
      "*** The certificate stays as it was: c has no certificate ***",
      "warn",
    ],
    [
      { type: "connected", client, certificate: "AB:CD" },
      `${client} has the certificate AB:CD`,
      "info",
    ],
    [
      { type: "refused", client, reason: "no PROXY header" },
      `refused ${client}: no PROXY header`,
      "info",
    ],
    [
      { type: "reload refused", reason: "it is wrong" },
      "*** The configuration stays as it was: it is wrong ***",
      "warn",
    ],
    [
      { type: "reloaded", changed: ["idleTimeoutMs", "quiet"], needRestart: [] },
      "*** Changed: --idle-timeout, --quiet. ***",
      "info",
    ],
    [
      { type: "reloaded", changed: [], needRestart: ["port"] },
      "*** Only a restart changes: --port. ***",
      "info",
    ],
    [{ type: "serving metrics", address: "[::1]:9" }, "Metrics and health on [::1]:9", "info"],
    [
      { type: "operated", operator: "Operator 1", line: "/kick Bob" },
      "*** Operator 1: /kick Bob ***",
      "info",
    ],
    [
      { type: "draining", leftMs: 300_000 },
      "*** Nobody new is let in, and the server shuts down in 5 minutes ***",
      "info",
    ],
    [{ type: "in touch" }, "*** The servers are in touch again ***", "info"],
    [{ type: "lines missing" }, "*** Lines of other servers may be missing ***", "warn"],
    [
      { type: "entry unreadable" },
      "*** The log of the servers has an entry that this one cannot read ***",
      "warn",
    ],
    [
      { type: "log refused", reason: "Redis refuses the name or the password; check the URL." },
      "*** The servers' log refuses this server: Redis refuses the name or the password; check the URL. ***",
      "warn",
    ],
    [
      { type: "announcement lost", text: "tea" },
      "*** This announcement may be lost: tea ***",
      "warn",
    ],
    [
      { type: "cluster unusable", reason: "it is old" },
      "*** The servers' log cannot be used: it is old ***",
      "error",
    ],
    [
      { type: "clients limited", clientsMax: 1, wanted: 9 },
      "*** 1 client at most, not 9: the limit on open files (ulimit -n) is too low ***",
      "warn",
    ],
  ];
  return table.map(([event, text, level]) => {
    const { type, ...fields } = event;
    return [event, text, { level, event: type, ...fields }];
  });
}

describe("a line of the log", () => {
  for (const [event, text, json] of cases) {
    test(`of "${event.type}" is a text, a text after the time, or the event as JSON`, () => {
      expect(LOG_FORMATS.text(event)).toBe(`${text}\n`);
      expect(LOG_FORMATS["text+time"](event)).toBe(`${TIME} ${text}\n`);
      const line = LOG_FORMATS.json(event) ?? "";
      expect(line).toEndWith("}\n");
      expect(line.trimEnd()).not.toContain("\n");
      expect(JSON.parse(line)).toEqual({ time: TIME, ...json });
      expect(Object.keys(JSON.parse(line)).slice(0, 3)).toEqual(["time", "level", "event"]);
    });
  }

  test("is there in JSON alone for readers that are too slow", () => {
    const slow: ChatEvent[] = [
      { type: "warned", client, leftMs: 60_000 },
      { type: "lines skipped", client, count: 3 },
      { type: "reader left behind", client },
    ];
    for (const event of slow) {
      expect(LOG_FORMATS.text(event)).toBeUndefined();
      expect(LOG_FORMATS["text+time"](event)).toBeUndefined();
      const { type, ...fields } = event;
      const json = { time: TIME, level: "info", event: type, ...fields };
      expect(JSON.parse(LOG_FORMATS.json(event) ?? "")).toEqual(json);
    }
    const cut = LOG_FORMATS.json({ type: "queues cut", bytes: 9 }) ?? "";
    expect(JSON.parse(cut)).toEqual({ time: TIME, level: "warn", event: "queues cut", bytes: 9 });
  });

  test("is missing in every format for what only programs count", () => {
    const counted: ChatEvent[] = [
      { type: "connected", client },
      { type: "connected", client, certificate: undefined },
      { type: "line read", client },
      { type: "disconnected", client, reason: "quit" },
      { type: "reloaded", changed: [], needRestart: [] },
    ];
    for (const format of Object.values(LOG_FORMATS)) {
      for (const event of counted) expect(format(event)).toBeUndefined();
    }
  });

  test("of an error is one line of JSON with its stack", () => {
    const error = Object.assign(new Error(), { stack: "Error: no\n    at x" });
    const line = LOG_FORMATS.json({ type: "failed", client, error }) ?? "";
    expect(JSON.parse(line).error).toBe("Error: no\n    at x");
    expect(line.split("\n")).toHaveLength(2);
  });
});

test("the log has the format that its settings have when something happens", () => {
  let logged = "";
  const settings = { quiet: false, logFormat: "json" as "json" | "text", logFile: "" };
  const log = new Log((text) => (logged += text), settings);
  const event = { type: "said", client, name: "Bob", text: "hi" } as const;
  log.take(event);
  settings.logFormat = "text";
  log.take(event);
  settings.quiet = true;
  log.take(event);
  log.flush();
  expect(logged).toBe(`${LOG_FORMATS.json(event)}Bob: hi\n`);
});

test("in JSON a refusal has how many before it were left out", () => {
  let logged = "";
  const settings = { quiet: false, logFormat: "json", logFile: "" } as const;
  const log = new Log((text) => (logged += text), settings);
  const refuse = () => log.take({ type: "refused", client, reason: "TLS handshake" });
  for (let number = 0; number < 100; number++) refuse();
  jest.advanceTimersByTime(60_000);
  refuse();
  log.flush();
  const lines = logged
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines).toHaveLength(21);
  expect(lines.at(-1)).toMatchObject({ event: "refused", unlogged: 80 });
});
