import { describe, jest, test } from "bun:test";
import { stopClock, turnOver } from "../helpers/clock.ts";
import { scenarios } from "../end-to-end/howto-scenarios.ts";
import { RunningExample } from "./running-example.ts";

const IDLE_MS = 300_000;

/** Moves the clock in small steps, with a turn for the sockets after each: a goodbye must arrive within seconds. */
async function pass(milliseconds: number): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += 500) {
    jest.advanceTimersByTime(500);
    await turnOver();
  }
}

stopClock();

describe("the complete server of docs/howto.md", () => {
  for (const scenario of scenarios) {
    test(scenario.name, async () => {
      using example = await RunningExample.run("11-complete.ts");
      await scenario.run({ target: example.port, pass: (part) => pass(part * IDLE_MS) });
    });
  }
});
