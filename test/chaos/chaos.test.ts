import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { Chaos } from "./chaos.ts";
import { HAS_REDIS, REDIS_NOTE } from "./redis.ts";
import { SCENES } from "./scenes.ts";
import { Screen } from "./screen.ts";

/** On a machine that is busy otherwise. */
setDefaultTimeout(60_000);

/** Those that take little time, and each another way to recover. */
const SHORT = [
  "Redis killed and down for 0.5 s",
  "FLUSHALL",
  "DEL of log",
  "SIGTERM and people come back elsewhere",
];

describe("a short chaos run", () => {
  test.skipIf(!HAS_REDIS)(`loses nothing in silence${REDIS_NOTE}`, async () => {
    expect(SHORT.filter((name) => !Object.hasOwn(SCENES, name))).toEqual([]);
    const options = { seed: 1, program: "redis-server", names: SHORT, keepsGoing: false };
    await using chaos = await Chaos.start(options);
    for (const name of SHORT) expect([name, await chaos.round(name)]).toEqual([name, true]);
  });

  test.each([
    ["a line that comes twice", ["Ann: ~1.1~", "Ann: ~1.1~"], 1],
    ["an author's lines out of order", ["Ann: ~1.2~", "Ann: ~1.1~"], 1],
    ["who leaves twice", ["*** Ann has left the chat ***", "*** Ann has left the chat ***"], 1],
    [
      "who comes again",
      ["*** Ann has left the chat ***", "*** Ann has joined the chat ***", "Ann: ~1.1~"],
      0,
    ],
  ])("a screen notices %s", (_, lines, count) => {
    const screen = new Screen(new Set());
    for (const line of lines) screen.show(line);
    expect(screen.faults).toHaveLength(count);
  });
});
