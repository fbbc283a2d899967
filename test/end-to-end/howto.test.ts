import { describe, jest, test } from "bun:test";
import { OPTIONS } from "../../lib/options/options.ts";
import { startChatServer } from "../../lib/server.ts";
import { scenarios } from "./howto-scenarios.ts";
import { stopClock } from "../helpers/clock.ts";

stopClock();

describe("on the wire natter is the how-to's server", () => {
  for (const scenario of scenarios) {
    test(scenario.name, async () => {
      const options = scenario.isBulk ? { lineRate: 0 } : {};
      await using server = startChatServer({ port: 0, ...options });
      await scenario.run({
        port: server.port,
        pass: async (part) => void jest.advanceTimersByTime(part * OPTIONS.idleTimeoutMs.default),
      });
    });
  }
});
